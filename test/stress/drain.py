"""A drain under load.

The server is told to stop while all its sessions submit at a steady rate. Whatever it has handled, the clients have an answer
to; it ends by itself, before its `--drain-timeout` is over, with nothing cut.
"""
import dataclasses
import signal
import time

import programs
from stage import Finding, seconds


@dataclasses.dataclass
class Size:
    sessions: int
    rate: int
    warm_up: float         # seconds
    deadline: float = 10 * programs.SLOW


SMALL = Size(sessions=100, rate=500, warm_up=1)
FULL = Size(sessions=2000, rate=20000, warm_up=5)


def play(stage, size):
    # Its last line is one of level info, and so is one a submit.
    server = stage.server("--drain-timeout", seconds(size.deadline), log="info")
    stage.say(f"{size.sessions} sessions, {size.rate} submits a second")
    swarm = stage.swarm(server, "--clients", size.sessions, "--rate", size.rate, "--window", 64, "--duration", "10m",
                        "--timeout", seconds(programs.PATIENCE))
    programs.until(lambda: server.descriptors() > size.sessions, "all sessions")
    server.wait_for_line("recv submit")
    time.sleep(size.warm_up)   # this much load, not a wait for something
    stage.say("told to stop")
    begun = time.monotonic()
    server.signal(signal.SIGTERM)
    status = server.status(size.deadline + programs.PATIENCE)
    took = time.monotonic() - begun
    swarm.status(2 * programs.PATIENCE)
    drained, cut, frames_in, frames_out = server.last_words()
    report = swarm.report
    yield Finding("exit status of the server", 0, status, status == 0)
    yield Finding("time of the drain", f"under {size.deadline:g} s", f"{took:.2f} s", took < size.deadline, of_speed=True)
    yield Finding("sessions drained, and cut", f"{size.sessions}, 0", f"{drained}, {cut}", (drained, cut) == (size.sessions, 0))
    yield Finding("submits handled, and answered", "the same", f"{frames_in}, {frames_out}", frames_in == frames_out > 0)
    heard = report["acked"] + report["late"]
    yield Finding("answers that the clients have", frames_out, heard, heard == frames_out)
    strange = {key: report[key] for key in ("duplicate", "wrong", "unknown") if report[key]}
    yield Finding("answers that are wrong", "none", strange or "none", not strange)
    yield Finding("submits that the server had not read", "-", report["missing"], True)
