"""Programs whose standard streams are closed, full, or lead to nobody."""
import os
import re
import resource
import signal
import struct

import programs
import wire

TALK = programs.path_of("hawser-talk")
DESCRIBE = programs.path_of("hawser-describe")
STARTERS = ("echo-server", "upper-server", "echo-qps-server", "unix-echo-server", "udp-echo-server", "broadcast-server")
# Each is a server and its client in one process.
EXAMPLES = ("awaiting_handler", "concurrent_handler", "session_state", "push", "go_way", "asio_way", "in_memory", "reconnecting_client", "stopping",
            "text_answer")
CLOSED = [[], [0], [1], [2], [0, 1], [0, 1, 2]]


def without(numbers):
    def close():
        for number in numbers:
            os.close(number)

    return close


def leads_to_a_socket(program, numbers):
    return [number for number in numbers if os.readlink(f"/proc/{program.process.pid}/fd/{number}").startswith("socket:")]


class StandardStreams(programs.Case):
    def test_a_server_without_them_talks_to_peers_of_its_protocol_only(self):
        for closed in CLOSED:
            with self.subTest(closed=closed):
                server = self.start_server(preexec_fn=without(closed))
                self.assertEqual([], leads_to_a_socket(server, range(3)))
                bad = self.connect(server)
                bad.send(struct.pack(">I", 1))   # a line in the log
                self.assertEqual(b"", bad.rest())
                self.assert_serves(self.connect(server))
                self.assert_stops_well(server)

    def test_a_talk_without_them_ends(self):
        server = self.start_server()
        for closed in CLOSED:
            with self.subTest(closed=closed):
                talk = self.start(TALK, "--connect", server.address, "--format", "prefix-self", preexec_fn=without(closed))
                self.assertEqual(0, talk.status(), talk.err)

    def test_a_server_whose_log_nobody_reads_any_more_goes_on(self):
        reader, writer = os.pipe()
        with open(writer, "wb", buffering=0) as err:
            server = self.start_server(stderr=err)
        os.close(reader)
        good = self.connect(server)
        bad = self.connect(server)
        bad.send(struct.pack(">I", 1))
        self.assertEqual(b"", bad.rest())
        self.assert_serves(good)
        good.close()
        self.assertEqual(0, server.stop())

    def test_a_talk_whose_replies_nobody_reads_any_more_ends(self):
        server = self.start_server()
        reader, writer = os.pipe()
        os.close(reader)
        ask, asked = os.pipe()
        with open(ask, "rb", buffering=0) as questions, open(writer, "wb", buffering=0) as out, open(asked, "wb", buffering=0) as asks:
            talk = self.start(TALK, "--connect", server.address, "--format", "prefix-self", stdin=questions, stdout=out)
            asks.write(b":hex " + wire.submit(wire.serial(1))[4:].hex(" ").encode() + b"\n")
            self.assertEqual(1, talk.status(), talk.err)   # though the input has not ended

    def test_who_writes_to_nobody_ends(self):
        bodies = self.folder / "bodies"
        bodies.write_bytes(b"6869\n" * 100_000)
        reader, writer = os.pipe()
        os.close(reader)
        with open(bodies, "rb") as given, open(writer, "wb", buffering=0) as out:
            frames = self.start(programs.path_of("hawser-frame"), "encode", "--format", "varint", stdin=given, stdout=out)
        self.assertGreaterEqual(frames.status(), 0)   # by itself
        self.assertEqual("", frames.err)


    def test_nobody_misses_what_is_behind_the_lines_that_were_wanted(self):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb", buffering=0) as out:   # as in: hawser-describe dissector | head -1
            for arguments in (("dissector",), ("page",), ("--help",)):
                describe = self.start(DESCRIBE, *arguments, stdout=out)
                self.assertEqual((1, ""), (describe.status(), describe.err))

    def test_a_file_that_would_get_too_long_is_told(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))   # and SIGXFSZ would end it

        describe = self.start(DESCRIBE, "dissector", preexec_fn=limit)
        self.assertEqual(1, describe.status())
        self.assertEqual("hawser-describe: cannot write to standard output: File too large\n", describe.err)


