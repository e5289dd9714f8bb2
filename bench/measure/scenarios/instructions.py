"""Instructions a request.

What a request takes in user space, through the whole server, counted by callgrind: the same on a busy machine. `./check` holds
it against the figures in `bench/instructions/kept.json` and fails at five percent more.
"""
import dataclasses
import shutil

from .. import beside, catalogue
from ..table import Table, count

NAME = "instructions"
CASE = "a request"
PROGRAM = "bench-instructions"
PROGRAMS = (PROGRAM,)


@dataclasses.dataclass
class Size:
    seconds: float = 20   # about


QUICK = None
FULL = Size()


def lacking(stage):
    if not shutil.which("valgrind"):
        return "valgrind is not installed (tools/setup bench)"
    return "" if PROGRAM in stage.programs else f"{PROGRAM} was not built"


def steps(stage, size):
    yield stage.step(NAME, CASE, catalogue.ALL["hawser"], 0, size.seconds,
                     lambda _: beside.told(NAME, [stage.programs[PROGRAM]], seconds=300)["instructions"])


def tables(results):
    for sample in results.samples:
        if sample.scenario == NAME and not sample.failed:
            yield Table("hawser, router", ["", "instructions a request"], [[name, count(number)] for name, number in sample.values.items()])


def plots(_):
    return ()


def targets(_):
    return ()
