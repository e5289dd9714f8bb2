# How hawser's own sources are compiled. Nothing here reaches a user of the libraries.
add_library(hawser_options INTERFACE)
target_compile_options(hawser_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow)
if(HAWSER_UNITY)
    # What is another file's is no mistake here.
    target_compile_options(hawser_options INTERFACE -Wno-shadow -Wno-subobject-linkage)
endif()
if(HAWSER_WERROR)
    target_compile_options(hawser_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees overlapping copies in std::string's operator+ where there are none (GCC bug 105329).
    target_compile_options(hawser_options INTERFACE -Wno-restrict)
endif()
if(HAWSER_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "HAWSER_FUZZ needs clang: -DCMAKE_CXX_COMPILER=clang++-16")
    endif()
    set(HAWSER_SANITIZE "address,undefined,fuzzer-no-link")
endif()
if(HAWSER_SANITIZE)
    # For everything, so that a container passed between two libraries is annotated on both sides. Their reports name functions and
    # lines, for which -g1 is enough: with -g it takes a quarter more time, and twice the space.
    add_compile_options("-fsanitize=${HAWSER_SANITIZE}" -fno-omit-frame-pointer -O1 -g1)
    add_link_options("-fsanitize=${HAWSER_SANITIZE}")
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-maybe-uninitialized)   # sees ghosts in instrumented code, inside Asio
    endif()
    if(HAWSER_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=all)
    endif()
    if(HAWSER_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-tsan)   # Asio uses atomic_thread_fence, which g++ warns that tsan does not see
    endif()
endif()
