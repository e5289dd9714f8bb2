# Precompiled headers for what is built again and again: Asio and the standard library are most of what a small file costs to compile.
# Only in builds with tests. A release build is without, so a file that lacks an #include does not get by.
option(HAWSER_PRECOMPILE "Compile Asio's headers once for many files" ${HAWSER_TESTS})

set(HAWSER_PRECOMPILED
    <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/detached.hpp> <boost/asio/io_context.hpp>
    <boost/asio/ip/tcp.hpp> <boost/asio/local/stream_protocol.hpp> <boost/asio/post.hpp> <boost/asio/steady_timer.hpp>
    <boost/asio/use_awaitable.hpp> <boost/intrusive/list.hpp> <boost/system/result.hpp>
    <algorithm> <atomic> <chrono> <functional> <memory> <mutex> <optional> <string> <thread> <vector>)

# hawser_precompile(TARGET HEADER...): these for it, and for whoever shares them.
function(hawser_precompile target)
    if(HAWSER_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE ${ARGN})
    endif()
endfunction()

# hawser_prelude(NAME USES library... HEADERS header...): something that has no other purpose.
function(hawser_prelude name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;HEADERS")
    add_library(${name} OBJECT "${PROJECT_SOURCE_DIR}/cmake/prelude.cpp")
    target_link_libraries(${name} PRIVATE ${arg_USES} hawser_options)
    hawser_precompile(${name} ${arg_HEADERS})
endfunction()

# hawser_share_precompiled(TARGET FROM): both are compiled alike (libraries are position-independent, programs are not), and the
# target has every definition of the other: hawser::io has some that change what Asio's headers declare.
function(hawser_share_precompiled target from)
    if(HAWSER_PRECOMPILE)
        target_precompile_headers(${target} REUSE_FROM ${from})
    endif()
endfunction()
