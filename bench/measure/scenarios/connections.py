"""From 10 to 10,000 connections.

One request in flight on each. What a request costs the server should not depend on how many others there are.
"""
import dataclasses

from .. import catalogue, load, plot, target
from ..table import Table, between, count, figure
from .idle import within_limit

NAME = "connections"
SERVERS = ("hawser", "raw")
NOTES = """
With 1,000 and more connections the state of each has left the caches when its turn comes again, most of it the kernel's: the raw loop,
which has next to nothing of its own, becomes dearer by as much as hawser. Nothing was found in hawser that grows with the number of
connections.
"""


@dataclasses.dataclass
class Size:
    rounds: int
    seconds: float
    counts: tuple
    warm_up: float = 0.4


QUICK = Size(rounds=1, seconds=0.4, counts=(10, 100, 1000), warm_up=0.2)
FULL = Size(rounds=3, seconds=1.2, counts=(10, 100, 1000, 10000))


def case(connections):
    return f"{connections} connections"


def steps(stage, size):
    jobs = {case(number): load.Job(number, seconds=size.seconds, warm_up=size.warm_up)
            for number in sorted({within_limit(number) for number in size.counts})}
    yield from stage.closed_loops(NAME, jobs, stage.servers(*SERVERS), size.rounds)


def tables(results):
    cases = results.cases(NAME)
    rows = []
    for of in cases:
        for server in results.servers(NAME, of, "rate"):
            rate, cost = (results.spread(NAME, of, server, key) for key in ("rate", "processor"))
            rows.append([f"{in_flight(of):,} connections: {catalogue.title(server)}", count(rate.median), between(rate, count),
                         figure(cost.median), between(cost)])
    yield Table("One in flight on each", ["", "requests/s", "least to most", "CPU µs a request", "least to most"], rows)


def in_flight(of):
    return int(of.split()[0])


def plots(results):
    def line(server, key):
        points = {in_flight(of): results.median(NAME, of, server, key) for of in results.cases(NAME)}
        return plot.Line(catalogue.title(server), [(x, y) for x, y in points.items() if y is not None], "ours" if server == "hawser" else "base")
    charts = [plot.Chart(what, [one for one in (line(server, key) for server in SERVERS) if one.points], way)
              for what, key, way in (("requests a second", "rate", "{:,.0f}".format),
                                     ("µs of the server's processor time a request", "processor", "{:g}".format))]
    yield NAME, plot.lines("More connections, one request in flight on each", "connections", charts)


def targets(results):
    costs = {of: results.median(NAME, of, "hawser", "processor") for of in results.cases(NAME)}
    costs = {of: cost for of, cost in costs.items() if cost}
    first, last = (costs.get(case(number)) for number in (10, FULL.counts[-1]))
    yield target.at_most("processor time a request with 10,000 connections, of that with 10", 1.2, last / first if first and last else None)
    yield target.at_most("the most expensive number of connections, of the cheapest", 1.2,
                         max(costs.values()) / min(costs.values()) if last and costs else None)
