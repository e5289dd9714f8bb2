"""docs/reliability.md, from what a full run has found."""
import datetime

import measuring

HEAD = """\
# Reliability, with figures

What the sample server does with peers that are slow, deaf, rude or many. This page is written by one command, which takes
about ten minutes on a machine that has nothing else to do, and builds what it needs:

```sh
test/stress/run --size full --write docs/reliability.md
```

`test/stress/run --list` says which scenarios there are, `--only NAME` runs one. A small size of each is among the tests that
`./check` runs, under the sanitizers too; there only what is not a matter of speed has to hold: counts, closings, memory,
descriptors, order.

The good clients are a `hawser-swarm` with a fixed rate; their p99 counts from the instant at which each submit was due, so a
stall is not hidden by the submits that it kept from being sent. Server, good clients and bad peers share the machine.
"""


def markdown(results, took, load, whole):
    """Of (scenario, findings) pairs; `load` is what the machine had to do before, `whole` that these are all scenarios."""
    lines = [HEAD, f"Written on {datetime.date.today().isoformat()}; the run took {took / 60:.1f} minutes."
             + ("" if whole else " Some scenarios were left out of it."), "",
             *table(("machine", ""), [*measuring.machine(), ("load average before the run", f"{load:.2f}")])]
    for scenario, findings in results:
        title, _, text = scenario.__doc__.strip().partition("\n")
        lines += ["", f"## {title.rstrip('.')}", "", text.strip(), "",
                  *table(("what", "asked for", "seen", "kept"),
                         [(one.what, one.asked, one.seen, verdict(one)) for one in findings])]
    return "\n".join(lines) + "\n"


def verdict(finding):
    if finding.asked == "-":   # only told
        return ""
    return "yes" if finding.kept else "**no**"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
