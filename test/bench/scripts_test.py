"""The Python programs of bench/ and test/ as their users run them: what they refuse before they begin, how they are ended, what they print.

Nothing is built or measured here: what takes long is replaced by something that waits until it is ended.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import command_line   # noqa: E402: from that folder

PATIENCE = 60   # seconds
PYTHON = {"PYTHONDONTWRITEBYTECODE": "1"}
PROGRAM = sys.executable   # it is one
# Scripts and the option that names what they write, after what they need besides.
WRITERS = (("bench/run", "--write"), ("bench/codec/run", PROGRAM, "--json"), ("bench/compile/run", "--json"),
           ("bench/instructions/run", PROGRAM, "--json"), ("test/stress/run", "--size", "full", "--write"))
PRINTERS = (("bench/run", "--help"), ("bench/codec/run", "--help"), ("bench/compile/run", "--help"), ("bench/instructions/run", "--help"),
            ("test/stress/run", "--help"), ("test/stress/run", "--list"), ("tools/new", "--help"), ("tools/tidy", "--help"), ("tools/format", "--help"), ("examples/submit.py", "--help"), ("test/arch/check.py", "proofs", ROOT))

# A program of a build that is told where its port file is, says who it is, and waits.
FAKE = f"""#!{sys.executable}
import os, signal, sys
open(os.environ["STARTED"], "a").write(f"{{os.getpid()}}\\n")
if "--port-file" in sys.argv:
    open(sys.argv[sys.argv.index("--port-file") + 1], "w").write("1\\n")
signal.alarm({2 * PATIENCE})   # whoever is not ended
signal.pause()
"""
# bench/run, of which one step is left: a server, until it is told to end.
ONE_STEP = """
import importlib.machinery, importlib.util, pathlib, signal, sys
loader = importlib.machinery.SourceFileLoader("bench_run", sys.argv.pop(1))
run = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
loader.exec_module(run)
run.RESULT, fake = pathlib.Path(sys.argv.pop(1)), sys.argv.pop(1)
from measure import process, stage

def first(server):
    return {"rate": 7}

def second(server):
    with process.Server([sys.executable, "-c", fake]) as server:
        print("waits for", server.pid, flush=True)
        signal.pause()

run.programs.build = lambda *_: run.programs.Built()
run.planned = lambda *_: [stage.Step("pipelined", "one", "raw", 0, 0, lambda: first(None)), stage.Step("pipelined", "one", "raw", 1, 0, lambda: second(None))]
sys.exit(run.main())
"""
SERVER = f"import signal; print('listening 7', flush=True); signal.alarm({2 * PATIENCE}); signal.pause()"
# A stage with a bad peer that has much to do.
LONG_ATTACK = f"""
import os, pathlib, sys, time
sys.path[:0] = [{str(ROOT / "test/stress")!r}, {str(ROOT / "tools")!r}]
import command_line
command_line.end_by_signals()
import stage, {{module}}

def attack():
    print("waits for", os.getpid(), flush=True)
    time.sleep({2 * PATIENCE})

with {{place}} as place:
    place.{{call}}(attack)
    time.sleep({2 * PATIENCE})
