"""What was asked for, what was seen, and by how much it was missed.

    yield at_least("10 connections, requests/s against the raw loop", 0.95, ratio)
    yield at_most("idle router session", 1536, bytes_each, kib)

A target whose figure is missing was not measured: it is neither kept nor missed.
"""
import dataclasses

from . import table


@dataclasses.dataclass(frozen=True)
class Target:
    what: str
    asked: str
    seen: str
    kept: bool | None      # None: not measured
    missed_by: str = ""

    def verdict(self):
        return "not measured" if self.kept is None else "kept" if self.kept else f"**missed** by {self.missed_by}"


def at_least(what, bound, value, way=table.figure):
    return _compared(what, f"at least {way(bound)}", bound, value, way, lambda: value >= bound)


def at_most(what, bound, value, way=table.figure):
    return _compared(what, f"at most {way(bound)}", bound, value, way, lambda: value <= bound)


def _compared(what, asked, bound, value, way, kept):
    if value is None:
        return Target(what, asked, table.NONE, None)
    if kept():
        return Target(what, asked, way(value), True)
    return Target(what, asked, way(value), False, f"{100 * abs(value - bound) / bound:.1f} %")


def middle(spread):
    """The figure that a target is held against."""
    return spread.median if spread else None
