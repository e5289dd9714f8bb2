"""One request in flight on each connection.

Each client waits for its answer before it sends the next request, as most of them do. A server sees one frame at a time, so what
is compared is the way of a single request: wake up, read, write, wait again.
"""
import dataclasses

from .. import comparison, load, target

NAME = "one_in_flight"
CASES = {f"{count} connections": count for count in (10, 100)}
NOTES = """
What a profile showed (perf, cpu-clock, 100 connections): the kernel takes as long for a request as with the raw loop, for the calls are the
same: a connection in conversation looks for its next request before it waits to be told ([waiting.md](decisions/waiting.md)). What is left is
hawser's own, 0.5 us a request, where the raw loop has 0.1: 2,530 instructions, thinly spread; no function has more than 0.6 % of the time. A quarter is Asio's scheduler with its mutexes, which nobody else wants, a sixth the two blocks that are
lent and given back, a tenth the clocks of the limits. The kernel has emptied the nearest caches before each of them, so they take longer
than as many in a loop would.

The raw loop itself is no more than 1.7 times as fast as Go's tutorial server here, whose part of the system calls is the same.

What was tried:

- Looking before waiting: 3.1 system calls became 2.1, and 3,450 instructions 2,530. The ratio to the raw loop was 0.83 before.
- Keeping the lent block in a conversation: not needed any more for fewer calls, and 64 KiB for each connection of a busy thread.
- Link-time optimisation: 2 %. It is on.
- io_uring: slower, and not safe with Boost 1.81 ([epoll.md](decisions/epoll.md)).
- A flush that is posted, instead of made where the waiting begins: one turn of the scheduler more. It is made there.
- Coroutines inside each other for reading, waiting and handling: 13 % more instructions than one that does the waiting for all.
"""


@dataclasses.dataclass
class Size:
    rounds: int
    seconds: float
    warm_up: float = 0.25


QUICK = Size(rounds=2, seconds=0.4, warm_up=0.1)
FULL = Size(rounds=5, seconds=1.0)


def steps(stage, size):
    jobs = {case: load.Job(count, seconds=size.seconds, warm_up=size.warm_up) for case, count in CASES.items()}
    yield from stage.closed_loops(NAME, jobs, stage.servers(), size.rounds)


def tables(results):
    return [comparison.table(results, NAME, case) for case in results.cases(NAME)]


def plots(results):
    yield comparison.bars(results, NAME, "Requests a second, one in flight; the raw epoll loop is 1")


def targets(results):
    for case in CASES:
        ratio = results.ratio(NAME, case, "hawser", "rate")
        yield target.at_least(f"{case}: requests a second, of the raw loop's", 0.95, target.middle(ratio))
        yield target.at_most(f"{case}: processor time a request, of the raw loop's", 1.1,
                             target.middle(results.ratio(NAME, case, "hawser", "processor")))
        yield target.at_least(f"{case}: requests a second, of the Go tutorial server's", 1.7,
                              target.middle(results.ratio(NAME, case, "hawser", "rate", base="go-tutorial")))
