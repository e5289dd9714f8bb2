# cmake -DHOW=... -DBUILD=... -DWORK=... -DCOMPILER=... -DTYPE=... -DUNITY=... -DWERROR=... -P run.cmake: one test; BUILD is the build tree
# under test, and the last three are how it is configured.
#   install           installs BUILD to WORK/prefix, and looks at what is there
#   find_package      builds and runs a consumer of that, with and without COMPONENTS
#   pkg_config        the same with pkg-config
#   beside_asio       builds and runs consumers that have a library with Asio in it: one that compiles its source, beside a hawser that does not;
#                     one that has its headers, beside the installed one
#   add_subdirectory  builds and runs a project that has hawser's sources inside, and nothing that it does not need
set(here "${CMAKE_CURRENT_LIST_DIR}")
cmake_path(GET here PARENT_PATH root)
cmake_path(GET root PARENT_PATH root)
set(prefix "${WORK}/prefix")

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Configures, builds and runs the project of that name with these options.
function(consume project work)
    file(REMOVE_RECURSE "${work}/CMakeCache.txt")
    run("${CMAKE_COMMAND}" -S "${here}/${project}" -B "${work}" -G Ninja "-DCMAKE_CXX_COMPILER=${COMPILER}"
        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN})
    file(READ "${work}/compile_commands.json" commands)
    string(JSON count LENGTH "${commands}")
    math(EXPR last "${count} - 1")
    foreach(index RANGE ${last})
        string(JSON file GET "${commands}" ${index} file)
        string(JSON command GET "${commands}" ${index} command)
        if(file MATCHES "consumer/server.cpp$" AND command MATCHES " -W")
            message(FATAL_ERROR "hawser's warnings reach its user: ${command}")
        endif()
    endforeach()
    run("${CMAKE_COMMAND}" --build "${work}" -j 2)
    run("${work}/consumer")
endfunction()

if(HOW STREQUAL "install")
    file(REMOVE_RECURSE "${prefix}")
    run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
    file(GLOB_RECURSE exported "${prefix}/*hawserTargets*.cmake")
    foreach(file IN LISTS exported)
        file(READ "${file}" text)
        if(text MATCHES "hawser_options|${root}")
            message(FATAL_ERROR "${file} names what only the build tree has: ${CMAKE_MATCH_0}")
        endif()
    endforeach()
    # What README.md and each page refer to is there as well, but for the sources of the libraries.
    file(GLOB pages RELATIVE "${root}" "${root}/docs/*.md" "${root}/docs/how-to/*.md" "${root}/docs/performance/*")
    list(FILTER pages EXCLUDE REGEX "\\.in\\.md$")
    foreach(file IN LISTS pages ITEMS LICENSE README.md CHANGELOG.md examples/readme_server.cpp examples/telemetry/server.cpp
            programs/lab/experiments/no_data.cpp)
        if(NOT EXISTS "${prefix}/share/doc/hawser/${file}")
            message(FATAL_ERROR "share/doc/hawser/${file} is not installed")
        endif()
    endforeach()
    file(GLOB_RECURSE superfluous "${prefix}/share/doc/hawser/*.in.md" "${prefix}/share/doc/hawser/*CMakeLists.txt")
    if(superfluous)
        message(FATAL_ERROR "nobody can read these: ${superfluous}")
    endif()
elseif(HOW STREQUAL "find_package")
    consume(find_package "${WORK}/find_package" "-DCMAKE_PREFIX_PATH=${prefix}")
    consume(find_package "${WORK}/find_package" "-DCMAKE_PREFIX_PATH=${prefix}" -DWITH_COMPONENTS=server)
elseif(HOW STREQUAL "pkg_config")
    file(MAKE_DIRECTORY "${WORK}/pkg_config")
    run("${here}/pkg_config/build" "${COMPILER}" "${prefix}" "${WORK}/pkg_config/consumer")
    run("${WORK}/pkg_config/consumer")
elseif(HOW STREQUAL "beside_asio")
    # No other build compiles hawser like that, so as fast as can be.
    consume(beside_asio "${WORK}/beside_asio" "-DHAWSER=${root}" -DHAWSER_UNITY=ON "-DHAWSER_WERROR=${WERROR}")
    consume(beside_asio "${WORK}/beside_asio_headers" "-DCMAKE_PREFIX_PATH=${prefix}")
elseif(HOW STREQUAL "add_subdirectory")
    file(GLOB_RECURSE built "${WORK}/add_subdirectory/*.a")
    foreach(file IN LISTS built)
        file(REMOVE "${file}")   # what was built once does not count
    endforeach()
    # Built as it was here, so that ccache knows most of it.
    consume(add_subdirectory "${WORK}/add_subdirectory" "-DHAWSER=${root}" "-DCMAKE_BUILD_TYPE=${TYPE}" "-DHAWSER_UNITY=${UNITY}"
        "-DHAWSER_WERROR=${WERROR}")
    file(GLOB_RECURSE built RELATIVE "${WORK}/add_subdirectory" "${WORK}/add_subdirectory/*.a" "${WORK}/add_subdirectory/*/bin/*")
    list(TRANSFORM built REPLACE "^.*/" "")
    list(SORT built)
    set(linked libhawser-frame.a libhawser-io.a libhawser-packet.a libhawser-protocol.a libhawser-server.a)
    if(NOT built STREQUAL linked)
        message(FATAL_ERROR "who links hawser::server needs ${linked}; what is built is ${built}")
    endif()
    # Who does not use hawser::log needs no Boost.Log.
    run("${CMAKE_COMMAND}" -S "${here}/add_subdirectory" -B "${WORK}/without_log" -G Ninja "-DCMAKE_CXX_COMPILER=${COMPILER}"
        "-DHAWSER=${root}" -DCMAKE_DISABLE_FIND_PACKAGE_boost_log=ON)
else()
    message(FATAL_ERROR "HOW=${HOW}?")
endif()
