# oriel_module(core/codec DEPS core/image LIBRARIES PkgConfig::ISAL)
#
# Makes the static library oriel_core_codec from oriel/core/codec/*.cc (a new file needs no edit here),
# with its headers in a verified header set (target all_verify_interface_header_sets: each compiles alone),
# and the test program oriel_core_codec_test from oriel/core/codec/*_test.cc.
# DEPS are modules by path; LIBRARIES are anything else that CMake can link. With ORIEL_UNITY several files are compiled as
# one; ALONE are those which cannot, because a name of theirs is also one of another file.
function(oriel_module path)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBRARIES;TEST_DEPS;ALONE" ${ARGN})
  string(REPLACE "/" "_" name "oriel_${path}")
  set(folder ${CMAKE_SOURCE_DIR}/oriel/${path})

  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  file(GLOB benches CONFIGURE_DEPENDS ${folder}/*_bench.cc)  # of bench/CMakeLists.txt
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cc)
  file(GLOB mains CONFIGURE_DEPENDS ${folder}/main.cc ${folder}/*_main.cc)
  file(GLOB headers CONFIGURE_DEPENDS ${folder}/*.h)
  list(FILTER headers EXCLUDE REGEX "_test\\.h$")  # what tests share is not installed
  if(tests OR mains OR benches)
    list(REMOVE_ITEM sources ${tests} ${mains} ${benches})
  endif()

  list(TRANSFORM ARG_ALONE PREPEND ${folder}/)
  set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

  set(links ${ARG_LIBRARIES})
  foreach(dep ${ARG_DEPS})
    string(REPLACE "/" "_" dep_name "oriel_${dep}")
    list(APPEND links ${dep_name})
  endforeach()

  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC oriel_flags ${links})
    target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON UNITY_BUILD ${ORIEL_UNITY})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE oriel_flags ${links})
    target_sources(${name} INTERFACE FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()

  oriel_use_precompiled(${name} ${links})

  if(ORIEL_TESTS AND tests)
    set(test_links ${name} oriel_testing)
    foreach(dep ${ARG_TEST_DEPS})
      string(REPLACE "/" "_" dep_name "oriel_${dep}")
      list(APPEND test_links ${dep_name})
    endforeach()
    oriel_test(${name}_test SOURCES ${tests} LINKS ${test_links} LABEL unit)
    if(ORIEL_SANITIZE)
      target_compile_options(${name}_test PRIVATE -g0)  # a quarter of its time; the library's stacks have lines
    endif()
    oriel_test_quarters(${name}_test)
    set_target_properties(${name}_test PROPERTIES UNITY_BUILD ${ORIEL_UNITY})
  endif()
endfunction()

# The labels of tests that ./test knows, see there. The target oriel_tests_LABEL builds their programs.
set(ORIEL_TEST_LABELS unit integration interop attack stress bench full)
foreach(label ${ORIEL_TEST_LABELS})
  add_custom_target(oriel_tests_${label})
endforeach()

# oriel_test(name SOURCES ... LINKS ... LABEL ... TIMEOUT ... PREFIX ... SERIAL): one GoogleTest program, each of its
# tests known to CTest, by PREFIX and its name. None may take longer than TIMEOUT seconds, else 60. Two programs of a
# folder need different names for their tests: CTest would give both the labels of both. SERIAL: each runs alone.
function(oriel_test name)
  cmake_parse_arguments(ARG "SERIAL" "LABEL;TIMEOUT;PREFIX" "SOURCES;LINKS" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  if(ORIEL_PRECOMPILE)
    target_link_libraries(${name} PRIVATE ${ORIEL_PRECOMPILED_LIBRARIES_test})
    target_precompile_headers(${name} REUSE_FROM oriel_precompiled_test)
  endif()
  oriel_test_again(${name} ${ARGN})
endfunction()

# oriel_test_again(name ENVIRONMENT VARIABLE=VALUE LABEL ... TIMEOUT ... PREFIX ... SERIAL): the tests of an oriel_test
# once more, for longer as a rule; the variable tells them. They need a PREFIX of their own.
function(oriel_test_again name)
  cmake_parse_arguments(ARG "SERIAL" "LABEL;TIMEOUT;PREFIX;ENVIRONMENT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  include(GoogleTest)
  set(properties TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_SERIAL})
  if(ARG_ENVIRONMENT)
    list(APPEND properties ENVIRONMENT ${ARG_ENVIRONMENT})
  endif()
  if(ARG_LABEL)
    list(APPEND properties LABELS ${ARG_LABEL})
    add_dependencies(oriel_tests_${ARG_LABEL} ${name})
  endif()
  # Values of parameters without a printer are bytes, among them addresses: no names for tests.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES TEST_PREFIX "${ARG_PREFIX}"
                       PROPERTIES ${properties})
endfunction()

# oriel_test_quarters(name): the tests of an oriel_test in four processes, as the tests Quarter/1/NAME to Quarter/4/NAME
# with the label quarter: to start a process for each takes longer than most tests. tools/test_summary.py counts what is in them.
function(oriel_test_quarters name)
  if(NOT ORIEL_TEST_QUARTERS)
    return()
  endif()
  foreach(quarter RANGE 1 4)
    math(EXPR index "${quarter} - 1")
    add_test(NAME Quarter/${quarter}/${name} COMMAND ${name})
    set_tests_properties(Quarter/${quarter}/${name} PROPERTIES LABELS quarter TIMEOUT 300
                         ENVIRONMENT "GTEST_TOTAL_SHARDS=4;GTEST_SHARD_INDEX=${index};GTEST_COLOR=no")
  endforeach()
endfunction()
