"""A flood that is there to be logged.

Peers connect, send one frame that is none, in four bytes, and come again: each is a line in the log, which is longer than what it took to
cause it. One that asks and waits for the answer, again and again, is a line each time too. Lines are rationed by reason, a line says
how many more there were, and the last one how many in all. Nothing is lost of what others have to say.
"""
import contextlib
import dataclasses
import re
import socket
import struct
import time

import programs
import wire
from measuring import KIB
from stage import Finding, counted_at_end

TOO_SHORT = struct.pack(">I", 1)   # less than its own length
A_SECOND = 10                      # lines that are written about one reason
SUBMITS_A_SECOND = 100             # and about submits
A_LINE = 250                       # its bytes at most
REASONS = 3                        # the breach, its likes when an end comes first, and a little for what else there is to say


@dataclasses.dataclass
class Size:
    connections: int
    submits: int


SMALL = Size(connections=1000, submits=1000)
FULL = Size(connections=30_000, submits=30_000)


def flood(port, count):
    """One after the other: to be many is no matter here."""
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", port), timeout=programs.PATIENCE) as peer:
            peer.sendall(TOO_SHORT)
            with contextlib.suppress(ConnectionResetError):
                peer.recv(1)


def submit(peer, count):
    """One after the other, as a client without pipelining does."""
    for number in range(1, count + 1):
        identity = wire.serial(number)
        peer.send(wire.submit(identity))
        peer.receive(len(wire.submit_ack(identity)))


def play(stage, size):
    yield from bad_frames(stage, size)
    yield from submits(stage, size)


def submits(stage, size):
    server = stage.server(log="info")
    peer = stage.connect(server)
    stage.say(f"{size.submits} submits, one after the other")
    begun = time.monotonic()
    submit(peer, size.submits)
    took = time.monotonic() - begun
    peer.close()
    yield stage.ends_well(server)
    written = len(server.lines("recv submit: "))
    left_out = sum(int(count.replace(",", "")) for count in re.findall(r"and ([\d,]+) more: recv submit$", server.err, re.M))
    most = (took + 2) * SUBMITS_A_SECOND
    yield Finding(f"lines about submits, in {took:.1f} s", f"at most {most:.0f}", written, written <= most)
    yield Finding("submits that are told, or counted as more", size.submits, written + left_out, written + left_out == size.submits)


def bad_frames(stage, size):
    server = stage.server(log="info")
    made = size.connections
    stage.say(f"{made} connections with a bad frame")
    begun = time.monotonic()
    flood(server.port, made)
    took = time.monotonic() - begun
    peer = stage.connect(server)
    peer.send(wire.submit(b"00000001"))
    server.wait_for_line("recv submit: id = 00000001")
    yield stage.ends_well(server)
    lines = server.err.splitlines()
    attack, logged = made * len(TOO_SHORT), len(server.err)
    most = (took + 2) * REASONS * (A_SECOND + 1)
    yield Finding("connections with a bad frame", "-", f"{made} in {took:.1f} s", True)
    yield Finding("lines of the log", f"at most {most:.0f}", len(lines), len(lines) <= most)
    yield Finding("bytes logged", f"at most {most * A_LINE / KIB:.0f} KiB", f"{logged / KIB:.1f} KiB, {logged / max(attack, 1):.2f} for each byte of the "
                  "attack", logged <= most * A_LINE)
    told = len(server.lines(r"connection \d+ from .* ended: "))
    left_out = sum(int(count.replace(",", "")) for count in re.findall(r"and ([\d,]+) more: connections ended: ", server.err))
    yield Finding("connections that are told, or counted as more", made + 1, told + left_out, told + left_out == made + 1)
    in_all = sum(counted_at_end(server).values())
    yield Finding("connections that the last lines count", made + 1, in_all, in_all == made + 1)
