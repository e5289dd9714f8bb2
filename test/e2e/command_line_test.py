"""Options that are refused, and those that end a program at once."""
import socket

import programs

SIZES = ("", "-1", "+1", "1.5MiB", "1MB", "1K", "KiB", "1 KiB", " 1", "1KiB ", "0x10", "1TiB", "ten",
         "18446744073709551616", "99999999999999999999", "18446744073709551615GiB", "17179869184GiB")
DURATIONS = ("", "5", "-1s", "+1s", "1d", "1hour", "s", "ms", ".s", "1..5s", "1 s", " 1s", "1S", "1e3s", "inf", "nans", "0x1s",
             "99999999999999999999s", "99999999999999999999m", "99999999999999999999h", "ten", "0.0001us", "0.0000000001s", "0.00000000000001h")
COUNTS = ("", "-1", "+1", "1.0", "0x1", "1k", " 1", "18446744073709551616", "99999999999999999999", "4294967297", "ten")
ADDRESSES = ("", ":", "8888", "localhost", "localhost:", "localhost:http", "localhost:65536", "localhost:-1", "::1:80",
             "[::1]", "[::1]:", "[localhost]:80", "local host:80", "unix:", "unix:" + "x" * 108)

SIZE_OPTIONS = ("--max-frame", "--outbound-cap", "--memory-budget", "--write-progress")
DURATION_OPTIONS = ("--first-packet-timeout", "--frame-timeout", "--idle-timeout", "--write-stall-timeout", "--request-timeout",
                    "--max-lifetime", "--ping-interval", "--push-timeout", "--drain-timeout")


class Case(programs.Case):
    def assert_one_line(self, text, name, told=""):
        self.assertRegex(text, rf"\A{name}: [^\n]+\n\Z")
        self.assertIn(told, text)

    def assert_refused(self, program, *options, told=""):
        name = "hawser-server" if program == programs.SERVER else "hawser-swarm"
        with self.subTest(options=options):
            status, out, err = self.run_to_end(program, *options)
            self.assertEqual((2, ""), (status, out), err)
            self.assert_one_line(err, name, told)


class BothPrograms(Case):
    def test_help_is_printed_and_the_status_is_0(self):
        for program in (programs.SERVER, programs.SWARM):
            with self.subTest(program=program):
                status, out, err = self.run_to_end(program, "--help")
                self.assertEqual((0, ""), (status, err))
                self.assertRegex(out, r"\AUsage: hawser-")
                self.assertIn("--version", out)
                self.assertIn("Exit status", out)

    def test_the_version_is_printed_and_the_status_is_0(self):
        for program, name in ((programs.SERVER, "hawser-server"), (programs.SWARM, "hawser-swarm")):
            with self.subTest(program=program):
                status, out, err = self.run_to_end(program, "--version")
                self.assertEqual((0, ""), (status, err))
                self.assertRegex(out, rf"\A{name} \d+\.\d+\.\d+\n\Z")

    def test_the_help_names_every_option_of_the_design(self):
        _, server, _ = self.run_to_end(programs.SERVER, "--help")
        for option in ("--listen", "--port-file", "--threads", "--log-level", *SIZE_OPTIONS, *DURATION_OPTIONS):
            self.assertIn(f"  {option} ", server)
        self.assertIn("default :8888", server)
        _, swarm, _ = self.run_to_end(programs.SWARM, "--help")
        for option in ("--connect", "--clients", "--count", "--interval", "--window", "--rate", "--duration",
                       "--payload-size", "--timeout", "--seed", "--quiet", "--json", "--html", "--hello", "--ping-interval"):
            self.assertIn(f"  {option} ", swarm)

    def test_unknown_options_are_refused(self):
        for program in (programs.SERVER, programs.SWARM):
            for options in (["--unknown"], ["--unknown=1"], ["-x"], ["extra"], ["--", "extra"], ["--config", "x"],
                            ["--config=x"], ["--help=yes"], ["--un\nknown"]):
                self.assert_refused(program, *options)
        self.assert_refused(programs.SERVER, "--config", "x", told="--config")

    def test_an_abbreviated_option_is_refused(self):
        self.assert_refused(programs.SERVER, "--thread", "2")
        self.assert_refused(programs.SWARM, "--conn", ":1")

    def test_a_value_that_is_missing_is_refused(self):
        for option in ("--listen", "--port-file", "--threads", "--log-level", "--max-frame", "--idle-timeout"):
            self.assert_refused(programs.SERVER, option, told=option)
        for option in ("--connect", "--count", "--json", "--rate"):
            self.assert_refused(programs.SWARM, option, told=option)

    def test_an_option_given_twice_is_refused(self):
        self.assert_refused(programs.SERVER, "--threads", "1", "--threads", "2", told="--threads")
        self.assert_refused(programs.SERVER, "--port-file", "a", "--port-file", "b", told="--port-file")
        self.assert_refused(programs.SERVER, "--idle-timeout", "1s", "--idle-timeout=1s", told="--idle-timeout")
        self.assert_refused(programs.SWARM, "--connect", ":1", "--connect", ":1", told="--connect")
        self.assert_refused(programs.SWARM, "--connect", ":1", "--count", "1", "--count", "1", told="--count")

    def test_a_value_is_shown_on_one_line_whatever_is_in_it(self):
        self.assert_refused(programs.SERVER, "--threads", "1\n2")
        self.assert_refused(programs.SERVER, "--threads", "\x1b[2J\r")


