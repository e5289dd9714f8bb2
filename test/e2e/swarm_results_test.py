"""What is done with results that were kept: the keys of --json, hawser-swarm merge, hawser-swarm compare."""
import json
import re
import signal
import time

import programs

MACHINE_KEYS = {"cpu", "processors", "kernel", "hawser"}
PLAN_KEYS = {"clients", "window", "count", "interval_seconds", "warmup_seconds", "sends_for_seconds", "payload_size", "timeout_seconds", "seed"}
ROWS = ["rate", "p50", "p90", "p99", "p99.9", "max", "failures", "unsent"]


class Results(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "1")

    def result(self, *options):
        """The path of one."""
        return self.run_swarm(self.server.address, "--quiet", *options).json_path

    def edited(self, path, **changes):
        """The result of another run, which was the same but for these changes."""
        made = self.folder / f"edited-{len(list(self.folder.iterdir()))}.json"
        report = json.loads(path.read_text()) | changes
        report["processes"] = [one | {"run": f"{one['run']} again, {made.name}"} for one in report["processes"]]
        made.write_text(json.dumps(report))
        return made


class Keys(Results):
    def test_all_that_is_known_of_a_run_is_kept(self):
        before = time.time()
        swarm = self.run_swarm(self.server.address, "--quiet", "--clients", "3", "--rate", "300", "--duration", "1500ms", "--warmup", "500ms",
                               "--window", "7", "--seed", "42")
        report = swarm.report
        self.assertEqual(3, report["connections"])
        self.assertLess(report["measured"], report["acked"])
        self.assertEqual((False, "", {}), (report["interrupted"], report["first_error"], report["errors_by_kind"]))
        process, = report["processes"]
        self.assertEqual({"run", "started", "options", "plan", "machine"}, process.keys())
        self.assertRegex(process["run"], "^[0-9a-f]{32}$")
        self.assertEqual(MACHINE_KEYS, process["machine"].keys())
        self.assertEqual(["--connect", self.server.address, "--json", str(swarm.json_path), "--quiet", "--clients", "3"], process["options"][:7])
        self.assertEqual({"clients": 3, "window": 7, "count": None, "interval_seconds": None, "warmup_seconds": 0.5, "sends_for_seconds": 2,
                          "payload_size": None, "timeout_seconds": 5, "seed": 42}, process["plan"])
        self.assertRegex(process["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(time.strftime("%Y-%m-%d", time.gmtime(before)), process["started"][:10])

    def test_the_histograms_and_the_timeline_say_what_the_counters_say(self):
        report = json.loads(self.result("--clients", "2", "--rate", "200", "--duration", "2500ms").read_text())
        for key, name in (("latency_us", "latency_histogram"), ("latency_from_schedule_us", "latency_from_schedule_histogram")):
            self.assertEqual({"max_ns", "counts"}, report[name].keys())
            self.assertEqual(report["measured"], sum(times for _, times in report[name]["counts"]))
            self.assertAlmostEqual(report[key]["max"], report[name]["max_ns"] / 1000, places=3)
            half = 0
            for top, times in report[name]["counts"]:
                half += times
                if half >= report["measured"] / 2:
                    break
            self.assertAlmostEqual(report[key]["p50"], top / 1000, places=3)
        line = report["timeline"]
        self.assertEqual(1, line["slice_seconds"])
        self.assertIn(len(line["slices"]), (3, 4))
        self.assertEqual(report["sent"], sum(one["sent"] for one in line["slices"]))
        self.assertEqual(report["acked"], sum(one["acked"] for one in line["slices"]))
        for one in line["slices"]:
            self.assertEqual(one["acked"], sum(times for _, times in one["latency"]["counts"]))

    def test_both_files_are_written_when_it_is_interrupted(self):
        page = self.folder / "page.html"
        swarm = self.start_swarm(self.server.address, "--quiet", "--duration", "1m", "--interval", "10ms", "--html", page)
        programs.until(lambda: len(self.server.lines("submit")) > 3 or self.server.process.poll(), "a submit")
        swarm.signal(signal.SIGINT)
        self.assertEqual(1, swarm.status())
        self.assertTrue(swarm.report["interrupted"])
        self.assertIn("interrupted", page.read_text())
        self.assertTrue(page.read_text().endswith("</html>\n"))


class Merge(Results):
    def merge(self, *arguments):
        return self.run_to_end(programs.SWARM, "merge", *arguments)

    def test_swarms_that_ran_at_the_same_time_add_up(self):
        options = ("--quiet", "--rate", "200", "--duration", "1s")
        swarms = [self.start_swarm(self.server.address, *options) for _ in range(3)]
        for swarm in swarms:
            swarm.status()
        both = self.folder / "sum.json"
        status, out, err = self.merge(*(one.json_path for one in swarms), "--json", both)
        self.assertEqual((0, ""), (status, err))
        parts, total = [one.report for one in swarms], json.loads(both.read_text())
        for key in (*programs.COUNTERS, "connections", "measured"):
            self.assertEqual(sum(one[key] for one in parts), total[key], key)
        until = max(one["measured_from_seconds"] + one["seconds"] for one in parts)
        self.assertAlmostEqual(until, total["measured_from_seconds"] + total["seconds"], places=8)
        self.assertEqual(min(one["measured_from_seconds"] for one in parts), total["measured_from_seconds"])
        self.assertEqual(max(one["latency_us"]["max"] for one in parts), total["latency_us"]["max"])
        self.assertEqual([one["processes"][0] for one in parts], total["processes"])
        self.assertEqual(600, sum(one["sent"] for one in total["timeline"]["slices"]))
        self.assertRegex(out, r"\Asent +600    duplicate +0\nunsent +0    unknown +0\nacked +600    late +0\n")
        self.assertTrue(out.endswith("ok: every submit was acked exactly once\n"), out)
        again = self.folder / "again.json"
        self.assertEqual(0, self.merge(self.edited(swarms[2].json_path), both, "--json", again)[0])
        self.assertEqual(4, len(json.loads(again.read_text())["processes"]))

    def test_it_says_so_if_they_did_not_run_at_the_same_time(self):
        one = self.result("--interval", "0")
        processes = json.loads(one.read_text())["processes"]
        processes[0]["started"] = "2026-01-02T03:04:05.678Z"
        later = [processes[0] | {"started": "2026-01-02T03:04:15.678Z"}]
        status, out, _ = self.merge(self.edited(one, processes=processes), self.edited(one, processes=later))
        self.assertEqual(0, status)
        self.assertIn("they did not run at the same time: the last began 10 s after the first", out)
        self.assertNotIn("at the same time", self.merge(one, self.edited(one))[1])

    def test_a_run_is_not_counted_twice(self):
        one, other = self.result("--interval", "0"), self.result("--interval", "0")
        copy, both = self.folder / "copy.json", self.folder / "both.json"
        copy.write_bytes(one.read_bytes())
        self.assertEqual(0, self.merge(one, other, "--json", both)[0])
        for files in ((one, one), (one, other, copy), (other, both)):
            status, out, err = self.merge(*files, "--json", self.folder / "sum.json")
            self.assertEqual((2, ""), (status, out))
            self.assertEqual(f"hawser-swarm merge: {files[0]} and {files[-1]} have the same run, which would be counted twice (try --help)\n", err)
        self.assertFalse((self.folder / "sum.json").exists())

    def test_the_status_is_that_of_the_sum(self):
        good = self.result("--interval", "0")
        bad = self.edited(good, missing=1, sent=51)
        status, out, _ = self.merge(good, bad)
        self.assertEqual(1, status)
        self.assertTrue(out.endswith("not ok: 1 missing\n"), out)


class Compare(Results):
    def compare(self, *arguments):
        return self.run_to_end(programs.SWARM, "compare", *arguments)

    def rows(self, out):
        return {line.split()[0]: line for line in out.splitlines()[1:1 + len(ROWS)]}

    def test_a_run_that_is_compared_with_itself_is_the_same(self):
        one = self.result("--rate", "1000", "--window", "50", "--duration", "10s")
        status, out, err = self.compare(one, one, "--fail-if-worse")
        self.assertEqual((0, ""), (status, err))
        self.assertRegex(out.splitlines()[0], r"^ +A +B +change +noise  B is$")
        rows = self.rows(out)
        self.assertEqual(ROWS, list(rows))
        self.assertRegex(rows["rate"], r"^rate +([\d.]+)/s +\1/s +\+0\.0 % +[\d-]")
        self.assertRegex(rows["p50"], r"^p50 +([\d.]+ [um]?s) +\1 +\+0\.0 % ")
        self.assertRegex(rows["failures"], r"^failures +0 +0 +- +-  the same$")
        for row in rows.values():
            self.assertRegex(row, "  (no more than the noise|too short to tell|the same)$")
        self.assertNotIn("differ", out)

    def test_a_change_of_all_seconds_is_found_and_is_the_status_if_asked_for(self):
        fast, slow, other = self.steady(100_000), self.steady(150_000), self.steady(100_100)
        status, out, _ = self.compare(fast, slow, "--fail-if-worse")
        self.assertEqual(1, status)
        self.assertRegex(self.rows(out)["p50"], r"^p50 +1\d\d us +1\d\d(\.\d)? us +\+[45]\d\.\d % +\d\.\d %  worse$")
        self.assertRegex(self.rows(out)["rate"], r"^rate +1000/s +1000/s +\+0\.0 % +0\.\d %  no more than the noise$")
        self.assertEqual(0, self.compare(fast, slow)[0])
        status, out, _ = self.compare("--fail-if-worse", slow, fast)
        self.assertEqual(0, status)
        self.assertRegex(self.rows(out)["p50"], r" -3\d\.\d % +\d\.\d %  better$")
        status, out, _ = self.compare(fast, other, "--fail-if-worse")
        self.assertEqual(0, status)
        self.assertRegex(self.rows(out)["p50"], "  no more than the noise$")

    def steady(self, nanoseconds):
        """A run of 20 s with answers around that, which vary by a percent from second to second."""
        fine, slices = {}, []
        for second in range(20):
            counts = {}
            for tenth in range(1000):
                took = int(nanoseconds * (1 + (second * 7 % 5 - 2) / 100 + tenth / 10_000))
                for into, cut in ((fine, 10), (counts, 5)):
                    top = self.top_of_bucket(took, cut)
                    into[top] = into.get(top, 0) + 1
            slices.append({"sent": 1000, "acked": 1000, "failed": 0, "latency": {"max_ns": max(counts), "counts": sorted(counts.items())}})
        return self.edited(self.result("--interval", "0"), sent=20_000, acked=20_000, measured=20_000, seconds=20,
                           latency_histogram={"max_ns": max(fine), "counts": sorted(fine.items())},
                           timeline={"slice_seconds": 1, "slices": slices})

    @staticmethod
    def top_of_bucket(value, cut):
        shift = max(0, value.bit_length() - cut - 1)
        return (((value >> shift) + 1) << shift) - 1

    def test_short_runs_are_too_short_and_other_plans_are_named(self):
        one = self.result("--interval", "0")
        other = self.result("--interval", "0", "--window", "4", "--hello")
        status, out, _ = self.compare(one, other)
        self.assertEqual(0, status)
        for name in ROWS[:-2]:
            self.assertTrue(self.rows(out)[name].endswith("  too short to tell"), out)
        self.assertEqual("the plans differ: --hello not given and given, --window not given and 4", out.splitlines()[-1])

    def test_other_machines_and_a_generator_that_was_the_limit_are_named(self):
        one = self.result("--interval", "0")
        processes = json.loads(one.read_text())["processes"]
        processes[0]["machine"]["processors"] = 4711
        out = self.compare(one, self.edited(one, processes=processes, load_busy=0.97, seconds=5))[1]
        self.assertRegex(out, r"\nthe machines differ: processors \d+ and 4711\n")
        self.assertIn("\nthe load generator was the limit in B: ", out)
        self.assertNotIn("in A", out)

    def test_more_failures_are_worse(self):
        one = self.result("--interval", "0")
        other = self.edited(one, late=3)
        self.assertEqual(1, self.compare(one, other, "--fail-if-worse")[0])
        self.assertEqual(0, self.compare(other, one, "--fail-if-worse")[0])
        self.assertTrue(self.rows(self.compare(other, one)[1])["failures"].endswith("better"))

    def test_what_was_not_sent_is_worse_too(self):
        one = self.result("--interval", "0")
        other = self.edited(one, unsent=12345, unsent_by={"server": 0, "window": 12345, "generator": 0})
        status, out, _ = self.compare(one, other, "--fail-if-worse")
        self.assertEqual(1, status)
        self.assertRegex(self.rows(out)["unsent"], r"^unsent +0 +12,345 +- +-  worse$")


class Garbage(Results):
    def assert_refused(self, status, *arguments, says):
        found, out, err = self.run_to_end(programs.SWARM, *arguments)
        self.assertEqual((status, ""), (found, out))
        self.assertRegex(err, says)
        self.assertEqual(1, err.count("\n"), err)

    def test_a_file_that_is_no_result_is_named_in_one_line(self):
        good = self.result("--interval", "0")
        bad = self.folder / "bad.json"
        keys = json.loads(good.read_text())
        older = {key: keys[key] for key in (*programs.COUNTERS, "seconds", "requests_per_second", "load_busy", "latency_us")}
        for text, says in ((b"", "it is no JSON: "), (b"\x7fELF\0\xff", "it is no JSON: "), (b"{}", '"sent" is missing'),
                           (json.dumps(older).encode(), "it is of an older hawser-swarm, which kept no timeline"),
                           (good.read_bytes()[:-20], "it is no JSON: "),
                           (b"[" * 1000, "it is no JSON: "), (b" " * (17 << 20), "it is too long"),
                           (json.dumps(keys | {"sent": 1 << 60}).encode(), '"sent" is more than 9007199254740992')):
            bad.write_bytes(text)
            for word in ("merge", "compare"):
                with self.subTest(word=word, text=text[:40]):
                    self.assert_refused(1, word, good, bad, says=f"^hawser-swarm {word}: {re.escape(str(bad))}: {re.escape(says)}")
        self.assert_refused(1, "compare", good, self.folder / "none.json", says=r"none\.json: it cannot be read$")
        self.assert_refused(1, "merge", self.folder, good, says=": it cannot be read$")

    def test_command_lines_that_make_no_sense_are_refused(self):
        good = self.result("--interval", "0")
        for arguments, says in ((("merge", good), "it takes two files or more"), (("compare", good), "it takes two files"),
                                (("compare", good, good, good), "it takes two files"), (("merge",), "it takes two files or more"),
                                (("compare", good, good, "--json", "x"), "--json"), (("merge", good, good, "--what"), "--what"),
                                (("mingle", good), "'mingle' is no option")):
            self.assert_refused(2, *arguments, says=f"^hawser-swarm.*{says}")

    def test_help_says_what_they_do(self):
        for word, says in (("merge", "A.json B.json"), ("compare", "--fail-if-worse")):
            status, out, _ = self.run_to_end(programs.SWARM, word, "--help")
            self.assertEqual(0, status)
            self.assertIn(says, out)
        self.assertIn("merge A.json", self.run_to_end(programs.SWARM, "--help")[1])

    def test_a_sum_that_cannot_be_written_is_refused_before_anything_is_read(self):
        for option in ("--json", "--html"):
            self.assert_refused(2, "merge", "no.json", "none.json", option, self.folder,
                                says=rf"^hawser-swarm merge: {option}: {self.folder} cannot be written: it is a folder; name a file in it \(try --help\)$")
        self.assert_refused(2, "merge", "no.json", "none.json", "--json", "x", "--html", "x", says="--json and --html name the same file")


if __name__ == "__main__":
    programs.main()
