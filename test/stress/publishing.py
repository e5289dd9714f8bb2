"""Publishing from a busy thread.

Listeners on both threads of a server hear what one client has it publish: as fast as a handler can, which keeps its own thread from
anything else while the other has more to hand out than it can; then again from a coroutine, which waits for threads that are
behind. What waits between threads is bounded, so the memory of the server stays in its budget, whoever publishes how much. Every
frame for every listener is either offered to it or counted as lost, and what was offered is either heard or counted as
dropped, at the end too: the server is told to stop while much still waits, and drains.
"""
import concurrent.futures
import dataclasses
import re
import select
import socket
import time

import programs
import wire
from measuring import KIB, MIB, Usage, mib
from stage import Finding

AWAIT_LISTENERS, FLOOD, STEADY_FLOOD = 0x30, 0x32, 0x33
ID = wire.serial(1)
ACK = len(wire.submit_ack(ID))
HEADER = len(wire.submit(ID))
MOST_TIME = 300   # seconds for all of it


@dataclasses.dataclass
class Size:
    listeners: int   # on each of two threads
    frames: int
    length: int      # of what one carries
    budget: int


SMALL = Size(listeners=20, frames=4_000, length=15 * KIB, budget=32 * MIB)
FULL = Size(listeners=200, frames=20_000, length=15 * KIB, budget=100 * MIB)


def listen(port, count, length):
    """How many frames all of them heard until the end, and how many of them something that was no whole frame."""
    ready, heard = select.epoll(), {}
    peers = {}
    for _ in range(count):
        peer = socket.create_connection(("127.0.0.1", port), timeout=programs.PATIENCE)
        peer.sendall(wire.submit(ID))
        peers[peer.fileno()] = peer
        heard[peer.fileno()] = 0
        ready.register(peer.fileno(), select.EPOLLIN)
    block = bytearray(256 * KIB)
    end = time.monotonic() + MOST_TIME
    while peers and time.monotonic() < end:
        for number, _ in ready.poll(1):
            if taken := received(peers[number], block):
                heard[number] += taken
            else:
                ready.unregister(number)
                peers.pop(number).close()
    frames = [divmod(size - ACK, HEADER + length) for size in heard.values()]
    return sum(whole for whole, _ in frames), sum(rest != 0 for _, rest in frames)


def received(peer, block):
    try:
        return peer.recv_into(block)
    except ConnectionResetError:
        return 0


def play(stage, size):
    for name, command in (("without waiting", FLOOD), ("waiting", STEADY_FLOOD)):
        with concurrent.futures.ThreadPoolExecutor(1) as audience:   # not bad peers: they have their part of the processors
            for finding in published(stage, size, command, audience):
                yield dataclasses.replace(finding, what=f"{name}: {finding.what}")


def published(stage, size, command, audience):
    count = 2 * size.listeners
    server = stage.special_server("publishing_server", "--memory-budget", size.budget, "--max-connections", count + 1)
    listening = audience.submit(listen, server.port, count, size.length)
    speaker = stage.connect(server)
    speaker.send(wire.packet(AWAIT_LISTENERS, ID, count.to_bytes(4, "big")))
    assert speaker.receive(ACK) == wire.submit_ack(ID), "the listeners are not there"
    stage.say(f"{size.frames} frames of {size.length // KIB} KiB to {count} listeners")
    speaker.send(wire.packet(command, wire.serial(2), size.frames.to_bytes(4, "big") + size.length.to_bytes(4, "big")))
    speaker.socket.settimeout(MOST_TIME)
    assert speaker.receive(ACK) == wire.submit_ack(wire.serial(2)), "it was not published"
    peak = Usage(server.process.pid).peak
    stopped = stage.ends_well(server)
    heard, torn = listening.result()
    yield Finding("most memory of the server", f"under {mib(size.budget)}", mib(peak), peak < size.budget,
                  of_speed=bool(programs.SANITIZER))
    counts = told(server.err)
    offered, lost = counts["published"], counts["lost"]
    yield Finding("frames offered and lost, for all listeners", counts["frames"] * count, f"{offered} + {lost}",
                  offered + lost == counts["frames"] * count)
    yield Finding("frames heard and dropped", offered, f"{heard} + {counts['dropped']}", heard + counts["dropped"] == offered)
    yield Finding("listeners that heard half a frame", 0, torn, torn == 0)
    if command == STEADY_FLOOD:
        yield Finding("frames refused", 0, counts["refused"], counts["refused"] == 0)
    yield Finding("connections cut at the end", 0, counts["cut"], counts["cut"] == 0)
    yield stopped


def told(text):
    def number(pattern):
        found = re.search(pattern, text)
        return int(found[1]) if found else 0
    return {"frames": number(r"published (\d+) frames"), "refused": number(r"frames, (\d+) refused"),
            "published": number(r"published: (\d+),"), "lost": number(r"published: \d+, (\d+) lost"),
            "dropped": number(r"(\d+) newest dropped") + number(r"(\d+) oldest dropped"),
            "cut": number(r"drained, (\d+) cut")}
