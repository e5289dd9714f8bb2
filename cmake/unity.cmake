# Under a sanitizer nearly all of the time goes into what many files instantiate again, so they are compiled together: 28 s for the
# server library instead of 150 s. Names in unnamed namespaces must differ within a target then. Other builds find what that hides.
if(HAWSER_SANITIZE)
    set(unity_default ON)
else()
    set(unity_default OFF)
endif()
option(HAWSER_UNITY "Compile the files of a target together" ${unity_default})

function(hawser_unite target)
    if(HAWSER_UNITY)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    endif()
endfunction()
