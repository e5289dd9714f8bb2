"""Compile time.

A user's translation unit with a router and three handlers, and its twin in Asio alone, which includes `boost/asio.hpp`: seconds
of the processor at -O2, one after the other. Both are in `bench/compile`.
"""
import dataclasses
import statistics

from .. import beside, catalogue, target
from ..results import Spread
from ..table import Table, between, median

NAME = "compile_time"
CASE = "one file"
FOLDER = "compile"
TITLES = {"hawser": "**hawser, router and three handlers**", "asio": "the same in raw Asio"}


@dataclasses.dataclass
class Size:
    rounds: int


QUICK = None
FULL = Size(rounds=3)


def lacking(_):
    return "" if beside.path(FOLDER).exists() else f"there is no bench/{FOLDER}"


def steps(stage, size):
    yield stage.step(NAME, CASE, catalogue.ALL["hawser"], 0, 12 * (size.rounds + 1), lambda _: compiled(size.rounds))


def compiled(rounds):
    times = beside.told(FOLDER, ["--rounds", rounds], seconds=600)["seconds"]
    return {**times, "ratio": statistics.median(mine / theirs for mine, theirs in zip(times["hawser"], times["asio"]))}


def tables(results):
    for sample in results.samples:
        if sample.scenario == NAME and not sample.failed:
            spreads = {name: Spread.of(sample.values[name]) for name in TITLES}
            yield Table("One file", ["", "seconds", "least to most"], [[TITLES[name], median(one), between(one)] for name, one in spreads.items()])


def plots(_):
    return ()


def targets(results):
    yield target.at_most("compile time, of the raw Asio twin's", 0.5, results.median(NAME, CASE, "hawser", "ratio"))
