"""What bench/run is made of.

    catalogue    the servers that are measured              programs    those that there are: built by toolchains, looked at by probe
    process      a server that runs, its memory             load        the load generator, bench-load
    machine      what figures depend on, who runs where     beside      programs of bench/ that measure by themselves
    stage        where a scenario makes its steps           scenarios/  what is measured, one file each
    results      samples, medians, spread, ratios           target      what was asked for, and by how much it was missed
    comparison   many servers beside each other             losses      where others are better
    table, plot  for people                                 page        docs/performance.md
    progress     how far a run is
"""
