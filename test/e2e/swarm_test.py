"""hawser-swarm against the sample server: what it prints, sends, measures and returns."""
import json
import os
import re
import signal
import subprocess
import threading
import time

import fake_server
import programs
import screen
import wire

KEYS = {*programs.COUNTERS, "seconds", "requests_per_second", "load_busy", "latency_us", "connections", "measured", "measured_from_seconds", "interrupted", "unsent_by", "unsent_allowed", "planned_seconds", "ignored",
        "first_error", "errors_by_kind", "processes", "latency_histogram", "timeline"}
LATENCY_KEYS = {"p50", "p90", "p99", "p999", "p9999", "max"}


def assert_shows(case, pattern, serve, *options):
    """The live view of a client whose run fails has had such a line."""
    terminal = screen.Terminal()
    case.addCleanup(terminal.close)
    seen = set()
    with fake_server.FakeServer(serve) as server:
        swarm = case.start_swarm(server.address, "--clients", "1", "--quiet", *options, stderr=terminal.slave)
        while swarm.process.poll() is None:
            terminal.update()
            seen.update(terminal.lines)
            time.sleep(0.05)
        server.close()
    case.assertEqual(1, swarm.status())
    case.assertTrue(any(re.search(pattern, line) for line in seen), seen)


class Output(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "2")

    def test_each_step_is_a_line_as_documented(self):
        swarm = self.run_swarm(self.server.address, "--clients", "3", "--count", "4", "--interval", "0")
        self.assertEqual((0, ""), (swarm.process.returncode, swarm.err))
        for client in (1, 2, 3):
            lines = [line for line in swarm.out.splitlines() if line.startswith(f"[client {client}]: ")]
            self.assertEqual(f"[client {client}]: dial ok", lines[0])
            self.assertEqual(f"[client {client}]: exit ok", lines[-1])
            self.assertEqual(2 + 2 * 4, len(lines), swarm.out)
            for number in range(1, 5):
                sent, acked = lines[2 * number - 1:2 * number + 1]
                found = re.fullmatch(rf"\[client {client}\]: send submit id = {number:08d}, "
                                     rf"payload=([a-z]+-[a-z]+-[0-9a-f]{{4}}), frame length = (\d+)", sent)
                self.assertTrue(found, sent)
                self.assertEqual(wire.SUBMIT_OVERHEAD + len(found[1]), int(found[2]))
                self.assertEqual(f"[client {client}]: the result of submit ack[{number:08d}] is 0", acked)
                self.assertEqual(1, len(self.server.lines(rf"recv submit: id = {number:08d}, payload={found[1]}$")))

    def test_quiet_leaves_only_the_summary(self):
        swarm = self.run_swarm(self.server.address, "--clients", "3", "--count", "4", "--interval", "0", "--quiet")
        self.assertEqual((0, ""), (swarm.process.returncode, swarm.err))
        self.assertNotIn("[client", swarm.out)
        self.assert_summary(swarm.out, 12)

    def assert_summary(self, text, count):
        lines = text.splitlines()[-9:]
        self.assertRegex(lines[0], rf"^sent +{count:,}    duplicate +0$")
        self.assertRegex(lines[1], r"^unsent +0    unknown +0$")
        self.assertRegex(lines[2], rf"^acked +{count:,}    late +0$")
        self.assertRegex(lines[3], r"^missing +0    errors +0$")
        self.assertRegex(lines[4], r"^wrong +0$")
        self.assertRegex(lines[5], r"^[\d,-]+ requests a second over \d+\.\d+ s$")
        self.assertEqual(["latency", "p50", "p90", "p99", "p99.9", "p99.99", "max"], lines[6].split())
        self.assertRegex(lines[7], r"^from sending( +[\d.]+ [mu]?s){6}$")
        self.assertEqual(len(lines[6]), len(lines[7]), "columns end at the same place")
        self.assert_narrow(text)
        self.assertTrue(text.endswith("ok: every submit was acked exactly once\n"), text)

    def assert_narrow(self, text):
        self.assertEqual([], [line for line in text.splitlines() if len(line) > 80 and not line.startswith("[client")])

    def test_the_report_is_a_table_in_thousands_with_errors_by_kind(self):
        def serve(connection, _):
            for _ in range(2):
                fake_server.answer(connection, connection.receive_frame())
            connection.receive_frame()   # and then it is gone

        swarm = self.run_swarm(self.server.address, "--clients", "2", "--count", "1500", "--interval", "0", "--window", "100", "--quiet")
        self.assert_summary(swarm.out, 3000)
        self.assertIn("3,000", swarm.out)
        with fake_server.FakeServer(serve) as server:
            swarm = self.run_swarm(server.address, "--clients", "3", "--count", "5", "--interval", "0", "--quiet")
            server.close()
        self.assertEqual(1, swarm.process.returncode)
        self.assertRegex(swarm.out, r"\nerrors: 3 connection lost: peer closed\n6 unsent because of the server: .*\n.*\nnot ok: ")
        self.assertNotIn("hint", swarm.out)
        self.assert_narrow(swarm.out)

    def test_who_gets_no_answer_at_all_is_told_of_the_format(self):
        hint = "hint: nothing was acked. Does the server cut its frames as --format says?\n"
        for spec, server_options in (("varint", ["--timeout", "300ms"]), ("prefix-body:width=2", ["--timeout", "300ms"])):
            swarm = self.run_swarm(self.server.address, "--count", "10", "--interval", "0", "--quiet", "--format", spec, *server_options)
            self.assertEqual(1, swarm.process.returncode)
            self.assertEqual(0, swarm.report["acked"])
            self.assertIn(hint, swarm.out)
        for serve in (fake_server.never_answer, lambda connection, _: connection.receive_frame()):   # silent, or gone
            with fake_server.FakeServer(serve) as server:
                swarm = self.run_swarm(server.address, "--clients", "2", "--count", "2", "--interval", "0", "--quiet", "--timeout", "200ms")
                server.close()
            self.assertIn(hint, swarm.out)
        with fake_server.FakeServer(fake_server.ack_everything) as server:
            swarm = self.run_swarm(server.address, "--clients", "2", "--count", "2", "--interval", "0", "--quiet")
            server.close()
        self.assertNotIn("hint", swarm.out)

    def test_five_clients_submit_ten_times_each_once_a_second_by_default(self):
        _, text, _ = self.run_to_end(programs.SWARM, "--help")
        for default in ("default 5", "default 10", "default 1s", "default 5s"):
            self.assertIn(default, text)
        swarm = self.run_swarm(self.server.address, "--interval", "20ms", seconds=programs.PATIENCE)
        self.assertEqual(0, swarm.process.returncode)
        self.assert_counts(swarm, sent=50, acked=50)
        self.assert_summary(swarm.out, 50)
        self.assertGreaterEqual(swarm.report["seconds"], 9 * 0.020)

    def test_the_report_has_exactly_the_documented_keys(self):
        swarm = self.run_swarm(self.server.address, "--count", "20", "--interval", "0")
        report = swarm.report
        self.assertEqual(KEYS, report.keys())
        self.assertEqual(LATENCY_KEYS, report["latency_us"].keys())
        self.assert_counts(swarm, sent=100, acked=100)
        for key in programs.COUNTERS:
            self.assertIsInstance(report[key], int)
        self.assertGreater(report["seconds"], 0)
        self.assertAlmostEqual(100 / report["seconds"], report["requests_per_second"], delta=1)
        times = [report["latency_us"][key] for key in ("p50", "p90", "p99", "p999", "p9999", "max")]
        self.assertEqual(sorted(times), times)
        self.assertGreater(times[0], 0)
        self.assertLessEqual(times[-1], report["seconds"] * 1e6 * 1.01)

    def test_the_report_has_a_key_a_line_for_scripts_that_know_no_json(self):
        swarm = self.run_swarm(self.server.address, "--count", "20", "--interval", "0")
        lines = swarm.json_path.read_text().splitlines()
        self.assertEqual(['{"sent":100,', '"acked":100,'], lines[:2])
        self.assertEqual(len(swarm.report), len(lines))

    def test_with_a_rate_the_report_has_the_latency_from_the_schedule_too(self):
        swarm = self.run_swarm(self.server.address, "--rate", "500", "--count", "10", "--window", "8")
        self.assertEqual(KEYS | {"latency_from_schedule_us", "latency_from_schedule_histogram"}, swarm.report.keys())
        self.assertEqual(LATENCY_KEYS, swarm.report["latency_from_schedule_us"].keys())
        self.assertGreaterEqual(swarm.report["latency_from_schedule_us"]["max"], swarm.report["latency_us"]["max"] * 0.9)
        self.assertRegex(swarm.out, r"\nfrom schedule( +[\d.]+ [mu]?s){6}\n")

    def test_payloads_of_a_size(self):
        for size, length in (("0", 0), ("1", 1), ("64", 64), ("2KiB", 2048)):
            swarm = self.run_swarm(self.server.address, "--clients", "1", "--count", "3", "--interval", "0",
                                   "--payload-size", size)
            self.assertEqual(0, swarm.process.returncode, swarm.err)
            self.assertEqual(3, swarm.out.count(f", frame length = {wire.SUBMIT_OVERHEAD + length}\n"), swarm.out)
        swarm = self.run_swarm(self.server.address, "--clients", "2", "--count", "5", "--interval", "0", "--window", "5",
                               "--payload-size", "1048563", "--quiet")   # a frame of exactly 1 MiB
        self.assertEqual(0, swarm.process.returncode, swarm.err)
        self.assert_counts(swarm, sent=10, acked=10)

    def test_a_seed_gives_the_same_payloads_again(self):
        def payloads(*options):
            swarm = self.run_swarm(self.server.address, "--clients", "3", "--count", "5", "--interval", "0", *options)
            self.assertEqual(0, swarm.process.returncode)
            return sorted(line for line in swarm.out.splitlines() if ": send submit" in line)

        self.assertEqual(payloads("--seed", "7"), payloads("--seed", "7"))
        self.assertNotEqual(payloads("--seed", "7"), payloads("--seed", "8"))
        self.assertNotEqual(payloads(), payloads())
        self.assertEqual(payloads("--seed", "7", "--payload-size", "40"), payloads("--seed", "7", "--payload-size", "40"))
        names = {re.search("payload=([^,]+)", line)[1] for line in payloads("--seed", "7")}
        self.assertEqual(15, len(names), "clients share their payloads")

    def test_a_run_that_measured_nothing_is_not_ok_and_has_no_figures(self):
        swarm = self.run_swarm(self.server.address, "--count", "0", "--quiet")
        self.assertEqual(1, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm)
        self.assertRegex(swarm.out, r"\n- requests a second over - s\nlatency [^\n]*\nfrom sending( +-){6}\n")
        self.assertTrue(swarm.out.endswith("not ok: nothing was measured\n"), swarm.out)
        report = swarm.report
        self.assertEqual([None] * 4, [report[key] for key in ("seconds", "measured_from_seconds", "planned_seconds", "requests_per_second")])
        self.assertEqual(dict.fromkeys(LATENCY_KEYS), report["latency_us"])

    def test_a_file_that_cannot_be_written_is_refused_before_anything_is_sent(self):
        (self.folder / "file").touch()
        (self.folder / "link").symlink_to(self.folder / "none" / "target")
        for option in ("--json", "--html"):
            for path, why in (("none/report", f"there is no folder {self.folder}/none; make it, or name another file"),
                              (".", "it is a folder; name a file in it"), ("new/", "it is a folder; name a file in it"),
                              ("file/report", f"{self.folder}/file is no folder; name another file"),
                              ("link", f"there is no folder {self.folder}/none; make it, or name another file")):
                path = f"{self.folder}/{path}"
                status, out, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, option, path)
                self.assertEqual((2, "", f"hawser-swarm: {option}: {path} cannot be written: {why} (try --help)\n"), (status, out, err))
        self.assertEqual([], self.server.lines("opened|submit"))

    def test_a_result_that_is_a_mount_point_is_written_as_it_is(self):
        if subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("this user can have no mounts of its own here")
        outside, inside = self.folder / "outside", self.folder / "inside"
        outside.write_text("old")
        inside.touch()
        for rights, status in (("ro", 2), ("rw", 0)):
            result = self.run_to_end("unshare", "--mount", "sh", "-ec", 'mount -o "bind,$1" "$2" "$3"; shift 3; exec "$@"', "sh", rights,
                                     outside, inside, programs.SWARM, "--connect", self.server.address, "--interval", "0", "--quiet",
                                     "--json", inside)
            self.assertEqual(status, result[0], result)
            if status == 2:
                self.assertEqual(f"hawser-swarm: --json: {inside} cannot be written: Read-only file system; name another file "
                                 "(try --help)\n", result[2])
                self.assertEqual("old", outside.read_text())
        self.assertEqual(0, json.loads(outside.read_text())["missing"])
        self.assertEqual("", inside.read_text())

    def test_two_results_are_not_written_to_one_file(self):
        both = ("--json", self.folder / "result", "--html", f"{self.folder}/./result")
        status, out, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, *both)
        self.assertEqual((2, "", "hawser-swarm: --json and --html name the same file (try --help)\n"), (status, out, err))
        swarm = self.run_to_end(programs.SWARM, "--connect", self.server.address, "--interval", "0", "--quiet", "--json", "/dev/null",
                                "--html", "/dev/null")
        self.assertEqual((0, ""), (swarm[0], swarm[2]))

    def test_what_was_there_is_not_touched_before_the_end(self):
        path = self.folder / "report.json"
        path.write_text("precious")
        status, _, _ = self.run_to_end(programs.SWARM, "--connect", self.server.address, "--json", path, "--window", "0")
        self.assertEqual((2, "precious"), (status, path.read_text()))
        self.assertEqual(1, len([one for one in self.folder.iterdir() if one.is_file()]))


