"""Floods of the smallest frames.

Peers send the smallest frames as fast as they can and read the answers; more of them than the server has threads. All clients run
on one processor and the server on the others: what is measured is whom the server serves first, not whom the system lets run.
First the smallest
packets of the default protocol (a ping, 13 bytes), then bodies of one byte to a server whose frames may be that short. After
a turn each peer lets others go first, so the good clients of the same threads are served as before. A
flooding peer too gets one answer for each frame, in order.
"""
import contextlib
import dataclasses
import os
import select
import socket
import time

import programs
import wire
from measuring import KIB
from stage import Finding, Good, all_acked, no_slower, p99

# One byte in a frame of two.
ONE_BYTE_FORMAT = "varint"
ONE_BYTE = b"".join(bytes([1, number % 251]) for number in range(251 * 130))
PINGS = b"".join(wire.packet(wire.PING, wire.serial(number)) for number in range(1, 5001))
PONGS = b"".join(wire.packet(wire.PONG, wire.serial(number)) for number in range(1, 5001))
PROCESSORS = sorted(os.sched_getaffinity(0))
THREADS = max(1, len(PROCESSORS) - 1)
UNDER_WAY = 64 * KIB
# Thousands of frames, and yet so little that the system, which does not interrupt itself while it copies for a flooding
# peer, can soon run a good one.
PIECE = 8 * KIB


@dataclasses.dataclass
class Size:
    peers: int
    seconds: float
    good: int = 50
    rate: int = 5000


SMALL = Size(peers=THREADS + 1, seconds=1, good=10, rate=200)
FULL = Size(peers=2 * THREADS, seconds=15)


class Stream:
    """Bytes that repeat for ever: how many of them were seen, and whether all were right."""

    def __init__(self, period):
        self._period, self._twice = len(period), period + period
        self.count, self.right = 0, True

    def rest(self):
        return memoryview(self._twice)[self.count % self._period:][:self._period]

    def see(self, data):
        at = self.count % self._period
        for start in range(0, len(data), self._period):
            piece = data[start:start + self._period]
            self.right = self.right and self._twice.startswith(piece, at)
            at = (at + len(piece)) % self._period
        self.count += len(data)


def flood(port, duration, sends, hears, length):
    """Frames sent, frames that came back, and whether those were the right ones in order."""
    if len(PROCESSORS) > 1:
        os.sched_setaffinity(0, PROCESSORS[-1:])
    peer = socket.create_connection(("127.0.0.1", port))
    # What is under way at the end has to be answered too.
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNDER_WAY)
    peer.setblocking(False)
    sent, heard = Stream(sends), Stream(hears)
    end = time.monotonic() + duration
    while time.monotonic() < end:
        readable, writable, _ = select.select([peer], [peer], [], 0.1)
        if writable:
            sent.count += peer.send(sent.rest()[:PIECE])
        if readable:
            heard.see(peer.recv(PIECE))
    finish(peer, sent, heard, length)
    return sent.count // length, heard.count // length, heard.right


def finish(peer, sent, heard, length):
    """Ends with a whole frame, and reads what is still to come."""
    peer.settimeout(programs.PATIENCE)
    while sent.count % length and (data := peer.recv(1 << 16)):
        heard.see(data)
        sent.count += peer.send(sent.rest()[:-sent.count % length])
    peer.shutdown(socket.SHUT_WR)
    while data := peer.recv(1 << 16):
        heard.see(data)
    peer.close()


def play(stage, size):
    pings = stage.server(threads=THREADS)
    with apart_from(pings):
        yield from flooded(stage, size, "pings", pings, [], (PINGS, PONGS, 13))
    yield stage.ends_well(pings)
    bytes_alone = stage.special_server("one_byte_server", "--format", ONE_BYTE_FORMAT, threads=THREADS)
    with apart_from(bytes_alone):
        yield from flooded(stage, size, "one-byte frames", bytes_alone, ["--format", ONE_BYTE_FORMAT], (ONE_BYTE, ONE_BYTE, 2))
    yield stage.ends_well(bytes_alone)


@contextlib.contextmanager
def apart_from(server):
    """This process, and the clients that it starts, have the last processor, and the server has the others."""
    if len(PROCESSORS) > 1:
        for thread in os.listdir(f"/proc/{server.process.pid}/task"):
            os.sched_setaffinity(int(thread), PROCESSORS[:-1])
        os.sched_setaffinity(0, PROCESSORS[-1:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, PROCESSORS)


def flooded(stage, size, what, server, options, stream):
    good = Good(stage, server, size.good, size.rate, *options)
    stage.say("good clients alone")
    before = good.watch(size.seconds / 2, times=3)
    stage.say(f"{size.peers} peers send {what}, {size.good} good clients")
    floods = [stage.bad_peers(flood, server.port, size.seconds + 1, *stream) for _ in range(size.peers)]
    swarm = good.start(size.seconds)
    results = [one.result() for one in floods]
    swarm.status(size.seconds + programs.PATIENCE)
    sent, answered = (sum(one[column] for one in results) for column in (0, 1))
    in_order = sum(one[2] for one in results)
    yield Finding(f"{what} sent", "-", f"{sent} ({sent / (size.seconds + 1) / 1000:.0f} thousand a second)", sent > 0)
    yield Finding(f"{what} answered", sent, answered, answered == sent)
    yield Finding("peers that had the right answers in order", size.peers, in_order, in_order == size.peers)
    yield no_slower(before, p99(swarm), 2)
    yield all_acked(swarm)
