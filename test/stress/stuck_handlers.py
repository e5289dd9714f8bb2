"""Handlers that do not end.

A handler blocks its thread for 40 s, one offloads a function that does, one blocks after it has waited; then the server is
told to stop. It ends all the same, 2 s after the grace at the latest, with status 3 and one line that says which handler of
which connection would not end; or as soon as it is told a second time, even if it was to wait. Whoever is on another thread
is drained meanwhile.
"""
import concurrent.futures
import dataclasses
import re
import signal
import time

import programs
import wire
from stage import Finding, seconds

ID = wire.serial(1)
GRACE = 0.5
AT_ONCE = 8
OFFLOADING, AWAITING = 0x20, 0x21
KINDS = {"submit": (wire.SUBMIT, b"block"), "offloading": (OFFLOADING, b""), "awaiting": (AWAITING, b"")}


@dataclasses.dataclass
class Size:
    rounds: int


SMALL = Size(rounds=1)
FULL = Size(rounds=5)


def with_a_stuck_handler(stage, kind, *options):
    """A server with one, a client on another thread that it has served, and the address of the client that the handler is for."""
    server = stage.special_server("stuck_server", *options)
    stuck, other = stage.connect(server), stage.connect(server)   # on two threads
    for peer in (stuck, other):
        peer.send(wire.submit(ID))
        assert peer.receive(14) == wire.submit_ack(ID)
    command, payload = KINDS[kind]
    stuck.send(wire.packet(command, ID, payload))
    time.sleep(0.1 * programs.SLOW)   # until the handler has begun
    return server, other, "%s:%d" % stuck.socket.getsockname()


def ends(server):
    """The status, and after how long."""
    begun = time.monotonic()
    try:
        status = server.status(30)
    except AssertionError:
        status = "none within 30 s"
    return status, time.monotonic() - begun


def abandoned(stage, kind):
    server, other, address = with_a_stuck_handler(stage, kind, "--on-stuck", "abandon", "--drain-timeout", seconds(GRACE))
    server.signal(signal.SIGTERM)
    other.rest()
    other.socket.close()
    status, took = ends(server)
    most = GRACE + 2 * programs.SLOW
    yield Finding(f"{kind}: exit status", 3, status, status == 3)
    yield Finding(f"{kind}: time until the server ended", f"at most {most:g} s", f"{took:.2f} s", took <= most)
    lines = re.findall(r"does not end: .*", server.err)
    yield Finding(f"{kind}: the line that says so", f"names {kind} and {address}", " / ".join(lines) or "none",
                  len(lines) == 1 and kind in lines[0] and address in lines[0])


def told_twice(stage, kind):
    server, other, _ = with_a_stuck_handler(stage, kind, "--on-stuck", "wait", "--drain-timeout", "5m")
    other.socket.close()
    for _ in range(3):   # as a process group does it: these are one
        server.signal(signal.SIGTERM)
        time.sleep(0.02)
    time.sleep(0.6)
    alive = server.process.poll() is None
    yield Finding(f"{kind}: still drains after one signal that came three times", True, alive, alive)
    if not alive:
        return
    server.signal(signal.SIGTERM)
    status, took = ends(server)
    yield Finding(f"{kind}: exit status after a second signal", 3, status, status == 3)
    yield Finding(f"{kind}: time until it ended", f"at most {2 * programs.SLOW:g} s", f"{took:.2f} s", took <= 2 * programs.SLOW)


def aborted(stage):
    server, other, _ = with_a_stuck_handler(stage, "submit", "--on-stuck", "abort", "--drain-timeout", "100ms")
    other.socket.close()
    server.signal(signal.SIGTERM)
    status, _ = ends(server)
    stage.forget(server)   # it is meant to
    yield Finding("exit status of a server that is to abort", -signal.SIGABRT, status, status == -signal.SIGABRT)


def play(stage, size):
    tries = [(how, stage, kind) for kind in KINDS for how in (abandoned, told_twice)] * size.rounds + [(aborted, stage)]
    stage.say(f"{len(tries)} servers with a handler that does not end, {AT_ONCE} at a time")
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as side_by_side:   # each mostly waits
        for found in side_by_side.map(lambda one: list(one[0](*one[1:])), tries):
            yield from found
