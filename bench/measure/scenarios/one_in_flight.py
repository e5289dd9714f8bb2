"""One request in flight on each connection.

Each client waits for its answer before it sends the next request, as most of them do. A server sees one frame at a time, so what
is compared is the way of a single request: wake up, read, write, wait again.
"""
import dataclasses

from .. import comparison, load, target

NAME = "one_in_flight"
CASES = {f"{count} connections": count for count in (10, 100)}
NOTES = """
What a profile showed (perf, cpu-clock): 89 % of the server's time is the kernel's. hawser and Asio have the rest, some 0.6 us
a request: 3,450 instructions, of which Asio's scheduler and reactor with their mutexes, which nobody else wants, have about half. The
kernel has more to do than for the raw loop because of one more call: Asio 1.81 tells epoll again (`epoll_ctl`) each time that somebody
waits for readability, 0.3 us. So hawser lies behind "Asio coroutine, borrowed buffer" by what its deadlines, limits and the
router do.

What was tried:

- "Asio coroutine, its own buffer" reads into a buffer that it keeps. Asio tries such a read at once, needs no `epoll_ctl`, and as the
  end of the write before it went through the queue, the next request is often there by then: 2.2 calls. That is worth 0.3 us.
  hawser lends a connection its buffer for one read only, which keeps idle ones small, and does not do it yet.
- io_uring: slower, and not safe with Boost 1.81 (docs/design.md).
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
