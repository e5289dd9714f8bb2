"""No descriptors left.

A server that may have 64 descriptors (`ulimit -n 64`) meets many more clients, who come again a second after they were turned
away. It neither spins nor stops: sessions from before are served all the time, and when the crowd has gone a
new client is served at once.
"""
import asyncio
import dataclasses
import resource
import time

import programs
import wire
from measuring import Usage
from stage import Finding

LIMIT = 64
ID = b"00000001"


@dataclasses.dataclass
class Size:
    clients: int
    seconds: float
    before: int = 10   # sessions that are there already


SMALL = Size(clients=100, seconds=2)
FULL = Size(clients=500, seconds=30)


def crowd(port, size):
    """How many were served, and how often one was turned away."""
    return asyncio.run(everybody(port, size))


async def everybody(port, size):
    counts = {"served": 0, "refused": 0}
    end = time.monotonic() + size.seconds
    await asyncio.gather(*(insist(port, end, counts) for _ in range(size.clients)))
    return counts["served"], counts["refused"]


async def insist(port, end, counts):
    """Comes again and again until it is served, then stays."""
    while time.monotonic() < end:
        try:
            async with asyncio.timeout_at(end):   # of the same clock
                await visit(port, counts)
        except ConnectionResetError:              # before it was through with connecting
            counts["refused"] += 1
        except (OSError, TimeoutError):
            pass
        await asyncio.sleep(1)


async def visit(port, counts):
    """Lasts, if it is served, until the server or the scenario ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(wire.submit(ID))
        if await answered(reader):
            counts["served"] += 1
            await reader.read(1)
        else:
            counts["refused"] += 1
    finally:
        writer.close()


async def answered(reader):
    try:
        return await reader.read(100) == wire.submit_ack(ID)
    except ConnectionResetError:
        return False


class Sessions:
    """Some that are there already, each with a submit now and then."""

    def __init__(self, stage, server, count):
        self._peers = [stage.connect(server) for _ in range(count)]
        self.asked, self.answered, self.slowest = 0, 0, 0
        self.ask()

    def ask(self):
        for peer in self._peers:
            begun = time.monotonic()
            peer.send(wire.submit(ID))
            self.asked += 1
            self.answered += peer.receive(len(wire.submit_ack(ID))) == wire.submit_ack(ID)
            self.slowest = max(self.slowest, time.monotonic() - begun)


def leave_few_descriptors(pid):
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))


def served_after(stage, server):
    """Seconds until a new client has its answer."""
    begun = time.monotonic()
    peer = stage.connect(server)
    peer.send(wire.submit(ID))
    assert peer.receive(len(wire.submit_ack(ID))) == wire.submit_ack(ID), "a new client is not served"
    return time.monotonic() - begun


def play(stage, size):
    # It takes no more connections than it has descriptors for, so they are taken from it when it has started.
    server = stage.server("--idle-timeout", "10m", "--max-connections", size.before + size.clients)
    pid = server.process.pid
    leave_few_descriptors(pid)
    sessions = Sessions(stage, server, size.before)
    stage.say(f"{size.clients} clients, {size.seconds:g} s")
    begun = Usage(pid)
    coming = stage.bad_peers(crowd, server.port, size)
    most = 0
    while not coming.done():
        sessions.ask()
        most = max(most, Usage(pid).descriptors)
        time.sleep(0.1)
    share = Usage(pid).processor_since(begun)
    served, refused = coming.result()
    recovery = served_after(stage, server)
    yield Finding("most descriptors", f"at most {LIMIT}", most, most <= LIMIT)
    yield Finding("processor time", "under 10 % of one processor", f"{100 * share:.1f} %", share < 0.1, of_speed=True)
    yield Finding("submits of the sessions from before that were acked", sessions.asked,
                  f"{sessions.answered}, the slowest after {1000 * sessions.slowest:.1f} ms", sessions.answered == sessions.asked)
    yield Finding("a new client is served when the crowd is gone", "within 1 s", f"after {1000 * recovery:.1f} ms", recovery < 1, of_speed=True)
    yield Finding("times that a client was turned away", "some", refused, refused > 0)
    yield Finding("clients served beside those from before", "as many as there are descriptors for", served,
                  0 < served < LIMIT - size.before)
    yield stage.ends_well(server)
