"""Starts the programs under test, sees what they say, and ends them.

    class SubmitPath(programs.Case):
        def test_a_submit_is_acked(self):
            server = self.start_server("--threads", "2")
            peer = self.connect(server)
            ...

The paths of the programs come in HAWSER_SERVER, HAWSER_SWARM and so on, or all from the folder HAWSER_BIN (so the tests
of one build can be run against the programs of another). HAWSER_SLOW, a factor, stretches every bound on time
and shrinks the big loads: for programs that a sanitizer slows down. Whatever a test starts is ended with it, and a program
whose sanitizer found something fails the test.
"""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import wire

BIN = os.environ.get("HAWSER_BIN")

# Who runs the tests in the background, or with nohup, has these ignored, and so would the programs; a handler is not inherited.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler)


def path_of(name):
    """Of a program under test: hawser-server, telemetry-client."""
    variable = name.upper().replace("-", "_")
    if not variable.startswith("HAWSER_"):
        variable = "HAWSER_" + variable
    path = os.path.join(BIN, name) if BIN else os.environ.get(variable)
    if not path:
        sys.exit(f"{variable} must be the path of {name}; ctest sets it")
    return path


SERVER = path_of("hawser-server")
SWARM = path_of("hawser-swarm")
SANITIZER = os.environ.get("HAWSER_SANITIZE", "")
SLOW = max(1.0, float(os.environ.get("HAWSER_SLOW") or 1))

# For what should take no time at all, but has a busy machine under it.
PATIENCE = 15 * SLOW
# "Within a second".
SOON = 1.0 * SLOW

COUNTERS = ("sent", "acked", "missing", "duplicate", "wrong", "unknown", "late", "errors", "unsent")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def until(condition, what, seconds=PATIENCE):
    """Polls until the condition gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.1f} s: {what}")
        time.sleep(0.005)


class Program:
    """One running program; its output goes to files."""

    def __init__(self, arguments, folder, **streams):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.out_path = self.folder / "stdout"
        self.err_path = self.folder / "stderr"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err} | streams
            self.process = subprocess.Popen([str(one) for one in arguments], **streams)

    @property
    def out(self):
        return self.out_path.read_text(errors="replace")

    @property
    def err(self):
        return self.err_path.read_text(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def status(self, seconds=PATIENCE):
        """Waits for its end."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds:.1f} s; it said:\n{self.err[-4000:]}") from None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def sanitizer_report(self):
        found = re.search(r"(ERROR|WARNING): \w+Sanitizer|runtime error:", self.err)
        return self.err[found.start():][:6000] if found else ""


class Server(Program):
    """A server; made as soon as its port file is there."""

    def __init__(self, options, folder, listen, program=SERVER, **streams):
        self.port_path = pathlib.Path(tempfile.mkdtemp(dir=folder)) / "port"
        self.started_at = time.monotonic()
        addresses = [argument for address in listen for argument in ("--listen", address)]
        super().__init__([program, *addresses, "--port-file", self.port_path, *options], folder, **streams)

    def wait_for_port_file(self):
        def there():
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}: {self.err}"
            return self.port_path.exists()

        until(there, "the port file", 2 * SLOW)
        self.ports = [int(line) for line in self.port_path.read_text().split()]

    @property
    def port(self):
        return self.ports[0]

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def memory(self):
        """Bytes in use, and bytes asked of the system."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return [int(re.search(rf"^{key}:\s*(\d+) kB", status, re.M)[1]) * 1024 for key in ("VmRSS", "VmData")]

    def cpu_seconds(self):
        """That it has used up to now."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def limit_descriptors(self, room):
        """From now on it can open this many more and no others."""
        limit = max(int(name) for name in os.listdir(f"/proc/{self.process.pid}/fd")) + 1 + room
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (limit, limit))

    def lines(self, pattern):
        """The lines of the log that the pattern is found in."""
        return [line for line in self.err.splitlines() if re.search(pattern, line)]

    def wait_for_line(self, pattern, count=1, seconds=PATIENCE):
        try:
            return until(lambda: self.lines(pattern)[count - 1:], f"{count} lines /{pattern}/", seconds)[0]
        except AssertionError as late:
            raise AssertionError(f"{late}; the log ends with\n{self.err[-2000:]}") from None

    def stop(self, number=signal.SIGTERM, seconds=PATIENCE):
        self.signal(number)
        return self.status(seconds)

    def last_words(self):
        """What the last line says after a drain: connections drained and cut, frames in and out."""
        found = re.search(r"server stopped: (\d+) connections drained, (\d+) cut; (\d+) frames in, (\d+) out", self.err)
        assert found, f"no last line in the log:\n{self.err[-2000:]}"
        return [int(number) for number in found.groups()]


