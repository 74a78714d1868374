# Headers of others, compiled once for all targets of a kind (ORIEL_PRECOMPILE, of the presets asan, quick and release): they take
# more time than our code does. The presets dev and tsan compile without them and so find an #include that is missing.
set(ORIEL_PRECOMPILED_STANDARD
    <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstring> <deque> <expected> <filesystem> <fstream>
    <functional> <map> <memory> <mutex> <optional> <random> <ranges> <set> <span> <sstream> <string> <string_view> <thread>
    <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
set(ORIEL_PRECOMPILED_NETWORK
    ${ORIEL_PRECOMPILED_STANDARD}
    <boost/asio/any_io_executor.hpp> <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
    <boost/asio/detached.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
    <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp> <boost/json.hpp>)
set(ORIEL_PRECOMPILED_TEST ${ORIEL_PRECOMPILED_NETWORK} <gmock/gmock.h> <gtest/gtest.h>)

set(ORIEL_PRECOMPILED_LIBRARIES_standard fmt::fmt)
set(ORIEL_PRECOMPILED_LIBRARIES_network fmt::fmt oriel_boost_network Boost::json)
set(ORIEL_PRECOMPILED_LIBRARIES_test ${ORIEL_PRECOMPILED_LIBRARIES_network} GTest::gmock)

function(oriel_precompile kind)
  string(TOUPPER ${kind} list)
  set(source ${CMAKE_BINARY_DIR}/precompiled_${kind}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(oriel_precompiled_${kind} OBJECT ${source})
  target_link_libraries(oriel_precompiled_${kind} PRIVATE oriel_flags ${ORIEL_PRECOMPILED_LIBRARIES_${kind}})
  target_precompile_headers(oriel_precompiled_${kind} PRIVATE ${ORIEL_PRECOMPILED_${list}})
endfunction()

if(ORIEL_PRECOMPILE)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")  # else ccache takes each new one for another
  endif()
  oriel_precompile(standard)
  oriel_precompile(network)
  if(ORIEL_TESTS)
    find_package(GTest REQUIRED)
    oriel_precompile(test)
  endif()
endif()

# oriel_use_precompiled(target LIBRARIES...): the target, which links the libraries, uses the headers of its kind: those of
# the network only with oriel_boost_network, whose compiled half their variables need.
function(oriel_use_precompiled name)
  set(kind standard)
  foreach(library ${ARGN})
    if(TARGET ${library})
      get_target_property(library_kind ${library} ORIEL_PRECOMPILED)
      if(library_kind STREQUAL network OR library STREQUAL oriel_boost_network)
        set(kind network)
      endif()
    endif()
  endforeach()
  set_target_properties(${name} PROPERTIES ORIEL_PRECOMPILED ${kind})
  get_target_property(type ${name} TYPE)
  if(ORIEL_PRECOMPILE AND NOT type STREQUAL INTERFACE_LIBRARY)
    target_link_libraries(${name} PRIVATE ${ORIEL_PRECOMPILED_LIBRARIES_${kind}})  # g++ wants the same definitions
    target_precompile_headers(${name} REUSE_FROM oriel_precompiled_${kind})
  endif()
endfunction()
