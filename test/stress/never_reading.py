"""Peers that never read.

Peers with a small receive buffer that send one submit after another and read no answer. Their answers pile up in the server to
the cap of each connection (`--outbound-cap`) and no further: then it reads no more of them, and `--write-stall-timeout` ends
them. Memory stays under a ceiling known before: what the server held at its start, and

- for each connection the cap, a block of 64 KiB that it reads into, one whose rest the kernel does not take, and 256 KiB of smaller
  blocks that its buffer grew out of: it doubles, and malloc keeps what is freed of less than 128 KiB;
- for each thread the cap again, while a buffer is copied into its double, and the 16 blocks that it keeps to lend.

Larger blocks are given back when they are freed, because malloc is told so (`MALLOC_MMAP_THRESHOLD_`), as `--memory-budget` does.
By default glibc keeps them once it has seen one freed: ten such peers with 512 KiB each then take up to 3.6 MiB more, another
amount each time. Then again with a `--memory-budget` that is less than all caps: it is the ceiling, whatever they would allow.
"""
import dataclasses
import os
import select
import socket
import time

import programs
import wire
from measuring import KIB, MIB, Usage, mib
from stage import Finding, Good, all_acked, counted_at_end, seconds

# A window of the receiver that is soon full.
SMALL_BUFFER = 4 * KIB
THREADS = 2    # of the server, see stage.server()
OWN = 8 * KIB         # of a connection that has nothing to read or to write
BLOCK = 64 * KIB      # as io::buffer_pool lends it
KEPT_BLOCKS = 16      # of a thread
THRESHOLD = 128 * KIB    # as io::give_large_blocks_back() sets it
PIECE = wire.submits(1, 5000)
ID = wire.serial(1)
OPTIONS = ["--max-frame", 64 * KIB, "--idle-timeout", "10m"]


@dataclasses.dataclass
class Size:
    peers: int
    cap: int
    budget: int    # less than all caps take
    stall: float   # seconds
    good: int
    rate: int


SMALL = Size(peers=10, cap=512 * KIB, budget=24 * MIB, stall=2 * programs.SLOW, good=5, rate=100)
FULL = Size(peers=100, cap=1 * MIB, budget=64 * MIB, stall=30, good=50, rate=2000)


def deaf_peer(port):
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    peer.connect(("127.0.0.1", port))
    peer.setblocking(False)
    return peer


def crowd(port, size, patience):
    """How many were ended by the server, and how many bytes all of them could send."""
    peers = {peer.fileno(): peer for peer in (deaf_peer(port) for _ in range(size.peers))}
    rest = dict.fromkeys(peers, memoryview(PIECE))
    ready = select.epoll()
    for number in peers:
        ready.register(number, select.EPOLLOUT | select.EPOLLET)
    sent, ended, end = 0, 0, time.monotonic() + patience
    while ended < len(peers) and time.monotonic() < end:
        for number, _ in ready.poll(0.1):
            taken, alive = send_all_it_takes(peers[number], rest, number)
            sent += taken
            if not alive:
                ready.unregister(number)
                ended += 1
    for peer in peers.values():
        peer.close()
    return ended, sent


def send_all_it_takes(peer, rest, number):
    """Bytes taken, and whether the connection lives."""
    taken = 0
    try:
        while True:
            count = peer.send(rest[number])
            taken += count
            rest[number] = rest[number][count:] or memoryview(PIECE)
    except BlockingIOError:
        return taken, True
    except (ConnectionResetError, BrokenPipeError):
        return taken, False


def play(stage, size):
    yield from capped(stage, size)
    if stage.knows("--memory-budget"):
        yield from budgeted(stage, size)


def most_held(size):
    """By all connections and threads, in bytes; see above."""
    grown_out_of = 2 * THRESHOLD   # its half, its quarter and so on, of whatever is less than it
    deaf = size.cap + 2 * BLOCK + grown_out_of + OWN
    return size.peers * deaf + size.good * OWN + THREADS * (size.cap + KEPT_BLOCKS * BLOCK)


def capped(stage, size):
    """There is memory enough for all caps."""
    server = stage.server("--write-stall-timeout", seconds(size.stall), "--outbound-cap", size.cap, *OPTIONS,
                          env=os.environ | {"MALLOC_MMAP_THRESHOLD_": str(THRESHOLD)})
    before = Usage(server.process.pid)
    ceiling = before.resident + most_held(size)
    stage.say(f"{size.peers} peers send and never read; each may make {mib(size.cap)} wait")
    sent, findings = meet(stage, server, size, ceiling, before)
    enough = size.peers * size.cap * len(wire.submit(ID)) // len(wire.submit_ack(ID))
    yield Finding("bytes of submits that the server took", "more than the caps hold answers for", mib(sent), sent > enough)
    yield from findings
    yield stage.ends_well(server)
    stalled = counted_at_end(server).get("peer takes too little of what waits for it", 0)
    yield Finding("connections that the log says why of", size.peers, stalled, stalled == size.peers)


def budgeted(stage, size):
    """There is not."""
    server = stage.server("--write-stall-timeout", seconds(size.stall), "--outbound-cap", size.cap, *OPTIONS,
                          "--max-connections", size.peers + size.good, "--memory-budget", size.budget)
    stage.say(f"the same with a budget of {mib(size.budget)}")
    _, findings = meet(stage, server, size, size.budget, Usage(server.process.pid))
    for finding in findings:
        yield dataclasses.replace(finding, what=f"with --memory-budget: {finding.what}")
    yield stage.ends_well(server)


def meet(stage, server, size, ceiling, before):
    """What the crowd could send, and what holds with any ceiling."""
    swarm = Good(stage, server, size.good, size.rate).start(size.stall)
    programs.until(lambda: server.descriptors() >= before.descriptors + size.good, "the good clients")
    patience = 2 * size.stall + 2 * programs.PATIENCE
    ended, sent = stage.bad_peers(crowd, server.port, size, patience).result()
    swarm.status(size.stall + 2 * programs.PATIENCE)
    peak = Usage(server.process.pid).peak
    # A sanitizer keeps memory of its own.
    return sent, [Finding("most memory of the server", f"under {mib(ceiling)}", f"{mib(peak)}, {mib(before.resident)} of it before",
                          peak < ceiling, of_speed=bool(programs.SANITIZER)),
                  Finding("ended by the server", size.peers, ended, ended == size.peers),
                  all_acked(swarm)]
