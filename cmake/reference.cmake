# The target `reference`: what the public headers declare, as pages, in <build>/reference/html. docs/reference.md is its first page.
find_package(Python3 COMPONENTS Interpreter)
find_program(HAWSER_DOXYGEN doxygen DOC "Makes the reference from the comments in the headers")
mark_as_advanced(HAWSER_DOXYGEN)
if(HAWSER_DOXYGEN AND Python3_FOUND)
    add_custom_target(reference
        COMMAND "${CMAKE_COMMAND}" -E env PYTHONDONTWRITEBYTECODE=1 "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/tools/reference/make.py"
            "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/reference" "${HAWSER_DOXYGEN}"
        COMMENT "Making the reference" VERBATIM)
endif()
