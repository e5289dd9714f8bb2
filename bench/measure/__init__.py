"""What bench/run is made of.

    catalogue    the servers that are measured              programs    those that there are, built by toolchains, looked at by probe
    process      a running server: cores, time, memory      load        the load generator, bench-load
    stage        where a scenario runs its steps            scenarios/  what is measured, one file each
    results      samples, medians, spread, ratios           target      what was asked for, and by how much it was missed
    table, plot  for people                                 comparison  many servers beside each other
    beside       programs of bench/ that measure alone      progress    how far a run is
    losses       where others are better                    machine     what figures depend on
                          losses      where others are better
    machine      what figures depend on                     page        docs/performance.md
"""
