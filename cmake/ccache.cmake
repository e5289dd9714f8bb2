# Compile through ccache where there is one.
find_program(HAWSER_CCACHE ccache)
if(HAWSER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${HAWSER_CCACHE}")
endif()
