"""Waves of resets.

20,000 connections (or what a process of the machine may have descriptors for, less a hundred), each with a session that has
answered, are reset one right after the other; then again, and again. Each wave ends with the descriptors from before it, and the later ones need hardly more
memory than the first: nothing stays behind.
"""
import dataclasses
import resource
import socket
import struct
import time

import programs
import wire
from measuring import Usage, forget_peak, mib
from stage import Finding

WAVES = 3
# Those of the server itself and of this program.
OTHER_DESCRIPTORS = 100
ABRUPT = struct.pack("ii", 1, 0)


@dataclasses.dataclass
class Size:
    connections: int


SMALL = Size(connections=300)
FULL = Size(connections=20000)


def wave(server, connections):
    """Opens them, has each answered, and resets all. How they stood at the best, and how long the resets took to send."""
    peers = []
    for _ in range(connections):
        peer = socket.create_connection(("127.0.0.1", server.port), timeout=programs.PATIENCE)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
        peer.sendall(wire.submit(b"00000001"))
        peers.append(peer)
    answered = sum(peer.recv(100) == wire.submit_ack(b"00000001") for peer in peers)
    at_best = Usage(server.process.pid)
    for peer in peers:
        peer.close()
    return answered, at_best


def play(stage, size):
    connections = min(size.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OTHER_DESCRIPTORS)
    # Each reset is worth a line; they are counted by descriptors here.
    server = stage.server("--max-connections", connections, "--max-per-address", connections, log="error")
    pid = server.process.pid
    before = Usage(pid)
    peaks = []
    for number in range(1, WAVES + 1):
        forget_peak(pid)
        stage.say(f"wave {number}: {connections} connections")
        answered, at_best = wave(server, connections)
        reset_at = time.monotonic()
        yield Finding(f"wave {number}: sessions that answered", connections, answered, answered == connections)
        yield Finding(f"wave {number}: descriptors with all of them", connections + before.descriptors, at_best.descriptors,
                      at_best.descriptors == connections + before.descriptors)
        programs.until(lambda: Usage(pid).descriptors <= before.descriptors, "the descriptors from before")
        after = Usage(pid)
        yield Finding(f"wave {number}: descriptors after the resets", before.descriptors,
                      f"{after.descriptors}, {time.monotonic() - reset_at:.2f} s later", after.descriptors == before.descriptors)
        peaks.append(after.peak)
    yield Finding("most memory in the first wave", "-", f"{mib(peaks[0])}, {mib(before.resident)} before it", True)
    for number, peak in enumerate(peaks[1:], 2):
        yield Finding(f"most memory in wave {number}", "less than 5 % more", f"{mib(peak)} ({100 * peak / peaks[0] - 100:+.1f} %)",
                      peak < 1.05 * peaks[0], of_speed=bool(programs.SANITIZER))
    yield stage.ends_well(server)
