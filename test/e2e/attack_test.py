"""hawser-swarm --attack: what it plays, and what its table says of servers that are good, and bad in one way each."""
import os
import pathlib
import signal
import threading
import time
import unittest

import fake_server
import programs
import wire

TO_BE_CLOSED = ("oversize", "zero-length", "huge-length", "wrong-first-packet", "dribble", "slow-read", "never-read", "half-open",
                "connect-and-hold", "garbage")
TO_BE_ANSWERED = ("tiny-frames", "split")
ALL = ("oversize", "zero-length", "huge-length", "wrong-first-packet", "dribble", "slow-read", "never-read", "half-open",
       "connect-and-hold", "reset-storm", "tiny-frames", "garbage", "split")
SECOND = f"{1 * programs.SLOW:g}s"
HALF = f"{0.5 * programs.SLOW:g}s"
SHORT_LIMITS = ("--first-packet-timeout", SECOND, "--frame-timeout", SECOND, "--idle-timeout", f"{4 * programs.SLOW:g}s",
                "--write-stall-timeout", SECOND, "--log-level", "warning")
ATTACKERS = 8
# A busy machine is not what is tested, except where it is said.
PATIENT = ("--closed-within", f"{8 * programs.SLOW:g}s", "--p99-within", f"{3 * programs.SLOW:g}s")
SMALL = ("--attackers", ATTACKERS, "--attack-time", "1s", "--clients", "3")
# The command of what wrong-first-packet sends.
WRONG = 0xff
# An attack is played on one thread. A server that is attacked has more, so those of good servers are looked at under every sanitizer.
one_thread = unittest.skipIf(programs.SANITIZER == "thread", "what has one thread has nothing to say to the thread sanitizer")


class Case(programs.Case):
    def start_attack(self, address, names, *options, rate=200):
        return self.start_swarm(address, "--attack", names, *SMALL, "--rate", rate, *options)

    def attack(self, address, names, *options, rate=200, seconds=4 * programs.PATIENCE):
        swarm = self.start_attack(address, names, *options, rate=rate)
        swarm.status(seconds)
        return swarm

    def rows(self, swarm):
        return {row["attack"]: row for row in swarm.report}

    def assert_failed(self, swarm, name, reason):
        """With this reason, in both tables."""
        self.assertEqual(1, swarm.process.returncode, swarm.out + swarm.err)
        row = self.rows(swarm)[name]
        self.assertEqual("FAIL", row["verdict"], swarm.out)
        self.assertRegex("\n".join(row["why"]), reason)
        self.assertRegex(swarm.out, rf"(?m)^{name}: FAIL: .*{reason}")
        return row