class ServerOptions(Case):
    def test_malformed_sizes_are_refused(self):
        for option in SIZE_OPTIONS:
            for value in SIZES:
                self.assert_refused(programs.SERVER, option, value, told=option)

    def test_malformed_durations_are_refused(self):
        for option in DURATION_OPTIONS:
            for value in DURATIONS:
                self.assert_refused(programs.SERVER, option, value, told=option)

    def test_malformed_counts_are_refused(self):
        for value in (*COUNTS, "0", "1025"):
            self.assert_refused(programs.SERVER, "--threads", value, told="--threads")

    def test_malformed_addresses_are_refused(self):
        for value in ADDRESSES:
            self.assert_refused(programs.SERVER, "--listen", value, told="--listen")

    def test_other_malformed_values_are_refused(self):
        for value in ("", "loud", "INFO", "info ", "3"):
            self.assert_refused(programs.SERVER, "--log-level", value, told="--log-level")
        self.assert_refused(programs.SERVER, "--port-file", "", told="--port-file")

    def test_a_frame_limit_that_makes_no_sense_is_refused_with_the_arithmetic(self):
        for value, told in (("0", "max=0"), ("3", "the shortest frame (4)"), ("4GiB", "4294967295")):
            for program, where in ((programs.SERVER, "--listen"), (programs.SWARM, "--connect")):
                self.assert_refused(program, where, "127.0.0.1:1", "--max-frame", value, told=told)

    def test_legal_values_are_taken(self):
        server = self.start_server(
            "--threads", "1", "--max-frame", "64KiB", "--outbound-cap=1GiB", "--first-packet-timeout", "0",
            "--frame-timeout", "2m", "--idle-timeout", "1.5s", "--max-lifetime", "0.5h", "--write-stall-timeout", "1500ms", "--drain-timeout", "0s",
            "--write-progress", "2KiB", "--push-timeout", "100ms")
        self.assert_stops_well(server)


class SwarmOptions(Case):
    def test_an_address_is_needed(self):
        self.assert_refused(programs.SWARM, told="--connect")
        for value in ADDRESSES:
            self.assert_refused(programs.SWARM, "--connect", value, told="--connect")

    def test_malformed_values_are_refused(self):
        bad = {
            "--clients": (*COUNTS, "0"),
            "--window": (*COUNTS, "0"),
            "--count": [value for value in COUNTS if value != "4294967297"],
            "--seed": [value for value in COUNTS if value != "4294967297"],
            "--interval": DURATIONS,
            "--duration": DURATIONS,
            "--ping-interval": DURATIONS,
            "--timeout": (*DURATIONS, "0", "0s"),
            "--payload-size": SIZES,
            "--rate": ("", "0", "-1", "+1", "1e3", "inf", "nan", "1..5", ".", "fast", "1/s"),
            "--json": ("",),
            "--html": ("",),
        }
        for option, values in bad.items():
            for value in values:
                self.assert_refused(programs.SWARM, "--connect", ":1", option, value, told=option)

    def test_a_payload_that_fits_no_frame_is_refused(self):
        for value in ("1MiB", "1048564", "4GiB", "18446744073709551615", "18446744073709551603"):
            self.assert_refused(programs.SWARM, "--connect", ":1", "--payload-size", value, told="--max-frame")


