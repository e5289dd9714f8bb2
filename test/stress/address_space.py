"""Little address space.

A server may have 500 MiB of address space (`ulimit -v`), of which threads, their stacks and libraries take their part; and in
another round so much data (`ulimit -d`). Many peers send all but the last byte of a long frame. By default its budget is made for
what it may have, and no allocation fails. If it is told a budget that the system will not give, allocations fail all the
time: each costs one connection, whose line in the log says so and blames nobody else, and the process goes on.
"""
import dataclasses
import resource
import socket
import time

import programs
import wire
from measuring import MIB, Usage, mib
from stage import Finding

ID = b"00000001"
FRAME = MIB                      # the longest
NO_MEMORY = "ended: Cannot allocate memory"
# What is not let in is no matter here, and so is why.
OPTIONS = ["--frame-timeout", "10m", "--first-packet-timeout", "10m"]


@dataclasses.dataclass
class Size:
    peers: int
    seconds: float
    limit: int = 500 * MIB
    beyond: int = 4096 * MIB     # a budget that is not there


SMALL = Size(peers=700, seconds=1)
FULL = Size(peers=2000, seconds=20)


def uploads(port, size, least):
    """Again and again, until the time is over and so many were ended. How often one was ended, or was not let in."""
    almost = memoryview(FRAME.to_bytes(4, "big") + bytes(FRAME - 5))
    peers, ended, end = {}, 0, time.monotonic() + size.seconds
    while time.monotonic() < end or (ended < least and time.monotonic() < end + programs.PATIENCE):
        for number in range(size.peers):
            if number not in peers:
                peers[number] = [open_peer(port), almost]
            if not goes_on(peers[number]):
                peers.pop(number)[0].close()
                ended += 1
        time.sleep(0.01)
    for peer, _ in peers.values():
        peer.close()
    return ended


def open_peer(port):
    peer = socket.socket()
    peer.setblocking(False)
    peer.connect_ex(("127.0.0.1", port))
    return peer


def goes_on(one):
    """Sends what the server takes; whether it is still there."""
    peer, rest = one
    try:
        while rest:
            rest = rest[peer.send(rest):]
        return peer.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        one[1] = rest


def play(stage, size):
    for kind, name in ((resource.RLIMIT_AS, "address space"), (resource.RLIMIT_DATA, "data")):
        yield from with_budget(stage, size, kind, f"{mib(size.limit)} of {name}, the default budget", failing=False)
        yield from with_budget(stage, size, kind, f"{mib(size.limit)} of {name}, a budget of {mib(size.beyond)}", failing=True,
                               options=["--memory-budget", size.beyond])


def with_budget(stage, size, kind, what, failing, options=()):
    server = stage.server(*OPTIONS, *options, log="info", preexec_fn=lambda: resource.setrlimit(kind, (size.limit, size.limit)))
    stage.say(f"{what}: {size.peers} peers send all but the last byte of {mib(FRAME)}")
    ended = uploads(server.port, size, least=100 if failing else 0)
    alive = server.process.poll() is None
    yield Finding(f"{what}: it lives", True, alive, alive)
    if not alive:
        return
    most = Usage(server.process.pid).peak
    yield Finding(f"{what}: peers that were ended or not let in", "-", f"{ended}, at {mib(most)} at most", True)
    yield served_after(stage, server, what)
    yield stage.ends_well(server)
    failures = len(server.lines(NO_MEMORY))
    yield Finding(f"{what}: lines about connections that had no memory", "some" if failing else 0, failures, (failures > 0) == failing)
    blamed = server.lines("handler threw")
    yield Finding(f"{what}: lines that blame a handler", 0, len(blamed), not blamed)


def served_after(stage, server, what):
    """A connection that the server had no memory for is a reset."""
    end = time.monotonic() + programs.PATIENCE
    while time.monotonic() < end:
        try:
            peer = stage.connect(server)
            peer.send(wire.submit(ID))
            if peer.receive(len(wire.submit_ack(ID))) == wire.submit_ack(ID):
                return Finding(f"{what}: a new client is served afterwards", True, True, True)
        except OSError:
            time.sleep(0.05)
    return Finding(f"{what}: a new client is served afterwards", True, False, False)
