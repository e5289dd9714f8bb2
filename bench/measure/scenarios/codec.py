"""The codec alone.

Frames decoded and encoded in memory, without a socket, beside a `memcpy` of as many bytes. The instructions are counted by
callgrind and so the same each time; the nanoseconds are of this machine.
"""
import dataclasses
import json
import shutil
import subprocess

from .. import beside, catalogue
from ..process import Failed
from ..table import NONE, Table, count, figure

NAME = "codec"
CASE = "in memory"
PROGRAM = "bench-codec"
PROGRAMS = (PROGRAM,)


@dataclasses.dataclass
class Size:
    instructions: bool
    seconds: float   # about


QUICK = Size(instructions=False, seconds=2)
FULL = Size(instructions=True, seconds=40)


def lacking(stage):
    return "" if PROGRAM in stage.programs else f"{PROGRAM} was not built"


def steps(stage, size):
    yield stage.step(NAME, CASE, catalogue.ALL["hawser"], 0, size.seconds, lambda _: {"rows": rows(stage.programs[PROGRAM], size)})


def rows(program, size):
    if size.instructions and shutil.which("valgrind"):
        return beside.told(NAME, [program], seconds=300)
    done = subprocess.run([program, "--json"], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise Failed(f"{PROGRAM}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def tables(results):
    for sample in results.samples:
        if sample.scenario == NAME and not sample.failed:
            yield Table("A frame", ["", "bytes", "ns", "memcpy ns", "instructions", "memcpy instructions"],
                        [[row["name"], count(row["bytes"]), figure(row["ns"]), figure(row["memcpy_ns"]),
                          *(count(row[key]) if key in row else NONE for key in ("instructions", "memcpy_instructions"))]
                         for row in sample.values["rows"]])


def plots(_):
    return ()


def targets(_):
    return ()
