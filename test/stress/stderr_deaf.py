"""A standard error that nobody reads.

First it is a pipe whose reader has stopped: the server serves on, loses the lines that do not fit, and ends in time when it is told
to. Then the reader goes: a peer that makes a line of the log must not end the process with all its connections.
"""
import contextlib
import dataclasses
import os
import signal
import struct
import time

import programs
import wire
from stage import Finding

ID = b"00000001"
LOG_END = 1.0   # seconds


@dataclasses.dataclass
class Size:
    submits: int    # each is a line
    sessions: int = 10


SMALL = Size(submits=5000)
FULL = Size(submits=100_000)


@contextlib.contextmanager
def pipe():
    reader, writer = os.pipe()
    with open(reader, "rb", buffering=0) as read_end, open(writer, "wb", buffering=0) as write_end:
        yield read_end, write_end


def submits(peer, count):
    """As many as were acked."""
    acks = wire.acks(1, count)
    peer.send(wire.submits(1, count))
    return peer.receive(len(acks)) == acks


def play(stage, size):
    with pipe() as (reader, writer):
        yield from stalled(stage, size, writer)
    with pipe() as (reader, writer):
        yield from gone(stage, size, reader, writer)


def stalled(stage, size, writer):
    server = stage.server("--log-ration", "0", log="info", stderr=writer)
    stage.say(f"nobody reads standard error, {size.submits} submits are logged")
    peer = stage.connect(server)
    acked = sum(submits(peer, 1000) for _ in range(size.submits // 1000))
    yield Finding("submits acked, while nobody reads the log", size.submits, 1000 * acked, 1000 * acked == size.submits)
    peer.close()   # or the server would wait for it
    status, took = end_of(server)
    yield Finding("exit status", 0, status, status == 0)
    yield Finding("time to end", f"under {LOG_END + 1:g} s", f"{took:.2f} s", took < LOG_END + 1, of_speed=True)


def gone(stage, size, reader, writer):
    server = stage.server(log="info", stderr=writer)
    stage.say(f"the reader of standard error goes, {size.sessions} sessions stay")
    peers = [stage.connect(server) for _ in range(size.sessions)]
    before = sum(submits(peer, 1) for peer in peers)
    reader.close()
    writer.close()
    bad = stage.connect(server)
    bad.send(struct.pack(">I", 1))
    bad.rest()
    after = 0
    with contextlib.suppress(OSError):
        after = sum(submits(peer, 1) for peer in peers)
    yield Finding("sessions that are served after a bad frame, which is logged", before, after, after == before == size.sessions)
    for peer in peers:
        peer.close()
    status, _ = end_of(server)
    yield Finding("exit status", 0, status, status == 0)


def end_of(server):
    """Its status, none if it does not end, and the seconds that it took."""
    begun = time.monotonic()
    if server.process.poll() is None:
        server.signal(signal.SIGTERM)
    with contextlib.suppress(AssertionError):
        return server.status(programs.PATIENCE), time.monotonic() - begun
    return None, time.monotonic() - begun
