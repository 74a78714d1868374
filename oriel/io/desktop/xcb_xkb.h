#pragma once
// <xcb/xkb.h> for C++: a member of a struct there is called "explicit".

#include <xcb/xcb.h>

#define explicit explicit_
#include <xcb/xkb.h>  // IWYU pragma: export
#undef explicit
