# Installs the libraries with their headers, what find_package(hawser) and pkg-config need, the programs, and what there is to read.
include(CMakePackageConfigHelpers)
include("${CMAKE_CURRENT_LIST_DIR}/pkgconfig.cmake")

set(config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/hawser")
get_property(libraries GLOBAL PROPERTY HAWSER_LIBRARIES)

set(include_dirs)
set(components)
foreach(library IN LISTS libraries)
    get_target_property(source_dir ${library} SOURCE_DIR)
    if(EXISTS "${source_dir}/include/hawser")
        list(APPEND include_dirs "${source_dir}/include/")
    endif()
    get_target_property(component ${library} EXPORT_NAME)
    list(APPEND components ${component})
    hawser_pkgconfig(${library})
endforeach()
list(REMOVE_DUPLICATES include_dirs)
list(JOIN components " " components)

install(TARGETS ${libraries} EXPORT hawser ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT hawser NAMESPACE hawser:: FILE hawserTargets.cmake DESTINATION "${config_dir}")
foreach(dir IN LISTS include_dirs)
    install(DIRECTORY "${dir}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/hawserConfig.cmake.in"
    "${CMAKE_CURRENT_BINARY_DIR}/hawserConfig.cmake" INSTALL_DESTINATION "${config_dir}"
    NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/hawserConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/hawserConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/hawserConfigVersion.cmake"
    DESTINATION "${config_dir}")

foreach(program IN ITEMS hawser-server hawser-swarm hawser-talk hawser-describe hawser-frame)
    if(TARGET ${program})
        install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    endif()
endforeach()

# As they lie in the sources, so that what one of them refers to is found.
install(FILES LICENSE README.md CHANGELOG.md CONTRIBUTING.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" PATTERN "*.in.md" EXCLUDE)
install(DIRECTORY examples DESTINATION "${CMAKE_INSTALL_DOCDIR}" PATTERN "CMakeLists.txt" EXCLUDE)
install(DIRECTORY programs/lab DESTINATION "${CMAKE_INSTALL_DOCDIR}/programs" PATTERN "CMakeLists.txt" EXCLUDE)
