"""A flood of the smallest frames.

Peers send the smallest packets that are legal (a ping, 13 bytes with its header) as fast as they can, one for each thread of
the server, and read their answers. After a turn each lets others go first, so the good clients on the same threads are
served as before. To each flooding peer comes one answer for each ping, in order.
"""
import dataclasses
import select
import socket
import time

import programs
import wire
from stage import Finding, Good, all_acked, no_slower, p99

PINGS = b"".join(wire.packet(wire.PING, wire.serial(number)) for number in range(1, 5001))
PONGS = b"".join(wire.packet(wire.PONG, wire.serial(number)) for number in range(1, 5001))


@dataclasses.dataclass
class Size:
    peers: int
    seconds: float
    good: int = 50
    rate: int = 5000


SMALL = Size(peers=2, seconds=2, good=10, rate=200)
FULL = Size(peers=2, seconds=15)


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


def flood(port, duration):
    """Frames sent, frames that came back, and whether those were the right ones in order."""
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setblocking(False)
    sent, heard = Stream(PINGS), Stream(PONGS)
    end = time.monotonic() + duration
    while time.monotonic() < end:
        readable, writable, _ = select.select([peer], [peer], [], 0.1)
        if writable:
            sent.count += peer.send(sent.rest())
        if readable:
            heard.see(peer.recv(1 << 16))
    finish(peer, sent, heard)
    return sent.count // 13, heard.count // 13, heard.right


def finish(peer, sent, heard):
    """Ends with a whole frame, and reads what is still to come."""
    left = -sent.count % 13
    peer.settimeout(programs.PATIENCE)
    while heard.count < sent.count - 64 * 1024 and (data := peer.recv(1 << 16)):
        heard.see(data)
    tail = sent.rest()[:left]
    peer.sendall(tail)
    sent.count += left
    peer.shutdown(socket.SHUT_WR)
    while data := peer.recv(1 << 16):
        heard.see(data)
    peer.close()


def play(stage, size):
    server = stage.server()
    good = Good(stage, server, size.good, size.rate)
    stage.say("good clients alone")
    before = good.watch(size.seconds / 2, times=3)
    stage.say(f"{size.peers} peers flood, {size.good} good clients")
    floods = [stage.bad_peers(flood, server.port, size.seconds + 1) for _ in range(size.peers)]
    swarm = good.start(size.seconds)
    results = [one.result() for one in floods]
    swarm.status(size.seconds + programs.PATIENCE)
    sent, answered = (sum(column) for column in list(zip(*results))[:2])
    yield Finding("pings sent", "-", f"{sent} ({sent / (size.seconds + 1) / 1000:.0f} thousand a second)", sent > 0)
    yield Finding("pings answered", sent, answered, answered == sent)
    yield Finding("answers in order", "all", "all" if all(right for *_, right in results) else "not all",
                  all(right for *_, right in results))
    yield no_slower(before, p99(swarm), 2)
    yield all_acked(swarm)
    yield stage.ends_well(server)
