"""Memory under pressure.

Peers that make the server hold memory for them, in ten ways, on a `--memory-budget` that does not hold what they ask for. Those who hold
have to pay, and not the others: the clients that were there before are served as before, newcomers come in, the server stays within its
budget, and two seconds after the attack a frame of a megabyte is received and answered as if nothing had been. A newcomer connects, sends
a submit and reads its ack, one after the other, all the time.
"""
import concurrent.futures
import contextlib
import dataclasses
import errno
import multiprocessing
import select
import socket
import statistics
import time

import command_line
import programs
import wire
from measuring import KIB, MIB, Usage, forget_peak, mib
from stage import Finding, Good, all_acked, become_bad_peers, microseconds, p99

KEEP, TELL = 0x20, 0x21
ID = wire.serial(1)
FRAME = 1 * MIB   # the longest
LONG = wire.submit(ID, bytes(FRAME - wire.SUBMIT_OVERHEAD))
# An attack is over when they are told so, and then they close; a newcomer waits so long for its ack.
PATIENT = 10 * programs.SLOW
RECOVERY = 2


@dataclasses.dataclass
class Habit:
    """What a peer does: it sends, again if it repeats, and then a byte now and then; it reads so many bytes a second."""
    peers: int
    sends: bytes
    repeats: bool = False
    drips: float = 0                # seconds
    reads: float = float("inf")
    comes_back: bool = True         # when it was closed


@dataclasses.dataclass
class Size:
    budget: int
    connections: int | None   # None: as many as fit
    crowd: int                # peers of small frames, together more than fits
    long: int                 # and of long ones
    deaf: int
    seconds: float
    good: int = 20
    rate: int = 1000


# Twice as many connections as there are: whoever comes back is here before the server has seen that it left.
SMALL = Size(budget=27 * MIB, connections=700, crowd=320, long=8, deaf=6, seconds=0.5, good=5, rate=100)
FULL = Size(budget=64 * MIB, connections=None, crowd=5000, long=200, deaf=100, seconds=10)


@dataclasses.dataclass
class Newcomers:
    all: int = 0
    refused: int = 0


class Peer:
    def __init__(self, port, habit):
        self.habit, self.rest, self.allowed, self.next_drip = habit, memoryview(habit.sends), 0.0, None
        self.is_busy = False
        self.socket = socket.socket()
        if habit.reads < float("inf"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * KIB)
        self.socket.setblocking(False)
        if self.socket.connect_ex(("127.0.0.1", port)) not in (0, errno.EINPROGRESS):
            raise OSError("no connection")

    def send(self, now):
        """Some of it. False once it was closed."""
        self.is_busy = True   # has more to say, and others want to as well
        try:
            for _ in range(8):
                if not self.rest:
                    break
                self.rest = self.rest[self.socket.send(self.rest):]
                if not self.rest and self.habit.repeats:
                    self.rest = memoryview(self.habit.sends)
            self.is_busy = len(self.rest) > 0
            if self.habit.drips and (self.next_drip or now) <= now:
                if self.next_drip:
                    self.socket.send(b"x")
                self.next_drip = now + self.habit.drips
        except BlockingIOError:
            self.is_busy = False
        except OSError:
            return False
        return True

    def receive(self, seconds):
        """False once it was closed."""
        self.allowed = min(self.allowed + self.habit.reads * seconds, 64 * KIB)
        try:
            while self.allowed >= 1:
                piece = self.socket.recv(min(int(self.allowed), 64 * KIB))
                if not piece:
                    return False
                self.allowed -= len(piece)
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True


def attack(port, habits, end):
    """Plays all of them until then: how many peers were closed by the server."""
    peers, closed = {}, 0
    ready = select.epoll()

    def begin(habit):
        made = Peer(port, habit)
        peers[made.socket.fileno()] = made
        ready.register(made.socket.fileno(), select.EPOLLOUT | select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)

    waiting = [habit for habit in habits for _ in range(habit.peers)]
    looked_at = time.monotonic()
    while (now := time.monotonic()) < end:
        for _ in range(min(200, len(waiting))):
            try:
                begin(waiting.pop())
            except OSError:
                break
        events = dict(ready.poll(0.02))
        others = [number for number, peer in peers.items()
                  if peer.is_busy or peer.habit.drips or 0 < peer.habit.reads < float("inf")]
        for number in {*events, *others}:
            peer = peers[number]
            gone = events.get(number, 0) & (select.EPOLLHUP | select.EPOLLERR)
            if gone or not peer.send(now) or (peer.habit.reads and not peer.receive(now - looked_at)):
                closed += 1
                ready.unregister(number)
                peer.socket.close()
                del peers[number]
                if peer.habit.comes_back:
                    waiting.append(peer.habit)
        looked_at = now
    for peer in peers.values():
        peer.socket.close()
    return closed


@contextlib.contextmanager
def elsewhere():
    """Peers that are as quick as the others: what they cost is memory. Not as in Stage.bad_peers, where a busy machine keeps them waiting."""
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork"), become_bad_peers, (False,)) as made:
        try:
            yield made
        except BaseException:
            command_line.end_children()   # or leaving this would wait for them
            raise


