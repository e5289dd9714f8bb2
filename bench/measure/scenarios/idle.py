"""Idle connections.

Many connections, each of which has asked once and is quiet since then. What a connection costs is what the resident memory of
the server grew by, over the number of them. They are closed and come again, twice: memory that a wave leaves behind would show in
the peaks of the later ones. Proportional memory (Pss) shares out what several processes map, anonymous is what no file backs.
"""
import dataclasses
import resource

from .. import comparison, load, machine, plot, target
from ..results import Spread
from ..table import NONE, Table, count, figure, kib

NAME = "idle"
WAVES = 3
ROUTER, SERVE = "hawser", "hawser-serve"
NOTES = """
Where each byte of hawser's is, says [session-size.md](decisions/session-size.md). What keeps a router session from the
stretch is Asio's: 560 bytes for the entry frame of `co_spawn`, the state of the descriptor and the wait. Only a coroutine
runtime of our own would do without the entry frame.
"""


@dataclasses.dataclass
class Size:
    connections: int
    rounds: int = 1


QUICK = Size(connections=1000)
FULL = Size(connections=9000)


def case(connections):
    return f"{connections:,} connections"


def within_limit(connections):
    """Each side has one descriptor a connection, in a process of its own."""
    return min(connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)


def steps(stage, size):
    connections = within_limit(size.connections)
    for number in range(size.rounds):
        for server in stage.servers():
            yield stage.step(NAME, case(connections), server, number, 0.5 + WAVES * connections / 9000,
                             waves_of(stage, connections))


def waves_of(stage, connections):
    return lambda server: waves(stage, server, connections)


def waves(stage, server, connections):
    with stage.started(server) as running:
        with load.idle(stage.programs["bench-load"], running, connections, stage.cores.split()[1]) as wave:
            before, slab = running.memory(), machine.slab()
            seen = []
            for _ in range(WAVES):
                wave.open()
                seen.append((running.memory(), machine.slab()))
    return figures(before, [memory for memory, _ in seen], connections) | machine.limits() | {
        "kernel": (seen[0][1] - slab) / connections / 2}   # both ends of each connection are on this machine


def figures(before, held, connections):
    """Bytes a connection from the first wave, the growth of the peak in the later ones as a part of it."""
    first = held[0]
    return {"resident": (first.resident - before.resident) / connections,
            "proportional": (first.proportional - before.proportional) / connections,
            "anonymous": (first.anonymous - before.anonymous) / connections,
            "server": before.resident,
            **{f"wave_{number}": memory.peak / first.peak - 1 for number, memory in enumerate(held[1:], 2)}}


def tables(results):
    for of in results.cases(NAME):
        def value(server, key):
            return results.median(NAME, of, server, key)
        servers = sorted(results.servers(NAME, of), key=lambda one: value(one, "resident"))
        yield Table(f"{of}: memory each", ["server", "resident", "Pss", "anonymous", "without connections", "peak, wave 2", "wave 3"],
                    [[comparison.named(one), *(size(value(one, key)) for key in ("resident", "proportional", "anonymous")),
                      kib(value(one, "server")), *(growth(value(one, key)) for key in ("wave_2", "wave_3"))] for one in servers])
        yield ceiling(value)


def size(value):
    return NONE if value is None else f"{count(value)} B"


def growth(part):
    return NONE if part is None else f"{100 * part:+.1f} %"


def ceiling(value):
    """How many connections this machine could hold, and what sets the limit."""
    each, kernel, available = (value(ROUTER, key) for key in ("resident", "kernel", "available"))
    rows = [["descriptors that a process may have (ulimit -Hn)", count(value(ROUTER, "descriptors"))],
            ["descriptors that root may allow a process (fs.nr_open)", count(value(ROUTER, "nr_open"))],
            ["descriptors of the whole machine (fs.file-max)", count(value(ROUTER, "file_max"))]]
    if each and kernel and kernel > 0:
        rows.append([f"memory that was free: {size(each)} of the server's and {size(kernel)} of the kernel's for each",
                     count(available / (each + kernel))])
    return Table("The most connections to one hawser on this machine", ["limit", "connections"], rows)


def plots(results):
    panels = []
    for of in results.cases(NAME):
        sizes = {one: results.spread(NAME, of, one, "resident") for one in results.servers(NAME, of)}
        panels.append(plot.Panel(of, [comparison.bar(one, in_kib(sizes[one])) for one in sorted(sizes, key=lambda one: sizes[one].median)]))
    yield NAME, plot.bars("Resident memory an idle connection, KiB", panels)


def in_kib(spread):
    return Spread(*(max(part / 1024, 0) for part in (spread.median, spread.least, spread.most)))


def targets(results):
    of = (results.cases(NAME) or [""])[0]
    for server, bound, what in ((ROUTER, 1536, "a router session"), (SERVE, 2048, "a serve coroutine"),
                                (ROUTER, 1280, "a router session, the stretch")):
        yield target.at_most(f"memory of {what}", bound, results.median(NAME, of, server, "resident"), lambda one: f"{one:,.0f} B")
    for server in (ROUTER, SERVE):
        for wave in ("wave_2", "wave_3"):
            yield target.at_most(f"{server}: growth of the peak in {wave.replace('_', ' ')}", 0.05, results.median(NAME, of, server, wave),
                                 lambda part: f"{100 * part:.1f} %")
