"""What all programs have in common: their --help, and how they refuse what they do not know."""
import os
import pathlib
import subprocess
import sys

import programs
import wire

ROOT = pathlib.Path(__file__).parents[2]
COLUMNS = 80
# With the words that come before the options. What a build lacks (hawser-talk without libedit) is not looked at.
COMMANDS = (("hawser-server",), ("hawser-swarm",), ("hawser-swarm", "merge"), ("hawser-swarm", "compare"), ("hawser-talk",),
            ("hawser-frame",), ("hawser-frame", "decode"), ("hawser-frame", "encode"),
            ("hawser-describe",), ("hawser-describe", "dissector"), ("hawser-describe", "page"), ("hawser-lab",), ("hawser-lab", "all"),
            ("echo-server",), ("upper-server",), ("echo-qps-server",), ("unix-echo-server",), ("udp-echo-server",), ("broadcast-server",),
            ("echo-load",), ("telemetry-server",), ("telemetry-client",), ("go_way",))
SCRIPTS = ("check", "demo", "tools/setup", "test/fuzz/run", "examples/submit.py", "bench/run", "bench/codec/run", "bench/compile/run",
           "bench/instructions/run", "test/stress/run", "tools/new", "tools/tidy", "tools/format",
           "tools/pre-commit")
# An option of each that takes a duration.
DURATIONS = (("hawser-server", "--idle-timeout"), ("hawser-swarm", "--timeout"), ("hawser-swarm", "--warmup"), ("hawser-swarm", "--attack-time"),
             ("hawser-swarm", "--p99-within"), ("hawser-talk", "--linger"), ("echo-server", "--idle-timeout"), ("echo-load", "--timeout"),
             ("telemetry-client", "--duration"))


def is_built(name):
    variable = name.upper().replace("-", "_")
    path = os.path.join(programs.BIN, name) if programs.BIN else os.environ.get(variable if variable.startswith("HAWSER_") else "HAWSER_" + variable)
    return path is not None and os.path.exists(path)


class Options(programs.Case):
    def run_program(self, name, *arguments):
        return self.run_to_end(programs.path_of(name), *arguments)

    def each(self, commands):
        """Those that are built."""
        found = [command for command in commands if is_built(command[0])]
        self.assertGreater(len(found), len(commands) // 2)
        for command in found:
            with self.subTest(command=command):
                yield command

    def assert_refused(self, told, *command):
        with self.subTest(command=command):
            status, out, err = self.run_program(*command)
            self.assertEqual((2, ""), (status, out), err)
            self.assertRegex(err, r"\A[\w -]+: [^\n]+\n\Z")
            self.assertIn(told, err)

    def assert_narrow(self, text):
        self.assertEqual([], [line for line in text.splitlines() if len(line) > COLUMNS])

    def test_every_help_fits_80_columns_and_has_a_short_name(self):
        for command in self.each(COMMANDS):
            status, out, err = self.run_program(*command, "--help")
            self.assertEqual((0, ""), (status, err))
            self.assertIn("Usage: ", out)
            self.assert_narrow(out)
            self.assertIn("  -h, --help ", out)
            self.assertEqual((0, out, ""), self.run_program(*command, "-h"))

    def test_what_scripts_say_of_themselves_fits_too(self):
        for script in SCRIPTS:
            with self.subTest(script=script):
                command = [sys.executable, ROOT / script] if script.endswith(".py") else [ROOT / script]
                told = [subprocess.run([*command, option], stdout=subprocess.PIPE, text=True, check=True, timeout=programs.PATIENCE).stdout
                        for option in ("-h", "--help")]
                self.assertEqual(told[0], told[1])
                self.assert_narrow(told[0])

    def test_a_paragraph_goes_on_below_itself(self):
        _, out, _ = self.run_program("hawser-server", "--help")
        lines = out.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("  --log-ration N "))
        self.assertRegex(lines[at + 1], r"^ {30}\S")

    def test_what_is_mistyped_is_told_with_what_was_meant(self):
        for typed, meant, command in (("--lisen", "listen", ("hawser-server", "--lisen", ":1")), ("--lsiten", "listen", ("hawser-server", "--lsiten=:1")),
                                      ("--thread", "threads", ("hawser-server", "--thread", "2")), ("--conn", "connect", ("hawser-swarm", "--conn", ":1")),
                                      ("--max_frame", "max-frame", ("hawser-swarm", "--max_frame", "1KiB")), ("--helf", "help", ("hawser-lab", "--helf")),
                                      ("--jsn", "json", ("hawser-swarm", "merge", "--jsn", "x")), ("--fromat", "format", ("hawser-frame", "decode", "--fromat", "lines")),
                                      ("--aruond", "around", ("hawser-describe", "page", "--aruond", "x")), ("--cuont", "count", ("echo-load", "--cuont", "3")),
                                      ("-listen", "listen", ("hawser-server", "-listen", ":1")), ("-rate", "rate", ("hawser-swarm", "-rate=5")),
                                      ("-help", "help", ("hawser-server", "-help"))):
            if is_built(command[0]):
                self.assert_refused(f": unknown option '{typed}': did you mean --{meant}? (try --help)", *command)

    def test_what_is_like_nothing_is_only_unknown(self):
        for typed in ("--frobnicate", "-x", "--config"):
            self.assert_refused(f": unknown option '{typed}' (try --help)", "hawser-server", typed)
        self.assert_refused(": 'extra' is no option (try --help)", "hawser-server", "extra")

    def test_who_forgets_the_unit_of_a_duration_is_told_all_of_them(self):
        for name, option in DURATIONS:
            if not is_built(name):
                continue
            self.assert_refused(f": {option}: '5' is no duration: a number and us, ms, s, m or h, as in 1.5s", name, option, "5")
            self.assertIn("us, ms, s, m or h", self.run_program(name, "--help")[1])
        self.assert_refused("--expect: '5' is no duration: a number and us, ms, s, m or h", "hawser-swarm", "--connect", ":1", "--expect", "p99<5")
        self.assert_refused("--rate: '5' is no duration: a number and us, ms, s, m or h", "hawser-swarm", "--connect", ":1", "--rate", "1:5")

    def test_sizes_say_their_units_too(self):
        self.assert_refused(": --max-frame: '1MB' is no size: a number of bytes, or of KiB, MiB or GiB, as in 64KiB", "hawser-server", "--max-frame", "1MB")
        self.assertIn("KiB, MiB or GiB", self.run_program("hawser-server", "--help")[1])


