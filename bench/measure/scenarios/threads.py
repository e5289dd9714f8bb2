"""Two threads, and how they share the work.

hawser gives each thread an io_context of its own, and a connection stays with the thread that it was given to. The other way is one
io_context for all threads and a strand a connection; the Asio server without the framework can do both. With the load on the same
two processors, a second thread cannot bring twice as much: what is left is whether it costs something.
"""
import dataclasses

from .. import catalogue, comparison, load
from ..table import Table, between, count, figure, median

NAME = "threads"
CASES = {"100 connections, 1 in flight": (100, 1), "100 connections, 64 in flight": (100, 64)}
SERVERS = ("hawser", "hawser-2", "asio-readiness", "asio-contexts-2", "asio-shared-1", "asio-shared-2")
PAIRS = (("hawser-2", "hawser"), ("asio-contexts-2", "asio-readiness"), ("asio-shared-2", "asio-shared-1"), ("asio-contexts-2", "asio-shared-2"))


@dataclasses.dataclass
class Size:
    rounds: int
    seconds: float
    warm_up: float = 0.25


QUICK = Size(rounds=1, seconds=0.4, warm_up=0.1)
FULL = Size(rounds=3, seconds=1.0)


def steps(stage, size):
    jobs = {case: load.Job(connections, window=window, seconds=size.seconds, warm_up=size.warm_up)
            for case, (connections, window) in CASES.items()}
    yield from stage.closed_loops(NAME, jobs, stage.servers(*SERVERS), size.rounds)


def tables(results):
    for case in results.cases(NAME):
        rows = []
        for server in results.servers(NAME, case, "rate"):
            rate, cost = (results.spread(NAME, case, server, key) for key in ("rate", "processor"))
            rows.append([comparison.named(server), count(rate.median), between(rate, count), figure(cost.median), between(cost)])
        yield Table(case, ["server", "requests/s", "least to most", "CPU µs a request", "least to most"], rows)
        yield Table(f"{case}, against each other", ["the first, of the second", "requests/s", "CPU a request"],
                    [[f"{catalogue.title(one)} / {catalogue.title(other)}",
                      *(median(results.ratio(NAME, case, one, key, base=other)) for key in ("rate", "processor"))]
                     for one, other in PAIRS if results.ratio(NAME, case, one, "rate", base=other)])


def plots(_):
    return ()


def targets(_):
    return ()
