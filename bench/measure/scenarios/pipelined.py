"""64 requests in flight on each of 100 connections.

Clients that do not wait, or a stream of messages. A server that handles what one read brought and answers with one write makes
few system calls; one that reads header and body apart, and writes each answer alone, makes three a request.
"""
from .. import comparison, load, target
from .one_in_flight import Size

NAME = "pipelined"
CASE = "100 connections, 64 in flight"

QUICK = Size(rounds=2, seconds=0.4, warm_up=0.1)
FULL = Size(rounds=5, seconds=1.0)


def steps(stage, size):
    job = load.Job(100, window=64, seconds=size.seconds, warm_up=size.warm_up)
    yield from stage.closed_loops(NAME, {CASE: job}, stage.servers(), size.rounds)


def tables(results):
    return [comparison.table(results, NAME, case) for case in results.cases(NAME)]


def plots(results):
    yield comparison.bars(results, NAME, "Requests a second, 64 in flight; the raw epoll loop is 1")


def targets(results):
    yield target.at_least("requests a second, of the raw loop's", 1.0, target.middle(results.ratio(NAME, CASE, "hawser", "rate")))
    yield target.at_least("requests a second, of the Go tutorial server's", 30,
                          target.middle(results.ratio(NAME, CASE, "hawser", "rate", base="go-tutorial")))
    best, ratio = comparison.best_peer(results, NAME, CASE, "rate")
    yield target.at_least(f"requests a second, of the fastest peer's{f' ({best})' if best else ''}", 1.0, ratio)