class GoodServer(Case):
    def test_every_attack_passes_on_a_server_whose_limits_are_short(self):
        halves = ALL[:6], ALL[6:]   # at the same time
        servers = [self.start_server("--threads", "2", *SHORT_LIMITS) for _ in halves]
        # What a sanitizer notes about memory takes memory, and is not the server's.
        watched = [[] if programs.SANITIZER else ["--pid", server.process.pid] for server in servers]
        swarms = [self.start_attack(server.address, ",".join(names), *PATIENT, *pid)
                  for server, names, pid in zip(servers, halves, watched)]
        for server, swarm, names in zip(servers, swarms, halves):
            self.assertEqual(0, swarm.status(8 * programs.PATIENCE), swarm.out + swarm.err)
            self.assertEqual(list(names), [row["attack"] for row in swarm.report])
            for row in swarm.report:
                self.assert_row_is_whole(row)
            self.assertTrue(swarm.out.endswith(f"{len(names)} pass\n"), swarm.out)
            self.assertLessEqual(max(map(len, swarm.out.splitlines())), 80, swarm.out)
            self.assert_stops_well(server)

    def assert_row_is_whole(self, row):
        name, attackers, good = row["attack"], row["attackers"], row["good"]
        self.assertEqual(("pass", [], True), (row["verdict"], row["why"], row["serves"]), row)
        self.assertEqual(ATTACKERS, attackers["connected"], row)
        if name in TO_BE_CLOSED:
            self.assertEqual(ATTACKERS, attackers["closed"], row)
            self.assertGreater(attackers["last_closed_seconds"], 0)
        if name in ("dribble", "half-open", "connect-and-hold"):   # by a time-out
            self.assertGreater(attackers["last_closed_seconds"], 0.9 * programs.SLOW, row)
        if name in TO_BE_ANSWERED:
            self.assertGreater(attackers["requests"], 20 * ATTACKERS)
            self.assertEqual(attackers["requests"], attackers["answered"], row)
        if name == "reset-storm":
            self.assertGreater(attackers["connections"], 3 * ATTACKERS)
        self.assertGreater(good["sent"], 150)
        self.assertEqual(good["sent"], good["acked"])
        self.assertGreater(good["newcomers"], 0)
        self.assertEqual(good["newcomers"], good["newcomers_served"])
        if not programs.SANITIZER:
            self.assertGreaterEqual(row["memory"]["peak"], row["memory"]["after"])

    def test_it_plays_with_messages_that_hawser_knows_nothing_of(self):
        def echo(connection, _):
            while frame := connection.receive_frame():
                connection.send(frame)

        with fake_server.FakeServer(echo) as server:
            swarm = self.attack(server.address, "tiny-frames,split", *PATIENT, "--message", "{counter:4} {random:10}", "--echo")
            server.close()
        self.assertEqual(0, swarm.process.returncode, swarm.out + swarm.err)
        tiny, split = swarm.report
        self.assertGreater(tiny["attackers"]["answered"], 100)
        self.assertEqual(8 * 17, split["attackers"]["answered"])   # a request of 18 bytes has 17 places to be parted at

    def test_what_has_no_length_field_is_not_applicable_and_no_failure(self):
        server = self.start_server(*SHORT_LIMITS, "--format", "varint")
        swarm = self.attack(server.address, "zero-length,huge-length,oversize", *PATIENT, "--format", "varint", "--quiet")
        self.assertEqual((0, ""), (swarm.process.returncode, swarm.err), swarm.out)
        rows = self.rows(swarm)
        self.assertEqual(["n.a.", "n.a.", "pass"], [rows[name]["verdict"] for name in ("zero-length", "huge-length", "oversize")])
        self.assertIn("huge-length: n.a.: the format has no length field", swarm.out)
        self.assertTrue(swarm.out.endswith("1 pass, 2 n.a.\n"), swarm.out)

    def test_frames_that_hold_their_own_length_can_be_too_long_as_well(self):
        for spec, message, number in (("header-middle:max=1KiB", "01 000a 7f {counter:4} {random:6}", "4:4"),
                                      ("modbus", "0001 0000 000a {counter:4} {random:6}", "6:4"),
                                      ("mqtt:max=1KiB", "30 0a {counter:4} {random:6}", "2:4")):
            with self.subTest(spec=spec):
                port = self.folder / f"port-{spec.split(':')[0]}"
                server = self.start(programs.path_of("echo-server"), "--listen", "127.0.0.1:0", "--port-file", port, "--format", spec)
                programs.until(lambda: port.exists() or server.process.poll() is not None, "the port file")
                swarm = self.attack(f"127.0.0.1:{port.read_text().strip()}", "oversize", *PATIENT, "--format", spec, "--message", message,
                                    "--match", number, "--echo")
                self.assertEqual(0, swarm.process.returncode, swarm.out + swarm.err)
                self.assertEqual(("pass", ATTACKERS), (swarm.report[0]["verdict"], swarm.report[0]["attackers"]["closed"]))

    def test_a_format_that_has_no_longer_frame_is_not_applicable(self):
        server = self.start_server(*SHORT_LIMITS, "--format", "prefix-body:width=1")
        swarm = self.attack(server.address, "oversize", *PATIENT, "--format", "prefix-body:width=1", "--quiet")
        self.assertIn("oversize: n.a.: the format has no frame that is longer than 256 bytes\n", swarm.out)

    def test_ctrl_c_ends_it_and_the_table_so_far_is_printed(self):
        server = self.start_server("--log-level", "warning")
        swarm = self.start_attack(server.address, "zero-length,connect-and-hold,split")
        programs.until(lambda: "connect-and-hold:" in swarm.err, "the second attack")
        time.sleep(0.5)
        begun = time.monotonic()
        swarm.signal(signal.SIGINT)
        self.assertEqual(1, swarm.status())
        self.assertLess(time.monotonic() - begun, 4 * programs.SLOW)
        verdicts = {name: row["verdict"] for name, row in self.rows(swarm).items()}
        self.assertEqual("interrupted", verdicts["connect-and-hold"], swarm.out)
        self.assertEqual("not run", verdicts["split"], swarm.out)
        self.assertRegex(swarm.out, r"(?m)^zero-length +8/8 closed")
        self.assert_stops_well(server)

    def test_a_second_ctrl_c_ends_it_at_once(self):
        attacked = threading.Event()

        def serve(connection, _):   # nobody is answered any more, and the first Ctrl-C waits for answers
            while frame := connection.receive_frame():
                if frame[4] == WRONG:
                    attacked.set()
                if not attacked.is_set():
                    fake_server.answer(connection, frame)

        with fake_server.FakeServer(serve) as server:
            swarm = self.start_attack(server.address, "wrong-first-packet", "--timeout", "60s", "--closed-within", "60s")
            self.assertTrue(attacked.wait(programs.PATIENCE))
            time.sleep(0.3)
            swarm.signal(signal.SIGINT)
            time.sleep(1)
            self.assertIsNone(swarm.process.poll(), swarm.out)
            begun = time.monotonic()
            swarm.signal(signal.SIGINT)
            self.assertEqual(1, swarm.status(), swarm.err)
            self.assertLess(time.monotonic() - begun, 5 * programs.SLOW)
        self.assertEqual("interrupted", self.rows(swarm)["wrong-first-packet"]["verdict"])

    def test_long_messages_end_in_time_and_are_not_kept_by_the_thousand(self):
        server = self.start_server(*SHORT_LIMITS, "--max-frame", "2MiB")
        begun = time.monotonic()
        swarm = self.attack(server.address, "tiny-frames,split,never-read", *PATIENT, "--payload-size", "500KiB", rate=20)
        self.assertEqual(0, swarm.process.returncode, swarm.out + swarm.err)
        self.assertLess(time.monotonic() - begun, 30 * programs.SLOW)


