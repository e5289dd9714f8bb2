"""The slowest of a thousand.

Requests that come at a steady rate, whether answers have come or not, at half of what the raw loop can do with one request in
flight on each of 100 connections. A request counts from the instant at which it was due.
"""
import dataclasses

from .. import comparison, load, target
from ..process import Failed
from ..results import BASE, rounds
from ..table import Table, between, count, median, microseconds

NAME = "tail"
CAPACITY, CASE = "capacity", "half of capacity"
CONNECTIONS = 100
SERVERS = (BASE, "hawser")
NOTES = """
Half of the requests take 19 us with both servers. The milliseconds are of moments in which the machine gave a processor to somebody
else, and of the requests that came meanwhile; hawser has a tenth less left to make up for them, and mostly how many there were
decides the ratio. This scenario alone, run four times on the day of this page, gave 1.01, 1.06, 0.99 and 1.00 (the last two
without looking before waiting).
"""
KEYS = {"p50": "p50", "p99": "p99", "p99_9": "p99.9"}


@dataclasses.dataclass
class Size:
    rounds: int
    seconds: float
    capacity_rounds: int = 2


QUICK = Size(rounds=2, seconds=1, capacity_rounds=1)
FULL = Size(rounds=5, seconds=3)


def steps(stage, size):
    raw = stage.servers(BASE)
    yield from stage.closed_loops(NAME, {CAPACITY: load.Job(CONNECTIONS)}, raw, size.capacity_rounds)
    servers = {one.name: one for one in stage.servers(*SERVERS)}
    for number, name in rounds(list(servers), size.rounds):
        yield stage.step(NAME, CASE, servers[name], number, size.seconds + 0.3, lambda one: half_loaded(stage, one, size))


def half_loaded(stage, server, size):
    capacity = stage.results.median(NAME, CAPACITY, BASE, "rate")
    if not capacity:
        raise Failed("what the raw loop can do was not measured")
    return stage.closed(server, load.Job(CONNECTIONS, seconds=size.seconds, rate=capacity / 2))


def tables(results):
    capacity = results.median(NAME, CAPACITY, BASE, "rate")
    rows = [[comparison.named(server), *(cell for key in KEYS for cell in cells(results, server, key))]
            for server in results.servers(NAME, CASE)]
    yield Table(f"{count(capacity and capacity / 2)} requests a second on {CONNECTIONS} connections",
                ["server", *(cell for name in KEYS.values() for cell in (name, "least to most", "of raw"))], rows)


def cells(results, server, key):
    spread = results.spread(NAME, CASE, server, key)
    return median(spread, microseconds), between(spread, microseconds), median(results.ratio(NAME, CASE, server, key))


def plots(_):
    return ()


def targets(results):
    yield target.at_most("p99.9, of the raw loop's", 1.3, target.middle(results.ratio(NAME, CASE, "hawser", "p99_9")))
