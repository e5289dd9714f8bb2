# hawser_library(NAME SOURCES ... USES ... PRIVATE ... DEFINE ...): one library of hawser, as a target hawser::NAME that is
# installed, exported and known to pkg-config. USES are public dependencies, PRIVATE ones are only linked. In somebody else's project
# it is built only if something links it.
function(hawser_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;PRIVATE;DEFINE")
    add_library(hawser_${name} STATIC ${arg_SOURCES})
    add_library(hawser::${name} ALIAS hawser_${name})
    set_target_properties(hawser_${name} PROPERTIES
        EXPORT_NAME ${name} OUTPUT_NAME hawser-${name} POSITION_INDEPENDENT_CODE ON)
    if(NOT PROJECT_IS_TOP_LEVEL AND NOT HAWSER_INSTALL)
        set_target_properties(hawser_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
    target_compile_features(hawser_${name} PUBLIC cxx_std_20)
    target_include_directories(hawser_${name} PUBLIC
        "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>"
        "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    target_compile_definitions(hawser_${name} PUBLIC ${arg_DEFINE})
    # Not linked: a static library would export even its private links.
    target_compile_options(hawser_${name} PRIVATE "$<TARGET_PROPERTY:hawser_options,INTERFACE_COMPILE_OPTIONS>")
    target_link_libraries(hawser_${name} PUBLIC ${arg_USES} PRIVATE ${arg_PRIVATE})
    if(name STREQUAL "io")
        hawser_precompile(hawser_io ${HAWSER_PRECOMPILED})
    elseif("${arg_USES}" MATCHES "hawser::(io|server|client)")
        hawser_share_precompiled(hawser_${name} hawser_io)
    endif()
    hawser_unite(hawser_${name})
    set_property(GLOBAL APPEND PROPERTY HAWSER_LIBRARIES hawser_${name})
endfunction()