class Room(programs.Case):
    """A limit on frames under which nothing of the protocol fits is no limit."""

    def assert_refused(self, told, *command):
        with self.subTest(command=command):
            status, out, err = self.run_to_end(*command)
            self.assertEqual((2, ""), (status, out), err)
            self.assertRegex(err, r"\Ahawser-\w+: [^\n]+\n\Z")
            self.assertIn(told, err)

    def test_a_server_is_told_the_least_that_its_packets_need(self):
        for spec, limit, least in (("prefix-self", 10, 17), ("prefix-self", 16, 17), ("prefix-body:width=1", 13, 14), ("varint", 8, 14), ("base64-lines", 12, 21),
                                   ("marked-crc", 12, 21), ("netstring", 12, 17), ("http-chunk", 12, 18), ("cobs", 12, 15), ("slip", 12, 14)):
            for options in (("--format", spec, "--max-frame", str(limit)), ("--format", f"{spec}{',' if ':' in spec else ':'}max={limit}")):
                self.assert_refused(f"no frame under --max-frame {limit} holds a go_away: it has to be {least} at least", programs.SERVER,
                                    "--listen", "127.0.0.1:0", *options)

    def test_with_the_least_it_serves(self):
        server = self.start_server("--max-frame", "17")
        self.assert_answers(self.connect(server), wire.submit(wire.serial(1), b"abcd"), wire.submit_ack(wire.serial(1)))
        self.assert_stops_well(server)

    def test_a_swarm_is_told_the_least_that_its_requests_and_their_answers_need(self):
        for options, told in ((("--max-frame", "10"), "a payload of 23 bytes and the 9 before it: it has to be 36 at least"),
                              (("--max-frame", "12", "--payload-size", "0"), "a payload of 0 bytes and the 9 before it: it has to be 13 at least"),
                              (("--max-frame", "13", "--payload-size", "0"), "a submit_ack: it has to be 14 at least"),
                              (("--max-frame", "14", "--payload-size", "0", "--hello"), "the conn of --hello: it has to be 21 at least"),
                              (("--max-frame", "1000", "--payload-size", "2KiB"), "it has to be 2061 at least"),
                              (("--max-frame", "10", "--message", "{random:20}"), "a message of 20 bytes: it has to be 24 at least")):
            self.assert_refused(told, programs.SWARM, "--connect", ":1", *options)


if __name__ == "__main__":
    programs.main()