class Swarm(Program):
    """A swarm that writes its JSON report."""

    def __init__(self, address, options, folder, **streams):
        self.json_path = pathlib.Path(tempfile.mkdtemp(dir=folder)) / "report.json"
        super().__init__([SWARM, "--connect", address, "--json", self.json_path, *options], folder, **streams)

    @property
    def report(self):
        return json.loads(self.json_path.read_text())


class Case(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="hawser-e2e-")
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)

    def owned(self, program):
        def end():
            program.end()
            self.assertEqual("", program.sanitizer_report())

        self.addCleanup(end)
        return program

    # Programs.

    def start(self, *arguments, **streams):
        return self.owned(Program(arguments, self.folder, **streams))

    def run_to_end(self, *arguments, seconds=PATIENCE, **streams):
        """The exit status, standard output and standard error."""
        program = self.start(*arguments, **streams)
        status = program.status(seconds)
        return status, program.out, program.err

    def start_server(self, *options, listen=("127.0.0.1:0",), **streams):
        server = self.owned(Server(options, self.folder, listen, **streams))
        server.wait_for_port_file()
        return server

    def start_swarm(self, address, *options, **streams):
        return self.owned(Swarm(address, options, self.folder, **streams))

    def run_swarm(self, address, *options, seconds=4 * PATIENCE):
        swarm = self.start_swarm(address, *options)
        swarm.status(seconds)
        return swarm

    # Connections.

    def connect(self, server, host="127.0.0.1", port=None):
        connected = socket.create_connection((host, port or server.port), timeout=PATIENCE)
        return self._adopt(connected)

    def assert_turned_away(self, server, host="127.0.0.1", port=None, source=None):
        """By a reset: before connecting was through, or after it."""
        try:
            made = socket.create_connection((host, port or server.port), PATIENCE, source)
        except ConnectionResetError:
            return
        self.assertEqual(b"", self._adopt(made).rest())

    def connect_unix(self, path, patience=PATIENCE):
        connected = socket.socket(socket.AF_UNIX)
        connected.settimeout(patience)
        connected.connect(str(path))
        return self._adopt(connected)

    def _adopt(self, connected):
        connection = wire.Connection(connected, PATIENCE)
        self.addCleanup(connection.close)
        return connection

    # What tests look at again and again.

    def assert_answers(self, connection, sent, expected):
        connection.send(sent)
        self.assertEqual(expected, connection.receive(len(expected)))

    def assert_serves(self, connection, number=1):
        """The connection is alive and well."""
        identity = wire.serial(number)
        self.assert_answers(connection, wire.submit(identity, b"still here"), wire.submit_ack(identity))

    def assert_stops_well(self, server):
        self.assertEqual(0, server.stop(), server.err[-2000:])

    def assert_counts(self, swarm, **expected):
        """Every counter of the report; those that are not named are 0."""
        wanted = dict.fromkeys(COUNTERS, 0) | expected
        self.assertEqual(wanted, {key: swarm.report[key] for key in COUNTERS}, swarm.out + swarm.err)


def main():
    unittest.main(verbosity=2)
