"""A server that runs: where it listens, what memory it has. It ends with the `with` that started it.

    with process.Server(["build/bench/bin/bench-epoll-server"], cores={0}) as server:
        server.port, server.pid, server.memory()

Every server of bench/servers is started in this one way: it prints `listening PORT` and runs until SIGTERM.
"""
import dataclasses
import os
import pathlib
import re
import selectors
import subprocess
import tempfile

from .machine import measuring

STARTS_WITHIN = 30   # seconds; a virtual machine takes some
ENDS_WITHIN = 10


class Failed(Exception):
    """A run that counts for nothing, and why."""


@dataclasses.dataclass(frozen=True)
class Memory:
    """In bytes. `anonymous` is what is no file's: heap, stacks, a runtime's own."""
    resident: int
    proportional: int
    anonymous: int
    peak: int


class Server:
    def __init__(self, command, cores=None):
        self.command, self._cores = [str(part) for part in command], cores
        self._errors = tempfile.TemporaryFile(mode="w+")
        self._process, self.port = None, None

    def __enter__(self):
        try:
            self._process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors,
                                             preexec_fn=lambda: pin(self._cores))
            self.port = self._listening()
        except OSError as error:
            raise Failed(f"did not start: {error}") from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process:
            self._process.stdout.close()
        self._errors.close()

    @property
    def pid(self):
        return self._process.pid

    def _listening(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(STARTS_WITHIN):
                raise Failed(f"said nothing for {STARTS_WITHIN} s")
        line = self._process.stdout.readline().decode(errors="replace")
        found = re.fullmatch(r"listening (\d+)\n", line)
        if not found:
            raise Failed(f"did not listen: {line.strip() or self._last_words()}")
        return int(found[1])

    def _last_words(self):
        self._errors.seek(0)
        return self._errors.read()[-500:].strip() or f"exit status {self._process.wait(ENDS_WITHIN)}"

    def memory(self):
        usage = measuring.Usage(self.pid)
        try:
            text = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        except OSError:
            text = ""
        return Memory(usage.resident, _kilobytes(text, "Pss"), _kilobytes(text, "Anonymous"), usage.peak)


def _kilobytes(text, key):
    found = re.search(rf"^{key}:\s*(\d+) kB", text, re.M)
    return int(found[1]) * measuring.KIB if found else 0


def pin(cores):
    """In a process that is about to become another program."""
    if cores:
        os.sched_setaffinity(0, cores)
