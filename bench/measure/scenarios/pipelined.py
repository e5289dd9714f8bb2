"""64 requests in flight on each of 100 connections.

Clients that do not wait, or a stream of messages. A server that handles what one read brought and answers with one write makes
few system calls; one that reads header and body apart, and writes each answer alone, makes three a request.
"""
from .. import comparison, load, target
from .one_in_flight import Size

NAME = "pipelined"
CASE = "100 connections, 64 in flight"
NOTES = """
What a profile showed (perf, cpu-clock): four fifths of the time of hawser's server are the kernel's here too, a fifth is its own, some
0.02 us a frame. The kernel's part is no smaller than all that the raw loop takes, with as many reads and writes of as many frames each (65).
The difference is waking: the raw loop is as fast as the load, which never sleeps (both are at 99 %), while a server that is
slower finds the load asleep at each of its writes, and pays for waking it (`_raw_spin_unlock_irqrestore`, a tenth of all the time). So
a little more work a frame costs more requests than its own time, and the ratio would rise steeply just before 1.

What was tried:

- Encoding answers where they leave from, inline paths for each direction, limits worked out once: 803 instructions a frame
  became 370 ([instructions.md](decisions/instructions.md)), and the ratio 0.71 instead of 0.47.
- Looking before waiting (see one request in flight), which saves the `epoll_ctl`: the ratio became 0.8.
- decode_as() stood out with 9 % for eleven instructions: wide loads that waited for narrow stores. It builds its result in place now.
- Link-time optimisation: 4 %. It is on.
"""

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