class WhatCannotBe(Case):
    """Nothing is wrong with the options, but with the world."""

    def assert_fails(self, *listen, told):
        with self.subTest(listen=listen):
            arguments = [argument for address in listen for argument in ("--listen", address)]
            port_file = self.folder / "never"
            status, out, err = self.run_to_end(programs.SERVER, *arguments, "--port-file", port_file)
            self.assertEqual((1, ""), (status, out), err)
            self.assert_one_line(err, "hawser-server", told)
            self.assertFalse(port_file.exists())

    def test_a_port_in_use_is_one_line_that_names_the_address(self):
        server = self.start_server()
        self.assert_fails(server.address, told=server.address)
        self.assert_fails("127.0.0.1:0", server.address, told=server.address)
        self.assert_fails(f":{server.port}", told=f"*:{server.port}")
        self.assert_serves(self.connect(server))

    def test_a_name_that_does_not_resolve_is_one_line(self):
        label_too_long = "x" * 64 + ".invalid:1"   # fails without asking anybody
        self.assert_fails(label_too_long, told=label_too_long)

    def test_an_address_of_another_machine_is_one_line(self):
        self.assert_fails("192.0.2.1:0", told="192.0.2.1:0")

    def test_a_unix_path_without_its_folder_is_one_line(self):
        self.assert_fails(f"unix:{self.folder}/none/socket", told=f"{self.folder}/none/socket")

    def test_a_port_file_that_cannot_be_written_is_one_line_and_nothing_is_started(self):
        status, out, err = self.run_to_end(programs.SERVER, "--listen", "127.0.0.1:0", "--log-level", "fatal",
                                           "--port-file", self.folder / "none" / "port")
        self.assertEqual((2, ""), (status, out), err)
        self.assert_one_line(err, "hawser-server", str(self.folder / "none" / "port"))

    def assert_not_started_beside(self, server, address, told):
        status, out, err = self.run_to_end(programs.SERVER, "--listen", address, "--log-level", "fatal",
                                           "--port-file", server.port_path)
        self.assertEqual((1, ""), (status, out), err)
        self.assert_one_line(err, "hawser-server", told)
        self.assertEqual(f"{server.port}\n", server.port_path.read_text())

    def test_a_second_server_leaves_the_port_file_to_the_one_that_runs(self):
        server = self.start_server()
        self.assert_not_started_beside(server, server.address, told=server.address)
        self.assert_not_started_beside(server, "127.0.0.1:0", told=str(server.port_path))
        self.assert_stops_well(server)
        self.assertFalse(server.port_path.exists())

    def test_the_port_file_of_a_server_that_was_killed_is_in_nobodys_way(self):
        server = self.start_server()
        server.end()
        self.assertTrue(server.port_path.exists())
        status, _, err = self.run_to_end(programs.SERVER, "--listen", "192.0.2.1:0", "--port-file", server.port_path)
        self.assertEqual(1, status, err)
        self.assertFalse(server.port_path.exists())

    def test_a_swarm_that_cannot_connect_says_so_once(self):
        with socket.socket() as taken:   # bound, but it does not listen
            taken.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            swarm = self.run_swarm(address, "--clients", "3", "--quiet")
        self.assertEqual(1, swarm.process.returncode)
        self.assert_one_line(swarm.err, "hawser-swarm", address)
        self.assert_counts(swarm, errors=3, unsent=30)


if __name__ == "__main__":
    programs.main()
