"""One request in flight on each connection.

Each client waits for its answer before it sends the next request, as most of them do. A server sees one frame at a time, so what
is compared is the way of a single request: wake up, read, write, wait again.
"""
import dataclasses

from .. import comparison, load, target

NAME = "one_in_flight"
CASES = {f"{count} connections": count for count in (10, 100)}


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
