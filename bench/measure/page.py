"""docs/performance.md and its pictures, from what a full run has measured.

    page.write(pathlib.Path("docs/performance.md"), record)

`record` is what result.json holds. The text of a scenario is at the top of its module; what a profile showed, and what was
tried, is its NOTES. All figures are the run's.
"""
import importlib
import sys

from . import catalogue, losses
from .machine import ROOT
from .results import Results, Sample
from .scenarios import ALL
from .table import Table

sys.path.append(str(ROOT / "tools"))

import command_line   # noqa: E402: from that folder

HEAD = """\
# Performance, with figures

What hawser does with a processor and with memory, beside a raw epoll loop and beside its peers. This page is written by one
command, which takes up to fifteen minutes on a machine that has nothing else to do, and builds what it needs:

```sh
tools/setup bench                           # once: the libraries and tools of Debian that it uses
bench/run --write docs/performance.md
```

`bench/run --quick` takes less than three minutes and is no more than a look; `--only SCENARIO` and `--servers A,B` measure less.
Everything that was measured, each run of each round, is in `build/bench/result.json`.

All servers do the same work: they read frames of the [default protocol](wire-format.md) and answer each submit, 45 bytes with 32
of payload, with an ack of 14. hawser does it with everything on: router or coroutine, deadlines, limits, the cap on what is
not yet sent. What each of the others does without is written at the top of its source in `bench/servers`. One load
generator drives all of them and compares every ack with the one that it expects: a run in which one is wrong or missing
counts for nothing. The servers in C++ are built by g++ with -O2 and link-time optimisation (`CMAKE_INTERPROCEDURAL_OPTIMIZATION`; what
uses hawser gains 3 % by it), those in other languages as their own tools build a release.

The server runs on one processor and the load on another, with the loopback between them, so a figure is not one of a network.
Machines have good and bad moments: the runs go in rounds, each through all servers and each in another order; told are the medians and
what was least and most. A ratio is taken inside each round, of two runs close to each other, and is the median of these. Ratios
carry over to other machines better than figures do.
"""
NO_FIGURES = "No target of this scenario was measured."


def pictures_of(path):
    """Their folder."""
    return path.parent / path.stem


def unwritable_pictures(path):
    """Why they cannot be, or nothing. That the page can be written is known."""
    folder = pictures_of(path)
    if folder == path:
        return f"its pictures would be in a folder of that name; call it {path}.md"
    return command_line.unwritable_folder(str(folder)) if folder.exists() else command_line.unwritable_folder(str(path.parent))


def write(path, record):
    results = Results(Sample(**one) for one in record["samples"])
    scenarios = [importlib.import_module(f".scenarios.{name}", __package__) for name in ALL if results.has(name)]
    pictures = pictures_of(path)
    pictures.mkdir(exist_ok=True)
    for scenario in scenarios:
        for name, svg in scenario.plots(results):
            command_line.write(pictures / f"{name}.svg", svg)
    command_line.write(path, markdown(record, results, scenarios, path.stem))


def markdown(record, results, scenarios, pictures):
    lines = [HEAD, f"Written on {record['date']}; the run took {record['took'] / 60:.1f} minutes."
             + ("" if record["whole"] else " Some scenarios or servers were left out of it."), "",
             *Table("", ["machine", ""], record["machine"]).markdown(), "",
             *Table("", ["what is compared", "version"], record["versions"]).markdown(),
             *missing(record["missing"]), "", "## Targets", "", *targets(results, scenarios)]
    for scenario in scenarios:
        lines += ["", *part(scenario, results, pictures)]
    return "\n".join([*lines, *behind(results), *failures(results)]) + "\n"


def title(scenario):
    return scenario.__doc__.strip().splitlines()[0].rstrip(".")


def missing(programs):
    if programs:
        yield from ("", "Not measured:", "")
        yield from (f"- {name}: {reason}" for name, reason in programs.items())


def targets(results, scenarios):
    rows = [[title(scenario), one.what, one.asked, one.seen, one.verdict()] for scenario in scenarios for one in scenario.targets(results)]
    return Table("", ["", "what", "asked for", "seen", ""], rows).markdown() if rows else [NO_FIGURES]


def part(scenario, results, pictures):
    _, _, text = scenario.__doc__.strip().partition("\n")
    yield from (f"## {title(scenario)}", "", text.strip())
    yield from (f"\n![{title(scenario)}]({pictures}/{name}.svg)" for name, _ in scenario.plots(results))
    for table in scenario.tables(results):
        yield from ("", f"{table.title}:", "", *table.markdown())
    if notes := getattr(scenario, "NOTES", "").strip():
        yield from ("", notes)


def behind(results):
    yield from ("", "## Where hawser loses", "")
    if rows := list(losses.rows(results)):
        yield from ("Everybody whose median is better than that of the router, however little:", "",
                    *Table("", losses.HEAD, rows).markdown())
    else:
        yield "In this run, nowhere."


def failures(results):
    failed = results.failures()
    yield from ("", "## Runs that count for nothing", "")
    if not failed:
        yield f"None of {len(results.samples)}."
    else:
        yield from (f"- {one.scenario}, {one.case}, round {one.round + 1}, {catalogue.title(one.server)}: {one.failed}" for one in failed)
