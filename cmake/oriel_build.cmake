# Compiler flags and the libraries that the modules link (Debian 12 packages; see docs/architecture.md).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(CURL REQUIRED)  # its header; the library is loaded when it is needed
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(SPNG REQUIRED IMPORTED_TARGET spng)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(NCURSESW REQUIRED IMPORTED_TARGET ncursesw)
# Its _XOPEN_SOURCE is for C; our compilers define _GNU_SOURCE for C++, which is more.
set_property(TARGET PkgConfig::NCURSESW PROPERTY INTERFACE_COMPILE_OPTIONS)
pkg_check_modules(XKBCOMMON REQUIRED IMPORTED_TARGET xkbcommon)
pkg_check_modules(XCB REQUIRED IMPORTED_TARGET
                  xcb xcb-shm xcb-damage xcb-xfixes xcb-randr xcb-xtest xcb-xkb xau)

add_library(oriel_flags INTERFACE)
# Warnings are for our own build, not for what uses the installed library.
target_compile_options(oriel_flags INTERFACE
  "$<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Wno-missing-field-initializers>")
# GCC 12 sees overflows and uninitialised members in std::vector and std::variant when it
# optimises (GCC bug 105329 and its kin).
target_compile_options(oriel_flags INTERFACE
  $<BUILD_INTERFACE:$<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds;-Wno-restrict;-Wno-maybe-uninitialized>>)
# Of ORIEL_UNITY: what a coroutine keeps in its frame may be of an anonymous namespace, which it takes for one of a header.
if(ORIEL_UNITY)
  target_compile_options(oriel_flags INTERFACE
    $<BUILD_INTERFACE:$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>>)
endif()
# libstdc++ 12 has std::stable_sort use what it has deprecated, and clang says so.
target_compile_options(oriel_flags INTERFACE
  $<BUILD_INTERFACE:$<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>>)
target_compile_features(oriel_flags INTERFACE cxx_std_23)
target_include_directories(oriel_flags INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>)
target_link_libraries(oriel_flags INTERFACE Threads::Threads)
target_compile_definitions(oriel_flags INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                           BOOST_BEAST_SEPARATE_COMPILATION)

if(ORIEL_SANITIZE)
  add_compile_options(-fsanitize=${ORIEL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ORIEL_SANITIZE})
endif()
if(ORIEL_SANITIZE MATCHES thread)
  # ThreadSanitizer does not know atomic fences; Asio's are then left out (its locks order the same accesses).
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(ORIEL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(ORIEL_CCACHE ccache)
if(ORIEL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ORIEL_CCACHE})
  if(ORIEL_PRECOMPILE)
    # Else it does not cache what was compiled with precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${ORIEL_CCACHE})
  endif()
  set(CMAKE_C_COMPILER_LAUNCHER ${ORIEL_CCACHE})
endif()
find_program(ORIEL_MOLD mold)
if(ORIEL_MOLD AND NOT ORIEL_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

# The compiled half of Asio and Beast: link it to include their headers.
add_library(oriel_boost_network STATIC ${CMAKE_SOURCE_DIR}/cmake/boost_network.cc)
target_link_libraries(oriel_boost_network PUBLIC oriel_flags Boost::headers OpenSSL::SSL OpenSSL::Crypto)
# g++ 12 does not see that Asio's awaitable frames have a matching operator new.
target_compile_options(oriel_boost_network PUBLIC $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