class WhatIsPrinted(programs.Case):
    """Every program that prints, with and without somewhere to print to."""

    def start_named(self, name, *options, listen="127.0.0.1:0", **streams):
        port_path = self.folder / f"port of {name}"
        server = self.start(programs.path_of(name), "--listen", listen, "--port-file", port_path, *options, **streams)
        programs.until(lambda: port_path.exists() or server.process.poll() is not None, f"the port file of {name}")
        self.assertIsNone(server.process.poll(), server.err)
        server.address = f"127.0.0.1:{port_path.read_text().strip()}"
        return server

    def commands(self):
        """Command lines that end by themselves."""
        server, echo = self.start_server(), self.start_named("echo-server")
        telemetry, thermometer = self.start_named("telemetry-server"), self.start_named("thermometer_server")
        swarm, other = (self.run_swarm(server.address, "--interval", "0", "--quiet") for _ in range(2))
        yield programs.SERVER, "--help"
        yield programs.SERVER, "--version"
        yield programs.SWARM, "--help"
        yield programs.SWARM, "--connect", server.address, "--interval", "0"
        yield programs.SWARM, "--connect", server.address, "--interval", "0", "--quiet"
        for word in ("merge", "compare"):
            yield programs.SWARM, word, "--help"
            yield programs.SWARM, word, swarm.json_path, other.json_path
        yield TALK, "--help"
        yield TALK, "--connect", server.address, "--format", "prefix-self"
        yield DESCRIBE, "dissector"
        yield DESCRIBE, "page"
        yield programs.path_of("hawser-frame"), "--help"
        yield programs.path_of("hawser-lab"), "--list"
        yield programs.path_of("hawser-lab"), "no-data"
        yield programs.path_of("echo-load"), "--connect", echo.address, "--count", "10"
        yield programs.path_of("telemetry-client"), "--connect", telemetry.address, "--duration", "100ms", "--senders", "3"
        for name in STARTERS:
            yield programs.path_of(name), "--help"
        for name in EXAMPLES:
            yield (programs.path_of(name),)
        for name in ("thermometer_client", "thermometer_swarm"):
            yield programs.path_of(name), "--connect", thermometer.address
        yield programs.path_of("thermometer_describe"), "page"

    def test_if_it_cannot_be_written_the_status_and_one_line_say_so(self):
        for command in self.commands():
            with self.subTest(command=command):
                status, out, err = self.run_to_end(*command)
                self.assertEqual((0, ""), (status, err))
                closed = self.start(*command, preexec_fn=without([0, 1, 2]))
                self.assertEqual(1 if out else 0, closed.status())
                with open(os.devnull, "rb") as for_reading:
                    full = self.start(*command, stdout=for_reading)
                self.assertEqual(1 if out else 0, full.status(), full.err)
                told = r"\A[\w -]+: cannot write to standard output(: Bad file descriptor)?\n\Z"
                self.assertRegex(full.err, told if out else r"\A\Z")

    def test_a_frame_that_cannot_be_written_is_told_too(self):
        bodies = self.folder / "bodies"
        bodies.write_bytes(b"6869\n")
        with open(bodies, "rb") as given, open(os.devnull, "rb") as for_reading:
            frames = self.start(programs.path_of("hawser-frame"), "encode", "--format", "varint", stdin=given, stdout=for_reading)
        self.assertEqual(1, frames.status())
        self.assertEqual("hawser-frame: cannot write to standard output: Bad file descriptor\n", frames.err)

    def test_an_attack_whose_table_cannot_be_written_has_not_passed(self):
        server = self.start_server("--max-frame", "64KiB")
        with open(os.devnull, "rb") as for_reading:
            swarm = self.start_swarm(server.address, "--attack", "zero-length", "--attackers", "2", "--clients", "3", "--rate", "200",
                                     "--p99-within", "5s", "--quiet", "--max-frame", "64KiB", stdout=for_reading)
        self.assertEqual(1, swarm.status(4 * programs.PATIENCE), swarm.err)
        self.assertEqual("hawser-swarm: cannot write to standard output: Bad file descriptor\n", swarm.err)
        self.assertEqual(["pass"], [row["verdict"] for row in swarm.report])

    def test_servers_serve_all_the_same(self):
        for name in (*STARTERS, "telemetry-server", "thermometer_server"):
            with self.subTest(name=name):
                listen = {"unix-echo-server": f"unix:{self.folder}/socket", "udp-echo-server": "udp:127.0.0.1:0"}.get(name, "127.0.0.1:0")
                server = self.start_named(name, listen=listen, preexec_fn=without([0, 1, 2]))
                self.assertEqual([], leads_to_a_socket(server, range(3)))
                if name == "thermometer_server":
                    self.run_to_end(programs.path_of("thermometer_client"), "--connect", server.address)
                server.signal(signal.SIGTERM)
                self.assertIn(server.status(), {1} if name == "telemetry-server" else {0, 1} if name == "echo-qps-server" else {0})

    def test_the_server_of_the_readme_serves_without_them(self):
        path = self.folder / "readme"
        server = self.start(programs.path_of("readme_server"), f"unix:{path}", preexec_fn=without([0, 1, 2]))
        programs.until(path.exists, "its socket")
        self.assertEqual([], leads_to_a_socket(server, range(3)))
        server.signal(signal.SIGTERM)
        self.assertEqual(0, server.status())

    def test_what_leads_to_a_standard_stream_is_added_to_it(self):
        server = self.start_server()
        log = self.folder / "log"
        for stream in ("stdout", "stderr"):
            log.write_text("old\n")
            with open(log, "ab") as kept:
                swarm = self.start(programs.SWARM, "--connect", server.address, "--clients", "2", "--count", "3", "--interval", "0",
                                   "--quiet", "--json", f"/dev/{stream}", **{stream: kept})
                self.assertEqual(0, swarm.status(), swarm.err)
            text = log.read_text()
            self.assertRegex(text, r"(?s)\Aold\n(sent .*\nok: [^\n]*\n)?\{.*\}\s*\Z")
            self.assertEqual(stream == "stdout", "\nok: " in text)

    def test_a_port_file_that_is_the_log_is_a_line_in_it(self):
        log = self.folder / "log"
        log.write_text("old\n")
        with open(log, "ab") as kept:
            server = self.start(programs.SERVER, "--listen", "127.0.0.1:0", "--port-file", "/dev/stderr", stderr=kept)
        port = programs.until(lambda: re.search(r"^(\d+)$", log.read_text(), re.M), "the port")[1]
        self.assert_serves(self.connect(server, port=int(port)))
        server.signal(signal.SIGTERM)
        self.assertEqual(0, server.status())
        self.assertRegex(log.read_text(), r"(?s)\Aold\n.*start ok.*server stopped")

    def servers(self):
        """Those that write a port file."""
        yield programs.SERVER, "--listen", "127.0.0.1:0"
        yield programs.path_of("echo-server"), "--listen", "127.0.0.1:0", "--format", "raw"
        for name in (*STARTERS, "telemetry-server", "thermometer_server"):
            listen = {"unix-echo-server": f"unix:{self.folder}/socket", "udp-echo-server": "udp:127.0.0.1:0"}.get(name, "127.0.0.1:0")
            yield programs.path_of(name), "--listen", listen

    def test_a_port_file_that_cannot_be_written_is_refused_before_the_start(self):
        path = self.folder / "none" / "port"
        for command in self.servers():
            with self.subTest(command=command):
                status, out, err = self.run_to_end(*command, "--port-file", path)
                self.assertEqual((2, ""), (status, out), err)
                self.assertRegex(err, rf"\A[\w-]+: --port-file: {path} cannot be written: there is no folder [^\n]*\(try --help\)\n\Z")

    def test_where_a_port_file_cannot_be_written_after_all_nothing_has_started(self):
        for command in self.servers():
            if command[-1].startswith("unix:"):   # no port, so nothing is written
                continue
            with self.subTest(command=command):
                status, _, err = self.run_to_end(*command, "--port-file", "/dev/full")
                self.assertEqual(1, status, err)
                said = [line for line in err.splitlines() if " memory: " not in line]   # the log's plan
                self.assertEqual(1, len(said), err)
                self.assertRegex(said[0], r"\A[\w-]+: cannot write the port file /dev/full: No space left on device\Z")

    def test_a_rate_that_nobody_can_read_ends_no_server(self):
        with open(os.devnull, "rb") as for_reading:
            server = self.start_named("echo-qps-server", stdout=for_reading)
        peer = self.connect(server, port=int(server.address.rpartition(":")[2]))
        self.assert_answers(peer, b"still here\n", b"still here\n")
        peer.close()
        server.signal(signal.SIGTERM)
        self.assertIn(server.status(), (0, 1))   # 1 if it was there for a second


if __name__ == "__main__":
    programs.main()
