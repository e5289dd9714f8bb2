"""Where a scenario is played: it starts programs, which end with it, and says what was found.

    def play(stage, size):
        server = stage.server("--frame-timeout", "2s")
        ...
        yield Finding("slow peers that were closed", size.peers, closed, closed == size.peers)
        yield stage.ends_well(server)

A finding that is a matter of speed is written down at any size, and has to hold at full size only: small runs share a
machine with other tests, and may be slowed down by a sanitizer.
"""
import concurrent.futures
import collections
import dataclasses
import multiprocessing
import os
import pathlib
import re
import signal
import socket
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parents[1] / "tools")]

import command_line   # noqa: E402: from tools
import programs   # noqa: E402: from the folder beside this one
import wire   # noqa: E402


@dataclasses.dataclass
class Finding:
    what: str
    asked: object
    seen: object
    kept: bool
    of_speed: bool = False


def become_bad_peers(elsewhere):
    """A process of its own, which ends when the stage does."""
    for number in (signal.SIGINT, signal.SIGHUP):   # of a terminal: who has started us ends us
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if elsewhere:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Stage:
    def __init__(self, say, speed_counts):
        self.say = say
        self._held = tempfile.TemporaryDirectory(prefix="hawser-stress-")
        self.folder = pathlib.Path(self._held.name)
        self._programs, self._peers = [], []
        # Bad peers are on other machines, in life. Here they get what server and good clients leave of the processors: they
        # are put aside at once when one of those has something to do. A nice value alone would let them end their time slice. Where
        # only counts have to hold, on a machine that other tests keep busy, they would never have a turn.
        self._elsewhere = concurrent.futures.ProcessPoolExecutor(4, multiprocessing.get_context("fork"),
                                                                 become_bad_peers, (speed_counts,))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for one in self._peers:
            one.close()
        for program in self._programs:
            program.end()
        if kind:   # told to end: nobody waits for what bad peers still have to do
            command_line.end_children()
        self._elsewhere.shutdown(wait=True, cancel_futures=True)
        self._held.cleanup()

    def bad_peers(self, play, *arguments):
        """Calls a function of a module in another process: the future of what it returns. Up to four at once."""
        return self._elsewhere.submit(play, *arguments)

    def last_words(self):
        """Of programs whose sanitizer found something, and of those that crashed."""
        for program in self._programs:
            if report := program.sanitizer_report():
                yield report
            elif (program.process.poll() or 0) < 0:
                yield f"ended by signal {-program.process.returncode}: {program.err[-2000:]}"

    def server(self, *options, log="warning", threads=2, **streams):
        """The sample server; it runs already."""
        return self._started(programs.Server(["--threads", threads, "--log-level", log, *options], self.folder,
                                             ["127.0.0.1:0"], **streams))

    def special_server(self, program, *options, threads=2):
        """One of the servers in this folder."""
        return self._started(programs.Server(["--threads", threads, *options], self.folder, ["127.0.0.1:0"],
                                             program=programs.path_of(program)))

    def _started(self, started):
        self.adopt(started).wait_for_port_file()
        return started

    def adopt(self, program):
        """It ends with this, too."""
        self._programs.append(program)
        return program

    def forget(self, program):
        """It has ended as it was meant to, whatever that looks like."""
        program.end()
        self._programs.remove(program)

    def knows(self, option, program="hawser-server"):
        """Whether the program has it."""
        asked = programs.Program([programs.path_of(program), "--help"], self.folder)
        asked.status()
        return option in asked.out

    def connect(self, server):
        peer = wire.Connection(socket.create_connection(("127.0.0.1", server.port), timeout=programs.PATIENCE), programs.PATIENCE)
        self._peers.append(peer)
        return peer

    def swarm(self, server, *options):
        started = programs.Swarm(server.address, ["--quiet", *options], self.folder)
        self._programs.append(started)
        return started

    @staticmethod
    def ends_well(server):
        status = server.stop(seconds=30 * programs.SLOW)
        return Finding("exit status of the server, told to stop", 0, status, status == 0)


def counted_at_end(server):
    """How many connections ended for which reason, by the log of a server that has stopped: it says so if it left lines out."""
    if lines := server.lines(r" connections ended: \d"):
        reasons = re.findall(r"(\d+) (.+?)(?=, \d+ |$)", lines[-1].split(" connections ended: ")[1])
        return {reason: int(count) for count, reason in reasons}
    return collections.Counter(re.findall(r" ended: (.+?)(?=: | \(offset |; \d+ frames in)", server.err))


def seconds(number):
    """As the programs take it."""
    return f"{round(number * 1000)}ms"


class Good:
    """Clients that behave: a swarm with a steady rate. What they see is the percentile from when each submit was due.

    The time without bad peers is measured several times, and so is the time with them: a machine has bad moments of its own.
    """

    def __init__(self, stage, server, clients, rate, *options):
        self._stage, self._server = stage, server
        self._options = ["--clients", clients, "--rate", rate, "--window", "64", "--timeout", seconds(20 * programs.SLOW),
                         *options]

    def start(self, duration):
        return self._stage.swarm(self._server, *self._options, "--duration", seconds(duration))

    def watch(self, duration, times=3):
        """The median p99 in microseconds of so many runs."""
        found = []
        for _ in range(times):
            swarm = self.start(duration)
            swarm.status(duration + 2 * programs.PATIENCE)
            found.append(p99(swarm))
        return statistics.median(found)


def p99(swarm):
    return swarm.report["latency_from_schedule_us"]["p99"]


def microseconds(number):
    return f"{number / 1000:.2f} ms" if number >= 1000 else f"{number:.0f} µs"


def no_slower(before, during, factor):
    """The good clients' p99 with bad peers, against that without them."""
    return Finding("p99 of the good clients", f"at most {factor} x {microseconds(before)}",
                   f"{microseconds(during)} ({during / max(before, 1e-9):.2f} x)", during <= factor * before, of_speed=True)


def all_acked(*swarms):
    """Every submit of the good clients, exactly once."""
    total = {key: sum(swarm.report[key] for swarm in swarms) for key in programs.COUNTERS}
    bad = {key: total[key] for key in programs.COUNTERS[2:] if total[key]}
    return Finding("submits of the good clients that were acked", "all",
                   f"{total['acked']} of {total['sent']}" + (f", {bad}" if bad else ""),
                   total["sent"] > 0 and total["acked"] == total["sent"] and not bad)
