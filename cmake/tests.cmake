# How C++ tests are built and run. hawser_tests(NAME AREA ... LABEL ... TIMEOUT seconds SOURCES X_test.cpp ... USES ...) makes one
# program, and of each X_test.cpp in it a test AREA.X, which runs the suites of that file and nothing else. So a test is found by the
# name of what it tests, and suites that wait for something do so side by side.
#   ASIO          its USES have hawser::io
#   COUNTED       it counts work or memory: built without sanitizers too, where HAWSER_SUITES is off
#   ONE_THREAD    more sources, in which nothing crosses threads: the thread sanitizer has nothing to say of them
find_package(Boost 1.81 REQUIRED COMPONENTS unit_test_framework)

function(hawser_test_flags name)
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/test")
    target_compile_definitions(${name} PRIVATE BOOST_TEST_DYN_LINK)
    if(HAWSER_SANITIZE)
        # The libraries are optimised as ever; optimising what asks and compares took most of the time of such a build.
        target_compile_options(${name} PRIVATE -O0)
    endif()
endfunction()

# main(), and what is precompiled for those with Asio and for those without it.
add_library(hawser_test_main OBJECT "${PROJECT_SOURCE_DIR}/test/support/main.cpp")
target_link_libraries(hawser_test_main PRIVATE Boost::unit_test_framework hawser_options)
hawser_test_flags(hawser_test_main)
set(test_headers <boost/test/unit_test.hpp> <algorithm> <chrono> <functional> <memory> <optional> <string> <vector>)
hawser_prelude(hawser_test_prelude USES Boost::unit_test_framework HEADERS ${test_headers})
hawser_test_flags(hawser_test_prelude)
hawser_prelude(hawser_asio_test_prelude USES hawser::io Boost::unit_test_framework HEADERS ${test_headers} ${HAWSER_PRECOMPILED})
hawser_test_flags(hawser_asio_test_prelude)

function(hawser_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "ASIO;COUNTED" "AREA;LABEL;TIMEOUT" "SOURCES;ONE_THREAD;USES")
    if(NOT HAWSER_SUITES AND NOT arg_COUNTED)
        return()
    endif()
    if(NOT HAWSER_SANITIZE STREQUAL "thread")
        list(APPEND arg_SOURCES ${arg_ONE_THREAD})
    elseif(NOT arg_SOURCES)
        return()
    endif()
    add_executable(${name} ${arg_SOURCES} $<TARGET_OBJECTS:hawser_test_main>)
    hawser_test_flags(${name})
    target_link_libraries(${name} PRIVATE ${arg_USES} Boost::unit_test_framework hawser_options)
    if(arg_ASIO)
        hawser_share_precompiled(${name} hawser_asio_test_prelude)
    else()
        hawser_share_precompiled(${name} hawser_test_prelude)
    endif()
    foreach(source IN LISTS arg_SOURCES)
        if(NOT source MATCHES "^(.+)_test\\.cpp$")
            continue()
        endif()
        set(test "${arg_AREA}.${CMAKE_MATCH_1}")
        hawser_suites_of("${CMAKE_CURRENT_SOURCE_DIR}/${source}" suites)
        add_test(NAME ${test} COMMAND ${name} "--run_test=${suites}")
        set_tests_properties(${test} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${arg_LABEL})
    endforeach()
endfunction()

# The suites of a file, as --run_test takes them.
function(hawser_suites_of source result)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    file(STRINGS "${source}" lines REGEX "^BOOST_(AUTO|FIXTURE)_TEST_SUITE\\(")
    list(TRANSFORM lines REPLACE "^BOOST_[A-Z]+_TEST_SUITE\\(([a-zA-Z0-9_]+).*" "\\1")
    if(NOT lines)
        message(FATAL_ERROR "${source} has no suite (BOOST_AUTO_TEST_SUITE), so nothing would run it")
    endif()
    list(JOIN lines "," joined)
    set(${result} "${joined}" PARENT_SCOPE)
endfunction()
