"""The load generator, bench-load: one for all servers, and it looks at every ack.

    job = load.Job(connections=10, window=1, seconds=2)
    values = load.put(program, server, job, cores={1})
    values["rate"], values["processor"]       # requests a second, the server's processor seconds a million requests

    with load.idle(program, server, 9000, cores={1}) as waves:
        waves.open()                          # all are connected and have their answer; the wave before is closed

A run counts only if each submit had its own ack, in order. Otherwise Failed is raised.
"""
import contextlib
import dataclasses
import json
import selectors
import subprocess

from . import process
from .process import Failed

PATIENCE = 60   # seconds beyond what a job should take
PAYLOAD = 32


@dataclasses.dataclass(frozen=True)
class Job:
    connections: int
    window: int = 1
    seconds: float = 1.0
    warm_up: float = 0.3
    payload: int = PAYLOAD
    rate: float = 0        # requests a second of all connections; 0: as fast as the answers come

    def options(self):
        options = ["--connections", self.connections, "--window", self.window, "--seconds", f"{self.seconds:g}",
                   "--warmup", f"{self.warm_up:g}", "--payload", self.payload]
        return [str(one) for one in options + (["--rate", f"{self.rate:.0f}"] if self.rate else [])]


def put(program, server, job, cores):
    """What bench-load says of a server, as plain values; latencies are in microseconds."""
    command = [program, "--port", server.port, "--server-pid", server.pid, *job.options()]
    said = _said(command, cores, job.seconds + job.warm_up)
    used = said.get("server_cpu_seconds")
    if used is None or not said["rate"]:
        raise Failed("the server has ended, or answered nothing")
    return {"rate": said["rate"], "acks": said["acks"], "processor": used / said["acks"] * 1e6,
            "share": used / said["seconds"], "load_share": said.get("load_cpu_seconds", 0) / said["seconds"], **said["latency_us"]}


def pair(program, payload, seconds, cores):
    """Bytes a second that a writing and a reading thread move without a server."""
    return 1e6 * _said([program, "--pair", f"{seconds:g}", "--payload", payload], cores, seconds)["mb_per_second"]


def _said(command, cores, seconds):
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, errors="replace",
                              timeout=seconds + PATIENCE, stdin=subprocess.DEVNULL, preexec_fn=lambda: process.pin(cores))
    except subprocess.TimeoutExpired:
        raise Failed("the load did not end") from None
    return judged(done.returncode, done.stdout, done.stderr)


def judged(status, out, err):
    """The JSON object in its last line, if all acks were right."""
    try:
        said = json.loads(out.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise Failed(f"the load said nothing, exit status {status}: {err.strip()[-300:]}") from None
    bad = {key: said[key] for key in ("wrong", "missing", "errors") if said.get(key)}
    if bad:
        raise Failed("acks do not match submits: " + ", ".join(f"{number} {key}" for key, number in bad.items()))
    if status:
        raise Failed(f"nothing was acked in {said.get('seconds', 0):.1f} s")
    return said


@contextlib.contextmanager
def idle(program, server, connections, cores):
    command = [str(part) for part in (program, "--port", server.port, "--idle", connections)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          preexec_fn=lambda: process.pin(cores)) as running:
        try:
            waves = Waves(running)
            yield waves
            waves.end()
        finally:
            if running.poll() is None:
                running.kill()


class Waves:
    def __init__(self, running):
        self._running, self._any = running, False
        self._lines = selectors.DefaultSelector()
        self._lines.register(running.stdout, selectors.EVENT_READ)

    def open(self):
        if self._any:
            self._go_on()
            self._wait_for("closed")
            self._go_on()
        self._wait_for("holding")
        self._any = True

    def end(self):
        self._lines.close()
        out, _ = self._running.communicate(timeout=PATIENCE)
        judged(self._running.returncode, out, "")

    def _go_on(self):
        self._running.stdin.write("\n")
        self._running.stdin.flush()

    def _wait_for(self, word):
        """The next line. It says one at a time, so none is hidden in a buffer."""
        line = self._running.stdout.readline() if self._lines.select(PATIENCE) else "nothing"
        if not line.startswith(word):
            raise Failed(f"the load said '{line.strip()}' instead of '{word}'")
