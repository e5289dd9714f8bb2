"""Exceptions from handlers.

Clients make a server throw wherever code of its user runs: plain handlers, coroutines before and after they have
waited, several of them at a time, the hook on_close; std::exception, std::bad_alloc, and what is neither. Each ends
the session that asked for it, and nothing else, while good clients are served. (test/server/exceptions_test.cpp has each place
once, the other hooks and servers of one coroutine a connection too.)
"""
import dataclasses
import itertools
import random
import re
import socket

import programs
import wire
from stage import Finding, Good, all_acked

IN_TURN, SEVERAL = 0x20, 0x21
WAYS = [(command, when, what)
        for command, times in ((wire.SUBMIT, ("now", "end")), (IN_TURN, ("now", "later", "end")), (SEVERAL, ("now", "later", "end")))
        for when, what in itertools.product(times, ("error", "number", "memory"))]
ID = b"00000001"


@dataclasses.dataclass
class Size:
    sessions: int   # that end by an exception
    good: int
    rate: int


SMALL = Size(sessions=4 * len(WAYS), good=5, rate=100)
FULL = Size(sessions=20000, good=50, rate=5000)


def crowd(port, size):
    """How many ways were tried, and how many sessions did not end as they should."""
    chance = random.Random(1)
    tried, wrong = set(), 0
    for number in range(size.sessions):
        way = WAYS[number % len(WAYS)]
        wrong += not ends_as_it_should(port, way, chance.randrange(4))
        tried.add(way)
    return len(tried), wrong


def ends_as_it_should(port, way, acked_before):
    """One session: some submits that are acked, then one that throws, then the end."""
    command, when, what = way
    with socket.create_connection(("127.0.0.1", port), timeout=programs.PATIENCE) as connected:
        peer = wire.Connection(connected, programs.PATIENCE)
        acks = wire.acks(1, acked_before)
        peer.send(wire.submits(1, acked_before))
        if peer.receive(len(acks)) != acks:
            return False
        peer.send(wire.packet(command, ID, f"{when} {what}".encode()))
        if when == "end":
            if peer.receive(14) != wire.submit_ack(ID):
                return False
            peer.close_write()
        return peer.rest() == b""


def play(stage, size):
    server = stage.special_server("throwing_server")
    stage.say(f"{size.sessions} sessions that throw, in {len(WAYS)} ways; {size.good} good clients")
    throwing = stage.bad_peers(crowd, server.port, size)
    rounds = []
    while not rounds or not throwing.done():
        rounds.append(Good(stage, server, size.good, size.rate).start(2))
        rounds[-1].status(2 + programs.PATIENCE)
    ways, wrong = throwing.result()
    yield Finding("ways of throwing that were tried", len(WAYS), ways, ways == len(WAYS))
    yield Finding("sessions that threw and did not end, or heard something wrong", 0, wrong, wrong == 0)
    yield all_acked(*rounds)
    yield stage.ends_well(server)
    sessions, thrown = (int(number) for number in re.search(r"(\d+) sessions, (\d+) ended by", server.err).groups())
    good = size.good * len(rounds)
    yield Finding("sessions, and those ended by what a handler threw", f"{size.sessions + good}, {size.sessions}",
                  f"{sessions}, {thrown}", (sessions, thrown) == (size.sessions + good, size.sessions))
