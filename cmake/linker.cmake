# What is built all day for its tests is linked by mold, if it is there: a suite takes 0.4 s instead of 1.4 s. Not what is measured: a call
# into a shared library takes more instructions then, 20 a request.
find_program(HAWSER_MOLD mold DOC "A fast linker, for builds with tests")
mark_as_advanced(HAWSER_MOLD)
if(HAWSER_MOLD AND HAWSER_TESTS AND PROJECT_IS_TOP_LEVEL AND CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_link_options(-fuse-ld=mold)
endif()
