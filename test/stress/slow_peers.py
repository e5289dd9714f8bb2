"""Slow peers.

Peers that send a byte every few seconds: as many from the start (their first packet is never whole) as after a first packet that
was answered. Each has to be closed by its own deadline, `--first-packet-timeout` or `--frame-timeout`,
never before, and within a second after it; the clients that behave notice nothing.
"""
import asyncio
import dataclasses
import time

import programs
import wire
from stage import Finding, Good, all_acked, counted_at_end, no_slower, p99, seconds

ID = b"00000001"
GREETED, SILENT = "after its first packet", "before its first packet"
# A frame that will not be whole in time.
LONG = wire.submit(ID, bytes(200))
# The clocks of both sides differ by what a packet needs to arrive.
EARLY = 0.02


@dataclasses.dataclass
class Size:
    peers: int            # of each kind
    first_packet: float   # time-outs in seconds
    frame: float
    pace: float           # a byte every so many seconds
    good: int = 50
    rate: int = 5000
    spread: float = 2     # the peers come within this time


SMALL = Size(peers=40, first_packet=3 * programs.SLOW, frame=4 * programs.SLOW, pace=0.2 * programs.SLOW, good=10, rate=200,
             spread=0.2)
FULL = Size(peers=1000, first_packet=10, frame=30, pace=3)


async def dribble(port, greeted, pace, delay):
    """How long it was let live after its clock had started; None if it was never closed."""
    await asyncio.sleep(delay)
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        if greeted:
            writer.write(wire.submit(ID))
            assert await reader.readexactly(len(wire.submit_ack(ID))) == wire.submit_ack(ID)
            begun = time.monotonic()
        for byte in LONG:
            writer.write(bytes([byte]))
            try:
                if await asyncio.wait_for(reader.read(1), pace) == b"":
                    return time.monotonic() - begun
            except TimeoutError:
                pass
            except ConnectionError:
                return time.monotonic() - begun
        return None
    finally:
        writer.close()


def crowd(port, size):
    """What dribble() gave for each, by kind."""
    return asyncio.run(everybody(port, size))


async def everybody(port, size):
    step = size.spread / (2 * size.peers)
    peers = [(kind, dribble(port, kind == GREETED, size.pace, (2 * number + (kind == GREETED)) * step))
             for number in range(size.peers) for kind in (SILENT, GREETED)]
    lives = await asyncio.gather(*(life for _, life in peers))
    return {wanted: [life for (kind, _), life in zip(peers, lives) if kind == wanted] for wanted in (SILENT, GREETED)}


def play(stage, size):
    server = stage.server("--first-packet-timeout", seconds(size.first_packet), "--frame-timeout", seconds(size.frame))
    good = Good(stage, server, size.good, size.rate)
    span = size.spread + max(size.first_packet, size.frame) + 1
    stage.say("good clients alone")
    before = good.watch(span / 4, times=3)
    stage.say(f"{size.peers} slow peers before their first packet, {size.peers} after it, {size.good} good clients")
    swarm = good.start(span)
    lives = stage.bad_peers(crowd, server.port, size).result()
    swarm.status(span + programs.PATIENCE)
    for kind, deadline in (SILENT, size.first_packet), (GREETED, size.frame):
        closed = [life for life in lives[kind] if life is not None]
        yield Finding(f"closed, {kind}", size.peers, len(closed), len(closed) == size.peers)
        yield Finding("the first of them", f"not before {deadline:g} s", f"{min(closed):.2f} s", min(closed) >= deadline - EARLY)
        yield Finding("the last of them", f"within {deadline + 1:g} s", f"{max(closed):.2f} s", max(closed) <= deadline + 1, True)
    yield no_slower(before, p99(swarm), 1.5)
    yield all_acked(swarm)
    yield stage.ends_well(server)
    told = sum(count for reason, count in counted_at_end(server).items() if "in time" in reason)
    yield Finding("connections that the log says so of", 2 * size.peers, told, told == 2 * size.peers)
