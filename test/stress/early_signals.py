"""A SIGTERM as soon as the server is started.

A supervisor that changes its mind tells a server to end before it listens. From the first statement of main on that is a stop
as any other: the status is 0. Half of the servers are started with the signal blocked, so that it is there before main is;
nothing is left to chance then. The others get it 0 to 40 ms after their start; if that is before main, the system ends them.
"""
import dataclasses
import pathlib
import random
import re
import signal
import time

import programs
from stage import Finding


@dataclasses.dataclass
class Size:
    starts: int   # of each kind


SMALL = Size(starts=10)
FULL = Size(starts=200)


def block():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])


def start(stage, **how):
    return stage.adopt(programs.Program([programs.SERVER, "--listen", "127.0.0.1:0"], stage.folder, **how))


def has_caught(program):
    """SIGTERM; false before main, and when it has ended."""
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.M)
    return bool(caught) and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1


def how_it_ended(program):
    try:
        return program.status()
    except AssertionError:   # the signal was lost
        return "never"


def play(stage, size):
    stage.say(f"{size.starts} servers with a signal that waits for them")
    statuses = []
    for _ in range(size.starts):
        program = start(stage, preexec_fn=block)
        program.signal(signal.SIGTERM)
        statuses.append(how_it_ended(program))
        if statuses[-1] == "never":
            break
    yield Finding("statuses of servers that were told before main began", "0", f"{sorted(set(map(str, statuses)))}", set(statuses) == {0})
    stage.say(f"{size.starts} servers that get it 0 to 40 ms after their start")
    chance = random.Random(1)
    in_main, before = [], 0
    for _ in range(size.starts):
        program = start(stage)
        time.sleep(chance.uniform(0, 0.04))
        caught = has_caught(program)
        program.signal(signal.SIGTERM)
        status = how_it_ended(program)
        if caught or status != -signal.SIGTERM:
            in_main.append(status)
        else:
            before += 1
            stage.forget(program)
    undrained = sum(status != 0 for status in in_main)
    yield Finding("servers that were told in main, and did not end with status 0", f"0 of {len(in_main)}", undrained, undrained == 0)
    yield Finding("servers that had not come to main, and were ended by the system", "-", before, True)
