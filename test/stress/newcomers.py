"""Newcomers beside busy sessions.

Sessions that behave keep the server's threads busy with all that their windows allow, and clients connect at a steady rate
meanwhile, each with one submit. Accepting has its share of a busy thread: each newcomer is let in and has its ack in about
the time that an old session waits for one. Then peers come that are not let in, one after
the other: they cost less than those who are served.
"""
import contextlib
import dataclasses
import selectors
import socket
import time

import programs
import wire
from measuring import Usage
from stage import Finding, all_acked, microseconds, seconds

ID = wire.serial(1)
ACK = wire.submit_ack(ID)


@dataclasses.dataclass
class Size:
    sessions: int
    window: int
    rate: int          # newcomers a second
    seconds: float
    turned_away: int
    patience: float = 10 * programs.SLOW


SMALL = Size(sessions=50, window=16, rate=50, seconds=2, turned_away=500)
FULL = Size(sessions=400, window=64, rate=100, seconds=30, turned_away=20000)


class Newcomers:
    """Each connects, submits as soon as it can, takes its ack and leaves. What they waited, in seconds; None: in vain."""

    def __init__(self, port, size):
        self._port, self._size = port, size
        self._chosen = selectors.DefaultSelector()
        self.waited = []

    def come(self):
        begun, made = time.monotonic(), 0
        total = int(self._size.rate * self._size.seconds)
        while made < total or self._chosen.get_map():
            now = time.monotonic()
            while made < total and begun + made / self._size.rate <= now:
                self._begin(now)
                made += 1
            due = begun + made / self._size.rate - time.monotonic() if made < total else 0.1
            for key, _ in self._chosen.select(max(0, due)):
                self._go_on(key)
            self._give_up_on_the_late()
        self._chosen.close()
        return self

    def _begin(self, now):
        peer = socket.socket()
        peer.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            peer.connect(("127.0.0.1", self._port))
        self._chosen.register(peer, selectors.EVENT_WRITE, now)

    def _go_on(self, key):
        try:
            if key.events == selectors.EVENT_WRITE:
                key.fileobj.send(wire.submit(ID))
                self._chosen.modify(key.fileobj, selectors.EVENT_READ, key.data)
            else:
                good = key.fileobj.recv(100) == ACK
                self._end(key.fileobj, time.monotonic() - key.data if good else None)
        except OSError:
            self._end(key.fileobj, None)

    def _give_up_on_the_late(self):
        oldest = time.monotonic() - self._size.patience
        for key in [key for key in self._chosen.get_map().values() if key.data < oldest]:
            self._end(key.fileobj, None)

    def _end(self, peer, waited):
        self._chosen.unregister(peer)
        peer.close()
        self.waited.append(waited)

    def percentile(self, share):
        """In microseconds; who was never served waited for ever."""
        inf = float("inf")
        ordered = sorted(inf if one is None else one for one in self.waited)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e6

    def in_vain(self):
        return sum(one is None for one in self.waited)


def knock(port, times):
    """Connections that nobody lets in, one after the other."""
    for _ in range(times):
        peer = socket.socket()
        with contextlib.suppress(OSError):
            peer.connect(("127.0.0.1", port))
            peer.recv(1)
        peer.close()


def submit_once(port, times):
    """Connections that are let in, one after the other."""
    for _ in range(times):
        peer = socket.create_connection(("127.0.0.1", port))
        peer.sendall(wire.submit(ID))
        peer.recv(100)
        peer.close()


def cost(server, visit, times):
    """Microseconds of the server's processor for each."""
    before = Usage(server.process.pid)
    visit(server.port, times)
    return Usage(server.process.pid).processor_seconds * 1e6 / times - before.processor_seconds * 1e6 / times


def costs(stage, size):
    served = cost(stage.server(), submit_once, size.turned_away)
    denied = cost(stage.server("--deny", "127.0.0.0/8", log="error"), knock, size.turned_away)
    yield Finding("processor time for a peer that is not let in", f"less than {microseconds(served)}, which one costs that is served",
                  microseconds(denied), denied < served, of_speed=True)


def play(stage, size):
    server = stage.server(threads=1)   # so that it is busy, whatever the machine
    stage.say(f"{size.sessions} sessions with {size.window} submits under way each; {size.rate} newcomers a second")
    swarm = stage.swarm(server, "--threads", 2, "--clients", size.sessions, "--window", size.window, "--interval", "0", "--warmup", "500ms",
                        "--duration", seconds(size.seconds + 1), "--timeout", seconds(3 * programs.PATIENCE))
    programs.until(lambda: server.descriptors() > size.sessions, "all sessions")
    time.sleep(1)   # this much load, not a wait for something
    came = Newcomers(server.port, size).come()
    swarm.status(size.seconds + 6 * programs.PATIENCE)
    old = swarm.report["latency_us"]["p99"]
    most = max(2 * old, 50_000)
    p50, p99 = came.percentile(0.5), came.percentile(0.99)
    yield Finding("newcomers that were never served", f"none of {len(came.waited)}", came.in_vain(), came.in_vain() == 0)
    yield Finding("what a newcomer waits, from connecting to its ack, p99",
                  f"at most {microseconds(most)}; the old sessions' p99 is {microseconds(old)}",
                  f"{microseconds(p99)} (p50 {microseconds(p50)})", p99 <= most, of_speed=True)
    yield all_acked(swarm)
    yield stage.ends_well(server)
    yield from costs(stage, size)