class ItsOwnCost(programs.Case):
    def test_it_says_whether_it_was_the_limit(self):
        server = self.start_server("--threads", "1", "--log-level", "warning")
        swarm = self.run_swarm(server.address, "--clients", "2", "--count", "5", "--interval", "50ms", "--quiet")
        self.assertLess(swarm.report["load_busy"], 0.5)
        self.assertNotIn("the load generator was the limit", swarm.out)
        swarm = self.run_swarm(server.address, "--clients", "50", "--count", "4000", "--interval", "0", "--window", "64", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        busy = swarm.report["load_busy"]
        self.assertTrue(0 < busy <= 1, busy)
        self.assertEqual(busy > 0.95 and swarm.report["seconds"] > 0.5, "the load generator was the limit" in swarm.out, swarm.out)


class Gates(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "2", "--log-level", "warning")

    def run_gated(self, *expected, load=("--count", "20", "--interval", "0")):
        options = [word for one in expected for word in ("--expect", one)]
        return self.run_swarm(self.server.address, "--clients", "2", "--quiet", *load, *options)

    def test_what_is_kept_ends_well(self):
        swarm = self.run_gated("p99<10s", "p50>=0", "max<1m", "errors==0", "rate>=0.5", "acked==40", "sent!=41", "p9999>0", "p999<=10s")
        self.assertEqual((0, ""), (swarm.process.returncode, swarm.err))

    def test_each_that_is_not_kept_is_a_line_and_status_1(self):
        swarm = self.run_gated("p99<1us", "errors==0", "rate>1000000000", "acked<40")
        self.assertEqual(1, swarm.process.returncode)
        lines = swarm.err.splitlines()
        self.assertEqual(3, len(lines), swarm.err)
        self.assertRegex(lines[0], r"\Ahawser-swarm: expected p99<1us: it was [\d.]+ [mu]?s\Z")
        self.assertRegex(lines[1], r"\Ahawser-swarm: expected rate>1000000000: it was [\d.]+\Z")
        self.assertEqual("hawser-swarm: expected acked<40: it was 40", lines[2])
        self.assert_counts(swarm, sent=40, acked=40)   # the report is written all the same

    def test_a_run_that_measured_nothing_keeps_nothing_of_time(self):
        swarm = self.run_gated("p99<1s", "rate>0", "acked==0", load=("--count", "0"))
        self.assertEqual(1, swarm.process.returncode)
        self.assertEqual(["hawser-swarm: expected p99<1s: nothing was measured", "hawser-swarm: expected rate>0: nothing was measured"],
                         swarm.err.splitlines())

    def test_of_a_few_answers_there_is_no_rate(self):
        swarm = self.run_gated("rate>=1000", load=("--rate", "1", "--duration", "1s"))
        self.assertEqual(1, swarm.process.returncode)
        self.assertEqual("hawser-swarm: expected rate>=1000: too few answers were measured\n", swarm.err)
        self.assertIn("\n- requests a second over 1.000 s\n", swarm.out)
        self.assertIsNone(swarm.report["requests_per_second"])

    def test_what_is_no_expectation_is_refused_in_a_line(self):
        for wrong in ("", "p99", "p99<", "p99<5", "p99=5ms", "p98<5ms", "<5ms", "errors<x", "errors<1s", "errors<-1", "rate>"):
            status, out, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, "--expect", wrong)
            self.assertEqual((2, ""), (status, out), wrong)
            self.assertRegex(err, r"\Ahawser-swarm: [^\n]+\n\Z")

    def test_a_stall_is_seen_from_the_schedule_by_those_too_who_waited_for_it(self):
        def stalls_once(connection, _):
            for number in range(200):
                frame = connection.receive_frame()
                if number == 50:
                    time.sleep(1)
                fake_server.answer(connection, frame)
            self.assertIsNone(connection.receive_frame())

        with fake_server.FakeServer(stalls_once) as server:
            swarm = self.run_swarm(server.address, "--clients", "1", "--rate", "100", "--count", "200", "--window", "1", "--quiet",
                                   "--expect", "p90<300ms")
            server.close()
        self.assertEqual(1, swarm.process.returncode)
        self.assertIn("expected p90<300ms", swarm.err)
        self.assertLess(swarm.report["latency_us"]["p90"], 0.3e6, "only one of them was sent, and stalled")
        self.assertGreater(swarm.report["latency_from_schedule_us"]["p90"], 0.6e6, "a hundred should have been sent by then")
        self.assertLess(swarm.report["latency_from_schedule_us"]["p50"], 0.5e6)