@one_thread
class BadServer(Case):
    def test_attackers_that_are_closed_too_late_are_a_failure(self):
        server = self.start_server("--log-level", "warning", "--first-packet-timeout", "3s")
        swarm = self.attack(server.address, "connect-and-hold", "--closed-within", "1s", "--p99-within", "5s")
        row = self.assert_failed(swarm, "connect-and-hold", "8 of 8 attackers were not closed within 1 s")
        self.assertEqual((8, 0), (row["attackers"]["connected"], row["attackers"]["closed"]))
        self.assertEqual(1, len(row["why"]), row)

    def test_a_server_that_takes_anything_and_closes_nobody_fails_what_has_to_be_closed(self):
        with fake_server.FakeServer(fake_server.ack_everything) as server:
            swarm = self.attack(server.address, "oversize,half-open,split", "--closed-within", "1s", "--p99-within", "5s")
        self.assert_failed(swarm, "oversize", "8 of 8 attackers were not closed within 1 s")
        self.assert_failed(swarm, "half-open", "4 of 8 attackers were not closed within 1 s")   # who said the end were closed
        self.assertEqual("pass", self.rows(swarm)["split"]["verdict"], swarm.out)

    def test_a_server_that_answers_nobody_after_an_attack_fails_and_the_rest_is_not_run(self):
        hurt = []

        def serve(connection, _):
            while frame := connection.receive_frame():
                if frame[4] == WRONG:
                    hurt.append(True)
                    return
                if not hurt:
                    fake_server.answer(connection, frame)

        with fake_server.FakeServer(serve) as server:
            swarm = self.attack(server.address, "wrong-first-packet,split", *PATIENT, "--timeout", HALF)
        row = self.assert_failed(swarm, "wrong-first-packet", r"good clients: \d+ answers missing")
        self.assert_failed(swarm, "wrong-first-packet", "the server does not serve a new client")
        self.assertFalse(row["serves"])
        self.assertGreater(row["good"]["missing"], 0)
        self.assertEqual("not run", self.rows(swarm)["split"]["verdict"])

    def test_a_server_that_stands_still_for_a_second_has_made_good_clients_wait(self):
        still_until = [0.0]

        def serve(connection, _):
            while frame := connection.receive_frame():
                if frame[4] == WRONG:
                    still_until[0] = time.monotonic() + 1
                    return
                time.sleep(max(0.0, still_until[0] - time.monotonic()))
                fake_server.answer(connection, frame)

        with fake_server.FakeServer(serve) as server:
            swarm = self.attack(server.address, "wrong-first-packet", "--closed-within", "8s", "--p99-within", "300ms")
        row = self.assert_failed(swarm, "wrong-first-packet", "good clients waited: p99")
        self.assertGreater(row["good"]["p99_us"], 0.5e6)
        self.assertEqual(row["good"]["sent"], row["good"]["acked"])

    def test_newcomers_who_are_not_served_are_a_failure(self):
        server = self.start_server(*SHORT_LIMITS, "--max-connections", 3 + ATTACKERS)
        swarm = self.attack(server.address, "connect-and-hold", *PATIENT)
        row = self.assert_failed(swarm, "connect-and-hold", r"good clients: .*newcomers not served")
        self.assertTrue(row["serves"], row)

    def test_a_server_that_takes_each_read_for_a_frame_fails_only_what_is_parted(self):
        def serve(connection, _):
            while data := connection.socket.recv(1 << 16):
                while len(data) >= wire.SUBMIT_OVERHEAD:
                    connection.send(wire.submit_ack(data[5:13]))
                    data = data[int.from_bytes(data[:4], "big"):]

        with fake_server.FakeServer(serve) as server:
            swarm = self.attack(server.address, "split,reset-storm", *PATIENT, "--timeout", HALF)
        self.assert_failed(swarm, "split", r"only \d+ of \d+ legal requests of the attackers were answered")
        self.assertEqual("pass", self.rows(swarm)["reset-storm"]["verdict"], swarm.out)

    def test_a_server_that_dies_is_named_and_the_rest_is_not_run(self):
        server = self.start_server("--log-level", "warning")
        swarm = self.start_attack(server.address, "connect-and-hold,garbage,split", "--pid", server.process.pid)
        programs.until(lambda: "connect-and-hold:" in swarm.err, "the attack")
        time.sleep(1)
        server.signal(signal.SIGKILL)
        swarm.status()
        row = self.assert_failed(swarm, "connect-and-hold", f"process {server.process.pid} has ended")
        self.assertFalse(row["serves"])
        self.assertEqual(["not run"] * 2, [self.rows(swarm)[name]["verdict"] for name in ("garbage", "split")])
        self.assertTrue(swarm.out.endswith("1 FAIL, 2 not run\n"), swarm.out)

    def test_memory_that_does_not_return_is_a_failure(self):
        kept = []

        def serve(connection, _):
            while frame := connection.receive_frame():
                if frame[4] == WRONG:
                    kept.append(b"x" * (16 << 20))
                    return
                fake_server.answer(connection, frame)

        with fake_server.FakeServer(serve) as server:   # in this process
            swarm = self.attack(server.address, "split,wrong-first-packet", *PATIENT, "--pid", os.getpid())
        row = self.assert_failed(swarm, "wrong-first-packet", "memory does not return")
        self.assertGreater(row["memory"]["after"], row["memory"]["before"] + (ATTACKERS << 24) * 0.9)
        self.assertEqual(1, len(row["why"]), row)
        self.assertEqual("pass", self.rows(swarm)["split"]["verdict"], swarm.out)


