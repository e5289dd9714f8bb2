"""Long lines to many who read nothing.

Guests with small receive buffers say that they are there and then read nothing; one speaker says a few long lines, each of which is
published to all of them. A line is in memory once, however many guests it waits for: so what the server takes is the lines
that wait and a few kilobytes a guest, where it was a copy of the first line for each. Then the guests read what waits: every
line, whole and in order.
"""
import dataclasses
import re
import socket

import programs
import wire
from measuring import KIB, MIB, Usage, mib
from stage import Finding

AWAIT_LISTENERS, TELL_OTHERS = 0x30, 0x31
SMALL_BUFFER = 4 * KIB
ID = wire.serial(1)
HEADER = len(wire.submit(ID))
# What a guest may take beside the lines: its session, a writer, a deadline, a handful of places.
A_GUEST = 16 * KIB
# What a thread keeps to lend, and what malloc keeps of what was freed.
OWN = 8 * MIB


@dataclasses.dataclass
class Size:
    guests: int
    lines: int
    length: int    # of a line


SMALL = Size(guests=30, lines=1, length=1_000_000)
FULL = Size(guests=300, lines=1, length=1_000_000)


def guest(port):
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    peer.connect(("127.0.0.1", port))
    peer.settimeout(programs.PATIENCE)
    peer.sendall(wire.submit(ID))
    return peer


def lines_heard(peer, size):
    """What one guest reads to its end: how many lines, whole and in order; -1 if anything else."""
    connected = wire.Connection(peer, programs.PATIENCE)
    if connected.receive(len(wire.submit_ack(ID))) != wire.submit_ack(ID):
        return -1
    for number in range(size.lines):
        expected = wire.submit(wire.serial(number + 1), line(number, size))
        if connected.receive(len(expected)) != expected:
            return number
    return size.lines


def line(number, size):
    return bytes([ord("a") + number % 26]) * size.length


def play(stage, size):
    server = stage.special_server("publishing_server")
    guests = [guest(server.port) for _ in range(size.guests)]
    speaker = stage.connect(server)
    speaker.send(wire.packet(AWAIT_LISTENERS, ID, size.guests.to_bytes(4, "big")))
    assert speaker.receive(14) == wire.submit_ack(ID), "the guests are not there"
    before = Usage(server.process.pid).resident
    stage.say(f"{size.guests} guests read nothing; one says {size.lines} lines of {mib(size.length)}")
    for number in range(size.lines):
        speaker.send(wire.packet(TELL_OTHERS, wire.serial(number + 1), line(number, size)))
        assert speaker.receive(14) == wire.submit_ack(wire.serial(number + 1)), "a line was not taken"
    programs.until(lambda: all_are_full(guests, size), "the lines")
    grown = Usage(server.process.pid).resident - before
    most = 3 * size.lines * size.length + size.guests * A_GUEST + OWN   # it came as a frame, is one, and waits in the speaker's block
    yield Finding("memory that the server took for it", f"under {mib(most)}", mib(grown), grown < most,
                  of_speed=bool(programs.SANITIZER))
    heard = [lines_heard(peer, size) for peer in guests]
    whole = sum(count == size.lines for count in heard)
    yield Finding("guests that then heard every line", size.guests, whole, whole == size.guests)
    for peer in guests:
        peer.close()
    yield stage.ends_well(server)
    lost = int(re.search(r"published: \d+, (\d+) lost", server.err)[1])
    yield Finding("lines lost", 0, lost, lost == 0)


def all_are_full(guests, size):
    """Every guest's kernel has as much as it takes."""
    del size
    return all(waits(peer) > 14 for peer in guests)


def waits(peer):
    return len(peer.recv(4 * KIB, socket.MSG_PEEK | socket.MSG_DONTWAIT))
