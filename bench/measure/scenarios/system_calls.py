"""System calls a request.

Counted by `strace -c -f` while the load runs, in runs of their own: a traced server is many times slower, so no time is taken
here, and as it lags behind it finds more to do at each wake-up than it would otherwise. Connecting is counted too.
"""
import dataclasses
import re
import shutil
import signal
import subprocess
import tempfile

from .. import comparison, load, target
from ..process import Failed
from ..table import Table, figure

NAME = "system_calls"
CASES = {"10 connections, 1 in flight": (10, 1), "100 connections, 64 in flight": (100, 64)}
ENDS_WITHIN = 10   # seconds
TOLD = 4   # kinds of call that a table names
NOTES = """
recv, send and a share of `epoll_wait`, as the raw loop. Asio tells epoll again (`epoll_ctl`) each time that somebody waits for readability;
a hawser connection in conversation looks for its next request first, and seldom has to wait then.
"""


@dataclasses.dataclass
class Size:
    seconds: float
    servers: tuple = ()    # of none: all


QUICK = Size(seconds=0.4, servers=("hawser", "raw"))
FULL = Size(seconds=1.0)


def lacking(_):
    return "" if shutil.which("strace") else "strace is not installed (tools/setup bench)"


def steps(stage, size):
    for case, (connections, window) in CASES.items():
        job = load.Job(connections, window=window, seconds=size.seconds, warm_up=0)
        for server in stage.servers(*size.servers):
            yield stage.step(NAME, case, server, 0, size.seconds + 0.3, lambda one, job=job: traced(stage, one, job))


def traced(stage, server, job):
    with stage.started(server) as running, tempfile.NamedTemporaryFile("r") as counts:
        with tracing(running.pid, counts.name):
            said = load.put(stage.programs["bench-load"], running, job, stage.cores.split()[1])
        calls = parsed(counts.read())
    if not calls:
        raise Failed("strace saw nothing")
    return {"calls": sum(calls.values()) / said["acks"], **{f"call {name}": number / said["acks"] for name, number in calls.items()}}


class tracing:
    """While it lasts, the calls of a process are counted; then they are in the file."""

    def __init__(self, pid, path):
        self._command = ["strace", "-c", "-f", "-p", str(pid), "-o", path]

    def __enter__(self):
        self._strace = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self._strace.stderr.readline()   # "strace: Process 12 attached", or why not
        if "attached" not in line:
            self._end()
            raise Failed(f"strace: {line.strip()}")
        return self

    def __exit__(self, *_):
        self._end()

    def _end(self):
        if self._strace.poll() is None:
            self._strace.send_signal(signal.SIGINT)
        try:
            self._strace.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._strace.kill()
            self._strace.wait()
        self._strace.stderr.close()


def parsed(text):
    """The table that strace prints: calls by name."""
    calls = {}
    for line in text.splitlines():
        # % time, seconds, usecs/call, calls, sometimes errors, name
        found = re.fullmatch(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)", line)
        if found and found[2] != "total":
            calls[found[2]] = int(found[1])
    return calls


def tables(results):
    for case in results.cases(NAME):
        def calls(server):
            return results.median(NAME, case, server, "calls")
        yield Table(case, ["server", "calls a request", "which"],
                    [[comparison.named(one), figure(calls(one)), which(results, case, one)]
                     for one in sorted(results.servers(NAME, case), key=calls)])


def which(results, case, server):
    sample = next(one for one in results.samples if (one.scenario, one.case, one.server) == (NAME, case, server) and not one.failed)
    calls = {key.removeprefix("call "): value for key, value in sample.values.items() if key.startswith("call ")}
    return ", ".join(f"{name} {figure(calls[name])}" for name in sorted(calls, key=lambda one: -calls[one])[:TOLD])


def plots(_):
    return ()


def targets(results):
    single, many = CASES
    yield target.at_most(f"{single}: calls a request", 3.2, results.median(NAME, single, "hawser", "calls"))
    yield target.at_most(f"{single}: calls a request, the lent buffer kept", 2.3, results.median(NAME, single, "hawser", "calls"))
    yield target.at_most(f"{many}: calls a request", 0.1, results.median(NAME, many, "hawser", "calls"))