@one_thread
class Options(Case):
    def test_the_help_and_the_page_name_every_attack(self):
        _, text, _ = self.run_to_end(programs.SWARM, "--help")
        page = (pathlib.Path(__file__).parents[2] / "docs/attacks.md").read_text()
        for name in ALL:
            self.assertRegex(text, rf"(?m)^  {name} +\w")
            self.assertRegex(page, rf"(?m)^\| `{name}` \|")
        for option in ("attack", "attackers", "attack-time", "closed-within", "p99-within", "pid"):
            self.assertIn(f"  --{option} ", text)
            self.assertIn(f"--{option}", page)

    def test_what_makes_no_sense_is_refused_in_a_line(self):
        for options, told in ((["--attack", "ooze"], "connect-and-hold"),
                              (["--attack", "split,"], "''"),
                              (["--attack", ""], "all"),
                              (["--attack", "split", "--attackers", "0"], "--attackers"),
                              (["--attack", "split", "--attack-time", "0"], "--attack-time"),
                              (["--attack", "split", "--closed-within", "soon"], "--closed-within"),
                              (["--attack", "split", "--pid", "0"], "--pid"),
                              (["--attack", "split", "--rate", "100:1s"], "--rate"),
                              (["--attackers", "10"], "there is none"),
                              (["--attack", "split", "--html", "page.html"], "--html"),
                              (["--attack", "split", "--expect", "p99<5ms"], "--expect"),
                              (["--attack", "split", "--first", "{counter:4}"], "--first"),
                              (["--pid", "1"], "there is none"),
                              (["--attack", "split", "--format", "fixed:64"], "cannot carry such a message")):
            with self.subTest(options=options):
                status, out, err = self.run_to_end(programs.SWARM, "--connect", "127.0.0.1:1", *options)
                self.assertEqual((2, ""), (status, out), err)
                self.assertRegex(err, r"\Ahawser-swarm: [^\n]+\n\Z")
                self.assertIn(told, err)

    def test_a_process_that_is_not_there_and_a_server_that_is_not_are_told_in_a_line(self):
        nobody = ("--connect", "127.0.0.1:1", "--attack", "all", "--pid", "4294967295")
        status, out, err = self.run_to_end(programs.SWARM, *nobody)
        self.assertEqual((1, ""), (status, out))
        self.assertRegex(err, r"\Ahawser-swarm: there is no process 4294967295\n\Z")
        swarm = self.attack("127.0.0.1:1", "all", "--quiet")
        self.assertEqual((1, ""), (swarm.process.returncode, swarm.out))
        self.assertRegex(swarm.err, r"\Ahawser-swarm: without an attack: [^\n]*refused[^\n]*\n\Z")
        self.assertEqual({"not run"}, {row["verdict"] for row in swarm.report})


if __name__ == "__main__":
    programs.main()