def newcomer(port):
    """Seconds until its ack; None if it was refused, or waited too long."""
    begun = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENT) as made:
            made.sendall(wire.submit(ID, bytes(100)))
            came = wire.Connection(made, PATIENT).receive(len(wire.submit_ack(ID)))
        return time.monotonic() - begun if came == wire.submit_ack(ID) else None
    except OSError:
        return None


def long_frame(port):
    """Seconds until the ack to the longest frame; tried again if it was closed."""
    begun = time.monotonic()
    while time.monotonic() < begun + PATIENT:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENT) as made:
                made.sendall(LONG)
                if wire.Connection(made, PATIENT).receive(len(wire.submit_ack(ID))) == wire.submit_ack(ID):
                    break
        except OSError:
            pass
    return time.monotonic() - begun


def attacks(size):
    """Title, server, habits."""
    part = LONG[:16_000]
    acks = wire.submits(1, 5000)
    deaf = Habit(size.deaf, acks, repeats=True, reads=0)
    crowd = Habit(size.crowd, part)
    unfinished = Habit(size.long, LONG[:900_000])
    keeping = wire.packet(KEEP, ID, bytes(8000))
    telling = Habit(min(size.deaf, 20), wire.packet(TELL, ID, bytes(4)), repeats=True, reads=0)
    yield "16,000 bytes of a longer frame, once", "hawser-server", [Habit(size.crowd, part, comes_back=False)]
    yield "the same, and again when closed", "hawser-server", [crowd]
    yield "the same, and a byte now and then", "hawser-server", [dataclasses.replace(crowd, drips=0.5)]
    yield "900,000 bytes of a longer frame", "hawser-server", [unfinished]
    yield "whole frames of 1 MiB without end", "hawser-server", [Habit(size.long, LONG, repeats=True)]
    yield "six that read 16 KiB a second", "hawser-server", [Habit(6, acks, repeats=True, reads=16 * KIB)]
    yield "some that never read", "hawser-server", [deaf]
    yield "handlers that keep their bodies", "holding_server", [Habit(size.deaf, keeping, repeats=True)]
    yield "news for some that never read", "holding_server", [telling]
    yield "all of it", "holding_server", [dataclasses.replace(crowd, peers=size.crowd // 2), unfinished, deaf,
                                          Habit(size.deaf, keeping, repeats=True), telling]


def started(stage, program, size):
    options = ["--memory-budget", size.budget]
    if size.connections:
        options += ["--max-connections", size.connections]
    return stage.server(*options, log="error") if program == "hawser-server" else stage.special_server(program, *options)


def play(stage, size):
    servers, before, came = {}, {}, Newcomers()
    for what, program, habits in attacks(size):
        if program not in servers:
            servers[program] = started(stage, program, size)
            before[program] = Good(stage, servers[program], size.good, size.rate).watch(size.seconds / 4)
        stage.say(what)
        yield from under(stage, servers[program], size, what, habits, before[program], came)
    yield Finding("newcomers refused, under all attacks", "at most 1 %", f"{came.refused} of {came.all}", came.refused * 100 <= came.all)
    for server in servers.values():
        yield stage.ends_well(server)


def under(stage, server, size, what, habits, before, came):
    forget_peak(server.process.pid)
    end = time.monotonic() + size.seconds
    swarm = Good(stage, server, size.good, size.rate).start(size.seconds)
    newcomers = []
    with elsewhere() as bad:
        attackers = bad.submit(attack, server.port, habits, end)
        while time.monotonic() < end:
            newcomers.append(newcomer(server.port))
            time.sleep(0.01)
        closed = attackers.result()
    recovered = long_frame(server.port)
    swarm.status(PATIENT + size.seconds)
    peak = Usage(server.process.pid).peak
    served = [seconds for seconds in newcomers if seconds is not None]
    refused = len(newcomers) - len(served)
    came.all += len(newcomers)
    came.refused += refused
    bound = max(2 * before, 50_000)
    slowest = 1e6 * max(statistics.quantiles(served, n=100)[98] if len(served) > 1 else 0, 0)

    yield Finding(f"{what}: p99 of the good clients", f"at most {microseconds(bound)}", microseconds(p99(swarm)), p99(swarm) <= bound, True)
    yield dataclasses.replace(all_acked(swarm), what=f"{what}: submits of the good clients that were acked")
    yield Finding(f"{what}: newcomers refused", "at most 1 %", f"{refused} of {len(newcomers)}", refused * 100 <= len(newcomers))
    yield Finding(f"{what}: p99 of newcomers", f"at most {microseconds(bound)}", microseconds(slowest), slowest <= bound, True)
    yield Finding(f"{what}: most memory of the server", f"under {mib(size.budget)}", f"{mib(peak)}; {closed} peers closed",
                peak < size.budget, bool(programs.SANITIZER))
    yield Finding(f"{what}: a frame of 1 MiB after the end", f"within {RECOVERY} s", f"{recovered:.2f} s", recovered <= RECOVERY, True)
