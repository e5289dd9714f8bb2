"""Where somebody else is better than hawser, by the medians: told without being asked.

    for row in losses.rows(results): ...
"""
from . import catalogue
from .table import figure

# What is compared: value, its name, whether more is better.
COMPARED = {
    "one_in_flight": (("rate", "requests a second", True), ("processor", "processor time a request", False)),
    "pipelined": (("rate", "requests a second", True), ("processor", "processor time a request", False)),
    "idle": (("resident", "memory a connection", False), ("server", "memory without connections", False)),
    "system_calls": (("calls", "system calls a request", False),),
    "large_frames": (("bytes", "bytes a second", True), ("processor", "processor time a frame", False)),
    "tail": (("p99", "p99", False), ("p99_9", "p99.9", False)),
}
HEAD = ["what", "case", "better than hawser, and hawser's part of its figure"]


def rows(results):
    for scenario, compared in COMPARED.items():
        for case in results.cases(scenario):
            for key, what, more in compared:
                if better := _better(results, scenario, case, key, more):
                    yield [what, case, "; ".join(f"{catalogue.title(one)} ({figure(ratio)})" for one, ratio in better)]


def _better(results, scenario, case, key, more):
    """(server, hawser's ratio to it), the farthest ahead first."""
    found = []
    for one in results.servers(scenario, case, key):
        ratio = results.ratio(scenario, case, "hawser", key, base=one)
        if ratio and one in catalogue.ALL and not catalogue.is_hawser(one) and (ratio.median < 1 if more else ratio.median > 1):
            found.append((one, ratio.median))
    return sorted(found, key=lambda pair: pair[1], reverse=not more)
