"""Large frames.

Submits of 1 MiB, the largest frame of the default protocol, each answered with 14 bytes, a few under way on one connection. Beside
them what the machine can move over loopback at all: a pair of programs of which one writes and the other reads (`bench-load
--pair`), and `iperf3` if there is one.
"""
import dataclasses
import json
import shutil
import socket
import subprocess
import time

from .. import catalogue, comparison, load, process, target
from ..process import Failed
from ..results import rounds
from ..table import Table, between, count, figure, median

NAME = "large_frames"
CASE = "1 MiB frames"
FRAME = 1 << 20
HEADER = 13
IPERF_TRIES = 30
PAIR, IPERF = catalogue.Server("pair", "raw read/write pair", catalogue.RAW, ""), catalogue.Server("iperf3", "iperf3", catalogue.RAW, "")
JOB = load.Job(1, window=4, payload=FRAME - HEADER)


@dataclasses.dataclass
class Size:
    rounds: int
    seconds: float
    warm_up: float = 0.2
    servers: tuple = ()    # of none: all


QUICK = Size(rounds=2, seconds=0.4, warm_up=0.1, servers=("hawser", "raw", "go-tutorial"))
FULL = Size(rounds=3, seconds=1.0)


def steps(stage, size):
    ways = {one.name: (one, of_server) for one in stage.servers(*size.servers)}
    ways["pair"] = PAIR, of_pair
    if shutil.which("iperf3"):
        ways["iperf3"] = IPERF, of_iperf3
    for number, name in rounds(list(ways), size.rounds):
        server, way = ways[name]
        yield stage.step(NAME, CASE, server, number, size.seconds + size.warm_up + server.warm_up,
                         lambda one, way=way: way(stage, one, size))


def of_server(stage, server, size):
    said = stage.closed(server, dataclasses.replace(JOB, seconds=size.seconds, warm_up=size.warm_up))
    return {"bytes": said["rate"] * FRAME, "processor": said["processor"] / 1000}


def of_pair(stage, _, size):
    return {"bytes": load.pair(stage.programs["bench-load"], JOB.payload, size.seconds, set.union(*stage.cores.split()))}


def of_iperf3(stage, _, size):
    """It says nothing of when it listens, so its client asks until it does."""
    reader, writer = stage.cores.split()
    port = str(free_port())
    with subprocess.Popen(["iperf3", "-s", "-1", "-B", "127.0.0.1", "-p", port], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, preexec_fn=lambda: process.pin(reader)) as server:
        try:
            for _ in range(IPERF_TRIES):
                done = subprocess.run(["iperf3", "-c", "127.0.0.1", "-p", port, "-t", str(max(1, round(size.seconds))), "-l", "1M", "-J"],
                                      capture_output=True, text=True, timeout=60, preexec_fn=lambda: process.pin(writer))
                if not done.returncode:
                    return {"bytes": json.loads(done.stdout)["end"]["sum_received"]["bits_per_second"] / 8}
                time.sleep(0.1)
            raise Failed(f"iperf3: exit status {done.returncode}")
        except subprocess.TimeoutExpired:
            raise Failed("iperf3 did not end") from None
        finally:
            server.terminate()


def free_port():
    """iperf3 cannot say which port it has got."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def tables(results):
    names = results.servers(NAME, CASE)
    yield Table(CASE, ["way", "MiB/s", "least to most", "of the pair", "server's CPU ms a frame"],
                [[title(one), *rate(results, one), median(results.ratio(NAME, CASE, one, "bytes", base="pair")),
                  median(results.spread(NAME, CASE, one, "processor"))]
                 for one in sorted(names, key=lambda one: -results.median(NAME, CASE, one, "bytes"))])


def title(name):
    return {"pair": PAIR.title, "iperf3": IPERF.title}.get(name) or comparison.named(name)


def rate(results, server):
    def mib(value):
        return count(value / (1 << 20))
    spread = results.spread(NAME, CASE, server, "bytes")
    return mib(spread.median), between(spread, mib)


def plots(_):
    return ()


def targets(results):
    for base, what in (("pair", "a raw read/write pair"), ("iperf3", "iperf3")):
        yield target.at_least(f"bytes a second, of those of {what}", 0.8,
                              target.middle(results.ratio(NAME, CASE, "hawser", "bytes", base=base)), figure)