class Pace(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "2", "--log-level", "warning")

    def test_a_rate_and_a_duration_say_how_many_are_sent(self):
        rate, seconds = (400, 1.5) if programs.SLOW == 1 else (100, 1.5)
        swarm = self.run_swarm(self.server.address, "--clients", "4", "--rate", str(rate), "--duration", f"{seconds}s",
                               "--window", "64", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        sent = swarm.report["sent"]
        self.assertLessEqual(sent, rate * seconds)
        self.assertGreater(sent, rate * seconds * 0.7)
        self.assertEqual(sent, swarm.report["acked"])

    def test_a_rate_and_a_count_send_the_count(self):
        begun = time.monotonic()
        swarm = self.run_swarm(self.server.address, "--clients", "4", "--rate", "200", "--count", "25", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=100, acked=100)
        self.assertGreater(time.monotonic() - begun, 99 / 200)

    def test_a_very_low_rate_is_no_reason_to_hurry(self):
        swarm = self.run_swarm(self.server.address, "--clients", "3", "--rate", "0.000000000000001", "--duration", "300ms",
                               "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=1, acked=1)

    def test_a_ramp_sends_as_many_as_there_is_space_under_it(self):
        begun = time.monotonic()
        swarm = self.run_swarm(self.server.address, "--clients", "4", "--rate", "0..200:1s,50:500ms", "--window", "1000", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=125, acked=125)   # 100 and 25; the load ends, and so does the swarm
        self.assertGreater(time.monotonic() - begun, 1.4)

    def test_bursts_come_at_once(self):
        with fake_server.FakeServer(fake_server.ack_everything) as server:
            swarm = self.run_swarm(server.address, "--clients", "1", "--rate", "25:4s", "--arrivals", "bursts:25", "--window", "100",
                                   "--quiet")
            server.close()
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=100, acked=100)
        times = server.times[0]
        pauses = [later - earlier for earlier, later in zip(times, times[1:]) if later - earlier > 0.5]
        self.assertEqual(3, len(pauses), times)

    def test_random_arrivals_have_the_rate(self):
        swarm = self.run_swarm(self.server.address, "--clients", "10", "--rate", "1000:1s", "--arrivals", "poisson", "--window", "1000",
                               "--seed", "1", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assertAlmostEqual(1000, swarm.report["sent"], delta=200)   # six times the deviation

    def test_what_is_sent_in_the_warm_up_is_checked_and_not_measured(self):
        def slow_at_first(connection, _):
            time.sleep(0.5)
            fake_server.ack_everything(connection, 0)

        with fake_server.FakeServer(slow_at_first) as server:
            swarm = self.run_swarm(server.address, "--clients", "1", "--rate", "100:3s", "--warmup", "2s", "--window", "1000",
                                   "--quiet")
            server.close()
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=300, acked=300)
        self.assertLess(swarm.report["latency_us"]["max"], 0.4e6)
        self.assertAlmostEqual(100, swarm.report["requests_per_second"], delta=20)

    def test_a_load_that_is_none_is_refused_in_a_line(self):
        for load in ("", "x", "-1", "1..", "1..2", "1:0s", "1:1", "5:1s,", "5,6", "0", "0:1s", "1e9"):
            status, out, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, "--rate", load)
            self.assertEqual((2, ""), (status, out), load)
            self.assertRegex(err, r"\Ahawser-swarm: [^\n]+\n\Z")
        for how in ("", "odd", "bursts", "bursts:", "bursts:0", "bursts:-1"):
            status, _, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, "--rate", "1", "--arrivals", how)
            self.assertEqual(2, status, how)
            self.assertIn(f"'{how}'", err)
            self.assertRegex(err, r"\Ahawser-swarm: [^\n]+\n\Z")

    def test_what_makes_no_sense_together_is_refused_in_a_line(self):
        for options, word in ((["--arrivals", "poisson"], "--rate"), (["--rate", "5:1s", "--warmup", "1s"], "--warmup")):
            status, _, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, *options)
            self.assertEqual(2, status)
            self.assertRegex(err, rf"\Ahawser-swarm: [^\n]*{word}[^\n]*\n\Z")

    def test_a_count_and_a_duration_end_a_load_that_goes_on(self):
        swarm = self.run_swarm(self.server.address, "--clients", "2", "--rate", "100:10s,5", "--count", "10", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=20, acked=20)
        swarm = self.run_swarm(self.server.address, "--clients", "2", "--rate", "100:30s", "--duration", "500ms", "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assertLessEqual(swarm.report["sent"], 50)

    def test_a_load_that_is_over_does_not_go_on_because_nobody_answers(self):
        with fake_server.FakeServer(fake_server.never_answer) as server:
            begun = time.monotonic()
            swarm = self.run_swarm(server.address, "--clients", "1", "--rate", "1000:1s", "--timeout", "300ms", "--quiet")
            server.close()
        self.assertEqual(1, swarm.process.returncode)
        self.assertLess(time.monotonic() - begun, 15)
        report = swarm.report
        self.assertLess(report["sent"], 20)
        self.assertEqual(report["sent"], report["missing"])
        self.assertEqual((1000, 1000), (report["sent"] + report["unsent"], report["sent"] + report["unsent_by"]["server"]))

    def test_a_duration_ends_what_would_go_on(self):
        begun = time.monotonic()
        swarm = self.run_swarm(self.server.address, "--clients", "2", "--interval", "0", "--duration", "500ms", "--quiet")
        took = time.monotonic() - begun
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assertGreater(took, 0.5)
        self.assertLess(took, 0.5 + 4 * programs.SLOW)
        self.assertGreater(swarm.report["sent"], 20)

    def test_a_count_ends_before_a_duration_does(self):
        begun = time.monotonic()
        swarm = self.run_swarm(self.server.address, "--clients", "2", "--interval", "0", "--duration", "5m", "--count", "3",
                               "--quiet")
        self.assertEqual(0, swarm.process.returncode, swarm.out)
        self.assert_counts(swarm, sent=6, acked=6)
        self.assertLess(time.monotonic() - begun, programs.PATIENCE)


class Unsent(programs.Case):
    """What the schedule had and what was never sent."""

    def run_against(self, serve, *options):
        with fake_server.FakeServer(serve) as server:
            swarm = self.run_swarm(server.address, "--clients", "1", "--quiet", *options)
            server.close()
        return swarm

    @staticmethod
    def slowly(connection, _):   # 400 answers a second at most
        while frame := connection.receive_frame():
            time.sleep(0.0025)
            fake_server.answer(connection, frame)

    def test_a_server_that_cannot_keep_up_is_not_ok_and_the_small_window_is_said(self):
        swarm = self.run_against(self.slowly, "--rate", "2000", "--duration", "1s", "--window", "1", "--timeout", "1s")
        self.assertEqual(1, swarm.process.returncode)
        report = swarm.report
        self.assertEqual(2000, report["sent"] + report["unsent"])
        self.assertGreater(report["unsent"], 1000)
        self.assert_counts(swarm, sent=report["sent"], acked=report["sent"], unsent=report["unsent"])
        self.assertEqual({"server": 0, "window": report["unsent"], "generator": 0}, report["unsent_by"])
        self.assertIn(f"\n{report['unsent']:,} unsent because of the window: ", swarm.out)
        self.assertLessEqual(max(map(len, swarm.out.splitlines())), 80, swarm.out)
        self.assertTrue(swarm.out.endswith(f"not ok: {report['unsent']:,} unsent\n"), swarm.out)
        self.assertLess(report["requests_per_second"], 450)

    def test_it_is_for_whoever_says_how_many_may_be_unsent_to_judge(self):
        load = ("--rate", "2000", "--duration", "500ms", "--window", "1", "--timeout", "500ms")
        for bound, status in (("unsent<1000", 0), ("unsent<10", 1)):
            swarm = self.run_against(self.slowly, *load, "--expect", bound)
            self.assertEqual(status, swarm.process.returncode, swarm.out)
            self.assertRegex(swarm.out, r"\nok: every submit that was sent was acked exactly once; \d+ unsent, as may be\n\Z")
            self.assertTrue(swarm.report["unsent_allowed"])
            self.assertEqual("" if status == 0 else f"hawser-swarm: expected unsent<10: it was {swarm.report['unsent']}\n", swarm.err)

    def test_what_nobody_is_there_for_is_the_servers_fault(self):
        def leave(connection, _):
            for _ in range(10):
                fake_server.answer(connection, connection.receive_frame())

        swarm = self.run_against(leave, "--rate", "1000", "--duration", "2s", "--window", "1")
        report = swarm.report
        self.assertEqual((1, 2000), (swarm.process.returncode, report["sent"] + report["unsent"]))
        self.assertEqual(report["unsent"], report["unsent_by"]["server"])
        self.assertEqual((10, 5), (report["acked"], report["requests_per_second"]))   # in two seconds, not in a hundredth

    def test_a_full_window_is_the_servers_fault_if_it_can_be_faster(self):
        def fast_until_it_falls_silent(connection, _):
            for _ in range(50):
                fake_server.answer(connection, connection.receive_frame())
            fake_server.never_answer(connection, 0)

        swarm = self.run_against(fast_until_it_falls_silent, "--rate", "500", "--duration", "500ms", "--window", "30", "--timeout", "300ms")
        report = swarm.report
        self.assertEqual((1, 250), (swarm.process.returncode, report["sent"] + report["unsent"]))
        self.assertGreater(report["unsent"], 50)
        self.assertEqual({"server": report["unsent"], "window": 0, "generator": 0}, report["unsent_by"])

    def test_the_live_view_shows_what_is_overdue(self):
        assert_shows(self, r"^errors +[\d,]+ unsent$", self.slowly, "--rate", "2000", "--duration", "3s", "--timeout", "500ms")


class WhatIsSent(programs.Case):
    """Seen by a server that writes down every frame."""

    def frames_of(self, *options):
        with fake_server.FakeServer(fake_server.ack_everything) as server:
            swarm = self.run_swarm(server.address, "--clients", "2", *options)
            self.assertEqual(0, swarm.process.returncode, swarm.out)
            server.close()
        self.assertEqual(2, len(server.received))
        return server.received

    def test_nothing_but_submits_unless_asked(self):
        for frames in self.frames_of("--count", "50", "--interval", "0", "--window", "10"):
            self.assertEqual([wire.serial(number) for number in range(1, 51)], [frame[5:13] for frame in frames])
            self.assertEqual({wire.SUBMIT}, {frame[4] for frame in frames})

    def test_hello_is_a_conn_that_says_hawser_1_and_comes_first(self):
        for frames in self.frames_of("--count", "3", "--interval", "0", "--hello"):
            self.assertEqual(wire.CONN, frames[0][4])
            self.assertTrue(frames[0][13:].startswith(b"hawser/1"), frames[0])
            self.assertEqual([wire.SUBMIT] * 3, [frame[4] for frame in frames[1:]])
            identities = [frame[5:13] for frame in frames]
            self.assertEqual(4, len(set(identities)))

    def test_pings_come_by_their_interval(self):
        for frames in self.frames_of("--count", "5", "--interval", "100ms", "--ping-interval", "40ms"):
            commands = [frame[4] for frame in frames]
            self.assertEqual(5, commands.count(wire.SUBMIT))
            self.assertEqual({wire.SUBMIT, wire.PING}, set(commands))
            self.assertGreaterEqual(commands.count(wire.PING), 4)
            self.assertLessEqual(commands.count(wire.PING), 400 / 40 + 2 + 20 * (programs.SLOW - 1))
            self.assertEqual({13}, {len(frame) for frame in frames if frame[4] == wire.PING})

    def test_a_ping_of_the_server_is_answered_and_other_words_are_heard_in_peace(self):
        def talk(connection, number):
            connection.send(wire.packet(wire.PING, b"question"))
            connection.send(wire.packet(wire.GO_AWAY, b"00000000", bytes(4)))
            fake_server.ack_everything(connection, number)

        with fake_server.FakeServer(talk) as server:
            swarm = self.run_swarm(server.address, "--clients", "1", "--count", "3", "--interval", "0", "--hello")
            self.assertEqual(0, swarm.process.returncode, swarm.out)
            server.close()
        self.assertIn(wire.packet(wire.PONG, b"question"), server.received[0])

    def test_the_swarm_says_goodbye_before_it_goes(self):
        with fake_server.FakeServer(fake_server.ack_everything) as server:
            self.run_swarm(server.address, "--clients", "3", "--count", "2", "--interval", "0")
            server.close()
        self.assertEqual(["end"] * 3, server.ended)


def pending(program, number):
    """Whether the signal has been sent, and not arrived."""
    with open(f"/proc/{program.process.pid}/status") as status:
        masks = re.findall(r"^(?:Shd|Sig)Pnd:\s*([0-9a-f]+)", status.read(), re.M)
    return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)