"""


def arguments_of(script, *options):
    return [sys.executable, ROOT / script, *options]


def has_ended(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Case(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="hawser-scripts-")
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)

    def run_to_end(self, *command, **streams):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        return subprocess.run(command, text=True, timeout=PATIENCE, env=os.environ | PYTHON, stdin=subprocess.DEVNULL, **streams)

    def assert_refused(self, done, told):
        self.assertEqual((2, ""), (done.returncode, done.stdout), done.stderr)
        self.assertRegex(done.stderr, r"\A[\w/]+: [^\n]+\n\Z")
        self.assertIn(told, done.stderr)


class Output(Case):
    """Where results go is looked at before the work that they are of."""

    def test_what_could_not_be_written_at_the_end_is_refused_before_the_start(self):
        for script, *options in WRITERS:
            with self.subTest(script=script):
                self.assert_refused(self.run_to_end(*arguments_of(script, *options, self.folder / "none" / "page.md")), "there is no folder")

    def test_every_reason_why_a_file_cannot_be_written_is_told_and_nothing_is_touched(self):
        file = self.folder / "a file"
        file.write_text("precious")
        (self.folder / "dangling").symlink_to("none/page.md")
        for name, why in (("none/page.md", "there is no folder"), (".", "it is a folder"), ("a file/page.md", "Not a directory"), ("", "it is a folder"),
                          ("page.md/", "no name of a file"), ("dangling", "there is no folder"), ("\0", "null"), ("x" * 300, "too long")):
            self.assertIn(why, command_line.unwritable(f"{self.folder}/{name}"))
        self.assertIn("no name of a file", command_line.unwritable(""))
        for name in ("a file", "page.md"):
            self.assertEqual("", command_line.unwritable(f"{self.folder}/{name}"))
            with mock.patch.object(os, "access", lambda *_: False):   # as it is for whoever is not root
                self.assertIn("no permission", command_line.unwritable(f"{self.folder}/{name}"))
        self.assertEqual("precious", file.read_text())
        self.assertEqual(2, len(list(self.folder.iterdir())))

    def test_where_the_pictures_of_a_page_go_is_looked_at_too(self):
        (self.folder / "page").touch()
        for name, why in (("page.md", "page is no folder"), ("performance", "call it")):
            self.assert_refused(self.run_to_end(*arguments_of("bench/run", "--write", self.folder / name)), why)

    def test_a_program_that_is_not_there_is_refused(self):
        for command in (("bench/codec/run", "none"), ("bench/instructions/run", "none"), ("bench/compile/run", "--compiler", "none")):
            self.assert_refused(self.run_to_end(*arguments_of(*command)), "there is no program 'none'")

    def test_a_disk_that_is_full_at_the_end_is_one_line(self):
        result = self.folder / "result.json"
        result.write_text(json.dumps({"stopped": False, "date": "2020-02-02", "took": 1, "whole": True, "machine": [], "versions": [], "missing": {},
                                      "samples": []}))
        (self.folder / "page.md").symlink_to("/dev/full")
        done = self.run_to_end(*arguments_of("bench/run", "--from", result, "--write", self.folder / "page.md"))
        self.assertEqual((1, f"bench/run: {self.folder}/page.md cannot be written: No space left on device\n"), (done.returncode, done.stderr))

    def test_what_is_printed_and_cannot_be_written_is_one_line_and_status_1(self):
        for script, *options in PRINTERS:
            with self.subTest(script=script, options=options):
                command = arguments_of(script, *options)
                with open("/dev/full", "wb") as full:
                    done = self.run_to_end(*command, stdout=full)
                self.assertEqual(1, done.returncode, done.stderr)
                self.assertRegex(done.stderr, r"\A[^\n]*(run|\.py|tools/\w+): [^\n]*No space left on device\n\Z")
                done = self.run_to_end("sh", "-c", 'exec "$0" "$@" >&-', *command, stdout=None)
                self.assertEqual(1, done.returncode, done.stderr)
                self.assertRegex(done.stderr, r"\A[^\n]*(run|\.py|tools/\w+): [^\n]*Bad file descriptor\n\Z")

    def test_the_status_says_so_too_where_there_is_no_standard_error(self):
        for script in ("test/stress/run", "examples/submit.py"):
            done = self.run_to_end("sh", "-c", 'exec "$0" "$@" >&- 2>&- <&-', *arguments_of(script, "--help"), stdout=None)
            self.assertEqual(1, done.returncode)

    def test_nobody_misses_what_is_behind_the_lines_that_were_wanted(self):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as out:
            done = self.run_to_end(*arguments_of("test/stress/run", "--list"), stdout=out)
        self.assertEqual((1, ""), (done.returncode, done.stderr))


class Ending(Case):
    """By Ctrl-C, SIGTERM or SIGHUP."""

    def started(self, command, **environment):
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=os.environ | PYTHON | environment)

        def end():
            if running.poll() is None:
                running.kill()
            running.communicate()

        self.addCleanup(end)
        return running

    def wait_for(self, running, words):
        """The rest of the line that begins with them."""
        for line in running.stdout:
            if line.strip().startswith(words):
                return line.strip().removeprefix(words)
        return self.fail(running.stderr.read())

    def ended_by(self, running, number):
        running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE)
        return running.returncode, out, err

    def test_a_benchmark_keeps_what_was_measured_and_ends_its_servers(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                result = self.folder / f"{number}.json"
                running = self.started([sys.executable, "-c", ONE_STEP, ROOT / "bench/run", result, SERVER])
                server = int(self.wait_for(running, "waits for "))
                status, out, err = self.ended_by(running, number)
                self.assertEqual((130, ""), (status, err))
                self.assertIn("stopped; what was measured until now is kept", out)
                self.assertEqual([{"rate": 7}], [one["values"] for one in json.loads(result.read_text())["samples"]])
                self.assertTrue(has_ended(server))

    def test_stress_ends_what_it_started_and_writes_no_page(self):
        for name in ("hawser-server", "hawser-swarm"):
            (self.folder / name).write_text(FAKE)
            (self.folder / name).chmod(0o755)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                started, page = self.folder / f"{number}", self.folder / "page.md"
                command = arguments_of("test/stress/run", "--size", "full", "--only", "drain", "--write", page)
                running = self.started(command, HAWSER_BIN=str(self.folder), STARTED=str(started))
                self.wait_for(running, "2000 sessions")
                status, _, err = self.ended_by(running, number)
                self.assertEqual((130, "test/stress/run: ended before all was played\n"), (status, err))
                self.assertFalse(page.exists())
                pids = [int(line) for line in started.read_text().splitlines()]
                self.assertTrue(pids)
                self.assertEqual([], [pid for pid in pids if not has_ended(pid)])

    def test_bad_peers_with_much_to_do_end_with_the_stage(self):
        for module, place, call in (("stage", "stage.Stage(print, speed_counts=False)", "bad_peers"), ("pressure", "pressure.elsewhere()", "submit")):
            with self.subTest(module=module):
                running = self.started([sys.executable, "-c", LONG_ATTACK.format(module=module, place=place, call=call)], HAWSER_BIN="none")
                peer = int(self.wait_for(running, "waits for "))
                self.ended_by(running, signal.SIGHUP)
                self.assertTrue(has_ended(peer))

    def test_who_is_started_with_nohup_goes_on(self):
        program = (f"import sys, os, signal; sys.path.append({str(ROOT / 'tools')!r}); import command_line; command_line.end_by_signals();"
                   "os.kill(os.getpid(), signal.SIGHUP);"
                   "os.execl('/bin/grep', 'grep', 'SigIgn', '/proc/self/status')")
        done = self.run_to_end("nohup", sys.executable, "-c", program)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(0, int(done.stdout.split()[1], 16) & 1 << signal.SIGHUP - 1)   # what it starts does not ignore it


if __name__ == "__main__":
    unittest.main()
