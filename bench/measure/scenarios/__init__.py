"""What is measured. Each scenario is a module: its text is its part of the page, QUICK and FULL are its sizes (QUICK may
be None), and

    steps(stage, size)      the runs that it needs
    tables(results)         what they gave, for people
    plots(results)          the same as pictures: their names and what is in them
    targets(results)        what was asked for, and what was seen

and, if it has some, NOTES: what a profile showed, what was tried; PROGRAMS that it needs beside the servers; lacking(stage), which says
what is missing for it. To add one, write the module and name it in ALL.
"""
ALL = ["one_in_flight", "pipelined", "idle", "system_calls", "large_frames", "threads", "connections", "tail", "codec",
       "instructions", "compile_time"]