class Interruption(programs.Case):
    def start_and_wait(self, server, *options, submits=20):
        swarm = self.start_swarm(server.address, "--clients", "3", "--quiet", *options)
        server.wait_for_line("recv submit", count=submits)
        return swarm

    def test_ctrl_c_in_the_middle_waits_for_what_is_in_flight_and_reports(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for options in (["--interval", "5ms"], ["--interval", "0", "--window", "8"], ["--rate", "300"]):
                server = self.start_server("--threads", "2")
                swarm = self.start_and_wait(server, "--count", "1000000", *options)
                swarm.signal(number)
                self.assertEqual(1, swarm.status())
                report = swarm.report
                self.assertGreaterEqual(report["sent"], 20)
                self.assert_counts(swarm, sent=report["sent"], acked=report["sent"], unsent=report["unsent"])   # what was overdue just then
                self.assertIn("interrupted", swarm.out)

    def test_ctrl_c_before_anything_is_sent_reports_too(self):
        server = self.start_server("--log-level", "debug")
        swarm = self.start_swarm(server.address, "--clients", "3", "--rate", "0.0001", "--count", "1", "--quiet")
        server.wait_for_line("opened", count=3)
        swarm.signal(signal.SIGINT)
        self.assertEqual(1, swarm.status())
        self.assertLessEqual(swarm.report["sent"], 1)

    def test_ctrl_c_during_pings_ends_it(self):
        server = self.start_server()
        swarm = self.start_and_wait(server, "--interval", "10ms", "--count", "100000", "--ping-interval", "1m")
        swarm.signal(signal.SIGINT)
        self.assertEqual(1, swarm.status())

    def test_after_ctrl_c_what_is_never_answered_is_missing(self):
        with fake_server.FakeServer(fake_server.never_answer) as server:
            swarm = self.start_swarm(server.address, "--clients", "1", "--count", "100", "--interval", "0", "--window", "4",
                                     "--timeout", "500ms", "--quiet")
            programs.until(lambda: server.received and len(server.received[0]) == 4, "four submits")
            swarm.signal(signal.SIGINT)
            self.assertEqual(1, swarm.status())
            self.assert_counts(swarm, sent=4, missing=4)

    def test_a_second_ctrl_c_ends_it_at_once(self):
        with fake_server.FakeServer(fake_server.never_answer) as server:
            swarm = self.start_swarm(server.address, "--clients", "3", "--count", "100", "--interval", "0", "--window", "4",
                                     "--timeout", "5m", "--ping-interval", "50ms", "--quiet")
            programs.until(lambda: sum(map(len, server.received)) >= 12, "twelve submits")
            swarm.signal(signal.SIGINT)
            time.sleep(0.6)   # what comes within half a second is the same one
            begun = time.monotonic()
            swarm.signal(signal.SIGINT)
            self.assertEqual(1, swarm.status(), swarm.err)
            self.assertLess(time.monotonic() - begun, 2 * programs.SLOW)
            self.assert_counts(swarm, sent=12, missing=12)

    def test_one_ctrl_c_that_comes_twice_is_one(self):
        told = threading.Event()

        def answer_when_told(connection, _):
            frames = [connection.receive_frame() for _ in range(4)]
            told.wait(programs.PATIENCE)
            for frame in frames:
                fake_server.answer(connection, frame)
            while connection.receive_frame():
                pass

        with fake_server.FakeServer(answer_when_told) as server:
            swarm = self.start_swarm(server.address, "--clients", "1", "--count", "100", "--interval", "0", "--window", "4",
                                     "--timeout", "5m", "--quiet")
            programs.until(lambda: server.received and len(server.received[0]) == 4, "four submits")
            swarm.signal(signal.SIGINT)
            programs.until(lambda: not pending(swarm, signal.SIGINT), "the first one")
            swarm.signal(signal.SIGINT)   # the terminal's, and that of whoever has started it
            programs.until(lambda: not pending(swarm, signal.SIGINT), "the second one")
            time.sleep(0.2)   # in which it would end
            told.set()
            self.assertEqual(1, swarm.status(), swarm.err)
            self.assert_counts(swarm, sent=4, acked=4)

    def test_a_server_that_ends_halfway_is_reported(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            server = self.start_server("--threads", "2")
            swarm = self.start_and_wait(server, "--count", "1000000", "--interval", "1ms")
            server.signal(number)
            self.assertEqual(1, swarm.status())
            report = swarm.report
            self.assertEqual(3, report["errors"])
            self.assertEqual(report["sent"], report["acked"] + report["missing"])
            self.assertLessEqual(report["missing"], 3)
            self.assertIn("connection lost", swarm.out)


class LiveView(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--log-level", "warning")

    def watch(self, *options, width=80, height=24, locale="C.UTF-8", stdout_too=False, when=lambda lines, swarm: None, **variables):
        """Everything that was on the screen, tenths of a second apart, and what is left of it in the end."""
        terminal = screen.Terminal(width, height)
        self.addCleanup(terminal.close)
        streams = {"stderr": terminal.slave} | ({"stdout": terminal.slave} if stdout_too else {})
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        swarm = self.start_swarm(self.server.address, *options, env=environment | {"TERM": "xterm", "LC_ALL": locale} | variables, **streams)
        self.terminal = terminal
        seen = []
        while swarm.process.poll() is None:
            terminal.update()
            when(terminal.lines, swarm)
            seen.append(terminal.lines)
            time.sleep(0.1)
        self.assertEqual(0, swarm.status())
        terminal.update()
        return seen, terminal.lines

    def test_it_shows_what_happens_and_is_wiped_at_the_end(self):
        for stdout_too in (False, True):
            seen, left = self.watch("--clients", "2", "--rate", "200", "--duration", "3s", "--window", "50", "--quiet", stdout_too=stdout_too)
            full = [lines for lines in seen if len(lines) == 4 and "p99" in lines[2]]
            self.assertTrue(full, seen[-3:])
            last = full[len(full) // 2]
            self.assertRegex(last[0], r"^\[=+>? *\] \d+%  [\d.]+ s of 3 s, [\d.]+ m?s left$")
            self.assertRegex(last[1], r"^rate +\d+(\.\d+)?/s +[▁▂▃▄▅▆▇█]+$")
            self.assertRegex(last[2], r"^latency +p50 [\d.]+ [um]s, p99 [\d.]+ [um]?s +[▁▂▃▄▅▆▇█]+$")
            self.assertRegex(last[3], r"^requests +\d+ acked, \d+ in flight, 2 of 2 connected$")
            self.assertEqual(stdout_too, any("ok: every submit" in line for line in left))
            self.assertFalse([line for line in left if "in flight" in line], left)

    def test_on_a_terminal_it_needs_no_option_and_steps_are_for_verbose(self):
        seen, left = self.watch("--clients", "2", "--count", "30", "--interval", "50ms", stdout_too=True)
        self.assertTrue(any(len(lines) == 4 and "in flight" in lines[3] for lines in seen), seen)
        self.assertFalse([line for line in left if "[client" in line or "in flight" in line])
        self.assertRegex("\n".join(left), r"\Asent +60    duplicate +0\n(.+\n)+ok: every submit")
        seen, left = self.watch("--clients", "2", "--count", "5", "--interval", "50ms", "--verbose", stdout_too=True)
        self.assertFalse([lines for lines in seen if any("in flight" in line for line in lines)])
        self.assertEqual(2 * 5, sum(": send submit id = " in line for line in left))

    def test_it_takes_the_width_that_the_terminal_has(self):
        for width in (60, 100, 200):
            seen, _ = self.watch("--clients", "2", "--count", "25", "--interval", "50ms", width=width, stdout_too=True)
            bars = [lines[0] for lines in seen if lines and lines[0].startswith("[")]
            self.assertTrue(bars)
            self.assertEqual({width - 1}, {len(bar) for bar in bars})
            self.assertLessEqual(max(len(line) for lines in seen for line in lines), width)

    def test_it_has_colours_where_they_are_wanted_and_nothing_at_all_on_a_dumb_terminal(self):
        load = ("--clients", "2", "--count", "10", "--interval", "20ms")
        self.watch(*load, stdout_too=True)
        self.assertIn("\x1b[1m[", self.terminal.raw)
        self.assertIn("\x1b[32mok: every submit was acked exactly once\x1b[0m", self.terminal.raw)
        seen, _ = self.watch(*load, stdout_too=True, NO_COLOR="1")
        self.assertTrue(any("in flight" in line for lines in seen for line in lines))
        self.assertNotRegex(self.terminal.raw, r"\x1b\[\d*m")
        self.watch(*load, stdout_too=True, NO_COLOR="")   # set, but empty
        self.assertIn("\x1b[32m", self.terminal.raw)
        _, left = self.watch(*load, stdout_too=True, TERM="dumb")
        self.assertNotIn("\x1b", self.terminal.raw)
        self.assertIn("[client 1]: dial ok", left)
        _, left = self.watch(*load, "--quiet", stdout_too=True, TERM="dumb")
        self.assertNotIn("\x1b", self.terminal.raw)
        self.assertRegex("\n".join(left), r"\Asent +20 ")

    def test_a_rate_without_an_end_goes_on_until_ctrl_c(self):
        asked = []

        def when(lines, swarm):
            found = lines and re.match(r"(?P<time>[\d.]+) s, until Ctrl-C$", lines[0])
            if found and float(found["time"]) >= 1 and not asked:
                asked.append(lines)
                swarm.signal(signal.SIGINT)

        _, left = self.watch("--clients", "2", "--rate", "100", "--window", "10", stdout_too=True, when=when)   # watch() asks for status 0
        self.assertTrue(asked)
        self.assertIn("ok: every submit was acked exactly once", left)

    def test_a_rate_without_an_end_is_refused_where_there_is_no_terminal(self):
        for load in ("100", "0..100:1s,5"):
            status, out, err = self.run_to_end(programs.SWARM, "--connect", self.server.address, "--rate", load)
            self.assertEqual((2, ""), (status, out))
            self.assertRegex(err, r"\Ahawser-swarm: a --rate that goes on needs --duration or --count: [^\n]+\n\Z")
        for end in (["--count", "2"], ["--duration", "100ms"]):
            self.assertEqual(0, self.run_swarm(self.server.address, "--rate", "100", *end, "--quiet").process.returncode)

    def test_quiet_and_verbose_exclude_each_other(self):
        status, out, err = self.run_to_end(programs.SWARM, "--connect", ":1", "--quiet", "--verbose")
        self.assertEqual((2, "", "hawser-swarm: --quiet and --verbose exclude each other (try --help)\n"), (status, out, err))

    def test_it_says_what_is_left_of_a_count(self):
        seen, _ = self.watch("--clients", "2", "--count", "100", "--interval", "10ms", "--quiet")
        shown = [lines for lines in seen if len(lines) == 4]
        self.assertTrue(any(re.search(r"\d+%  [\d.]+ m?s, about [\d.]+ m?s left", lines[0]) for lines in shown), seen)
        self.assertTrue(any(re.search(r" \d+/200 acked", lines[3]) for lines in shown), seen)

    def test_it_fits_a_small_terminal_that_knows_no_unicode(self):
        seen, _ = self.watch("--clients", "2", "--count", "60", "--interval", "50ms", "--quiet", width=44, height=4, locale="C")
        shown = [lines for lines in seen if lines]
        self.assertTrue(any(len(lines) == 3 for lines in shown))
        for lines in shown:
            self.assertLessEqual(len(lines), 3)
            for line in lines:
                self.assertLessEqual(len(line), 43)
                self.assertTrue(line.isascii())

    def test_errors_are_shown_by_their_kinds(self):
        def serve(connection, number):
            frame = connection.receive_frame()
            while frame:
                connection.send(wire.submit_ack(frame[5:13]) + wire.submit_ack(b"unknown!"))
                frame = connection.receive_frame()

        assert_shows(self, r"^errors +\d+ unknown$", serve, "--count", "20", "--interval", "50ms")

    def test_it_is_not_drawn_between_the_lines_of_the_clients(self):
        _, left = self.watch("--clients", "2", "--count", "20", "--interval", "20ms", "--verbose", stdout_too=True)
        self.assertIn("[client 2]: dial ok", left)
        self.assertFalse([line for line in left if "in flight" in line])

    def test_it_is_not_drawn_anywhere_else(self):
        for options in ([], ["--quiet"]):
            swarm = self.run_swarm(self.server.address, "--clients", "2", "--count", "10", "--interval", "20ms", *options)
            self.assertEqual(0, swarm.process.returncode)
            self.assertEqual("", swarm.err)
            self.assertNotIn("\r", swarm.out)
            self.assertNotIn("\x1b", swarm.out)

    def test_quiet_without_a_terminal_is_the_summary_only_however_long_it_takes(self):
        swarm = self.run_swarm(self.server.address, "--rate", "100", "--duration", "11s", "--quiet")
        self.assertEqual((0, ""), (swarm.process.returncode, swarm.err))
        self.assertRegex(swarm.out, r"\Asent +1,100 ")


if __name__ == "__main__":
    programs.main()
