"""The compile_time alone.

Frames are decoded and encoded in memory, without a socket, beside a `memcpy` of the same bytes.
"""
import dataclasses

from ..table import Table

NAME = "compile_time"


@dataclasses.dataclass
class Size:
    rounds: int


QUICK = Size(rounds=1)
FULL = Size(rounds=3)


def lacking(stage):
    return "" if NAME in stage.programs else "bench-compile_time was not built"


def steps(stage, size):
    return []


def tables(results):
    return []


def plots(_):
    return ()


def targets(_):
    return ()
