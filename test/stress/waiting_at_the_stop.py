"""A stop while peers wait to be accepted.

Peers connect, and each sends a request, while the server does not get to accept them: the system holds it. Then it is told to
stop. The system has told these peers that they are connected, so they are accepted and answered before the server ends; who
comes after that is refused.
"""
import dataclasses
import signal
import socket
import time

import programs
import wire
from stage import Finding, seconds

ID = wire.serial(1)


@dataclasses.dataclass
class Size:
    peers: int
    deadline: float = 10 * programs.SLOW


SMALL = Size(peers=100)
FULL = Size(peers=4000)


def ask(port):
    peer = socket.create_connection(("127.0.0.1", port), timeout=programs.PATIENCE)
    peer.sendall(wire.submit(ID))
    return peer


def answered(peer):
    try:
        return wire.Connection(peer, programs.PATIENCE).rest() == wire.submit_ack(ID)
    finally:
        peer.close()


def play(stage, size):
    server = stage.server("--drain-timeout", seconds(size.deadline), log="info")
    stage.say(f"{size.peers} peers wait with a request, then SIGTERM")
    server.signal(signal.SIGSTOP)
    peers = [ask(server.port) for _ in range(size.peers)]
    server.signal(signal.SIGTERM)
    begun = time.monotonic()
    server.signal(signal.SIGCONT)
    good = sum(answered(peer) for peer in peers)
    status = server.status(size.deadline + programs.PATIENCE)
    took = time.monotonic() - begun
    drained, cut, frames_in, frames_out = server.last_words()
    yield Finding("peers that had waited, and were answered", size.peers, good, good == size.peers)
    yield Finding("connections drained, and cut", f"{size.peers}, 0", f"{drained}, {cut}", (drained, cut) == (size.peers, 0))
    yield Finding("submits handled, and answered", "the same", f"{frames_in}, {frames_out}", frames_in == frames_out == size.peers)
    yield Finding("exit status of the server", 0, status, status == 0)
    yield Finding("time of the drain", f"under {size.deadline:g} s", f"{took:.2f} s", took < size.deadline, of_speed=True)
