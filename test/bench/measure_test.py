"""What bench/run makes of what it measured: medians, ratios, tables, pictures, the page. Nothing is measured here."""
import importlib
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from measure import catalogue, comparison, load, losses, machine, page, plot, process, table, target, toolchains   # noqa: E402
from measure.results import Results, Sample, Spread, rounds   # noqa: E402
from measure.scenarios import ALL, idle, system_calls   # noqa: E402

CASE = "10 connections"
LOAD = '{"rate": 10.0, "acks": 10, "wrong": %d, "missing": %d, "errors": 0, "latency_us": {}}'


def samples(rates, server, scenario="one_in_flight", case=CASE, key="rate"):
    return [Sample(scenario, case, server, number, {key: rate}) for number, rate in enumerate(rates)]


def scenarios():
    return [importlib.import_module(f"measure.scenarios.{name}") for name in ALL]


class Figures(unittest.TestCase):
    def test_a_spread_is_the_median_the_least_and_the_most(self):
        self.assertEqual(Spread.of([3, 1, 2]), Spread(2, 1, 3))
        self.assertIsNone(Spread.of([]))

    def test_a_ratio_is_taken_inside_each_round(self):
        # The machine was half as fast in the second round: the medians alone would not show that hawser is always ahead by half.
        results = Results(samples([300, 150, 330], "hawser") + samples([200, 100, 220], "raw"))
        self.assertEqual(results.ratio("one_in_flight", CASE, "hawser", "rate"), Spread(1.5, 1.5, 1.5))

    def test_a_round_in_which_one_of_both_is_missing_has_no_ratio(self):
        results = Results(samples([300, 150], "hawser") + samples([200], "raw"))
        self.assertEqual(results.ratio("one_in_flight", CASE, "hawser", "rate"), Spread(1.5, 1.5, 1.5))
        self.assertIsNone(results.ratio("one_in_flight", CASE, "hawser", "rate", base="netty"))

    def test_a_failed_sample_counts_for_nothing(self):
        results = Results([*samples([100, 200], "raw"), Sample("one_in_flight", CASE, "raw", 2, {"rate": 9e9}, "wrong acks")])
        self.assertEqual(results.spread("one_in_flight", CASE, "raw", "rate"), Spread(150, 100, 200))
        self.assertEqual([one.failed for one in results.failures()], ["wrong acks"])

    def test_each_round_goes_through_all_servers_and_begins_one_later(self):
        self.assertEqual(list(rounds(["a", "b", "c"], 2)), [(0, "a"), (0, "b"), (0, "c"), (1, "b"), (1, "c"), (1, "a")])
        self.assertEqual(list(rounds([], 2)), [])

    def test_the_summary_has_each_value_and_its_ratio(self):
        summary = Results(samples([300], "hawser") + samples([200], "raw")).summary()
        self.assertEqual(summary["one_in_flight"][CASE]["hawser"]["rate"], {"median": 300, "least": 300, "most": 300, "ratio_to_raw": 1.5})


class Targets(unittest.TestCase):
    def test_a_bound_is_kept_on_the_bound(self):
        self.assertTrue(target.at_least("", 0.95, 0.95).kept)
        self.assertTrue(target.at_most("", 1.1, 1.1).kept)

    def test_a_missed_target_says_by_how_much(self):
        self.assertEqual(target.at_least("", 2.0, 1.5).verdict(), "**missed** by 25.0 %")
        self.assertEqual(target.at_most("", 2.0, 2.2).verdict(), "**missed** by 10.0 %")

    def test_what_was_not_measured_is_neither_kept_nor_missed(self):
        self.assertEqual(target.at_least("", 1, None).verdict(), "not measured")

    def test_no_scenario_keeps_or_misses_a_target_without_a_figure(self):
        for one in scenarios():
            for each in one.targets(Results()):
                self.assertIsNone(each.kept, each)


class Tables(unittest.TestCase):
    def test_figures_have_three_digits_that_count(self):
        told = [table.figure(number) for number in (None, 0, 0.0123, 0.95, 1.234, 12.34, 1234.5)]
        self.assertEqual(told, ["-", "0.00", "0.012", "0.95", "1.23", "12.3", "1,234"])

    def test_a_plain_table_is_in_columns(self):
        self.assertEqual(table.Table("t", ["who", "n"], [["**a**", 1], ["bbbb", 22]]).plain(), "t\nwho    n\na      1\nbbbb  22")

    def test_a_bar_in_a_cell_does_not_end_it(self):
        self.assertEqual(list(table.Table("", ["a"], [["x|y"]]).markdown())[-1], "| x\\|y |")

    def test_the_fastest_server_is_first_and_ours_is_bold(self):
        told = comparison.table(Results(samples([100], "raw") + samples([120], "hawser")), "one_in_flight", CASE)
        self.assertEqual([row[:4] for row in told.rows], [["**hawser, router**", "120", "120 to 120", "1.20"],
                                                          ["raw epoll loop", "100", "100 to 100", "1.00"]])


class Pictures(unittest.TestCase):
    def bars(self, *values):
        svg = plot.bars("A <title>", [plot.Panel("p", [plot.Bar(f"s & {n}", v, v, v, str(v), "other") for n, v in enumerate(values)])], 1)
        return ET.fromstring(svg)

    def widths(self, picture):
        return [float(one.get("width")) for one in picture.iter("{http://www.w3.org/2000/svg}rect") if one.get("class") == "other"]

    def test_bars_are_in_proportion_and_stay_inside(self):
        first, second = self.widths(self.bars(2.0, 1.0))
        self.assertAlmostEqual(first, 2 * second, delta=0.2)
        self.assertLess(plot.LABELS + first, plot.WIDTH)

    def test_names_are_escaped(self):
        self.assertIn("s & 0", [one.text for one in self.bars(1).iter("{http://www.w3.org/2000/svg}text")])

    def test_a_picture_of_nothing_is_a_picture(self):
        ET.fromstring(plot.bars("t", [plot.Panel("p", [])], 1))
        ET.fromstring(plot.lines("t", "x", [plot.Chart("y", [])]))

    def test_a_curve_goes_up_where_its_values_do(self):
        svg = ET.fromstring(plot.lines("t", "x", [plot.Chart("y", [plot.Line("l", [(10, 1.0), (100, 2.0)], "ours")])]))
        first, second = (tuple(map(float, point.split(","))) for point in
                         next(svg.iter("{http://www.w3.org/2000/svg}polyline")).get("points").split())
        self.assertLess(first[0], second[0])
        self.assertGreater(first[1], second[1])   # y counts from the top

    def test_ticks_reach_the_largest_value_in_few_steps(self):
        for most in (0.3, 1, 7, 99, 100, 163_000):
            ticks = plot._ticks(most)
            self.assertGreaterEqual(ticks[-1] * 1.000001, most)
            self.assertLessEqual(len(ticks), 6)


class Runs(unittest.TestCase):
    def test_a_run_with_a_wrong_or_missing_ack_counts_for_nothing(self):
        self.assertEqual(load.judged(0, LOAD % (0, 0), "")["rate"], 10)
        for status, out in ((1, LOAD % (1, 0)), (1, LOAD % (0, 3)), (0, LOAD % (0, 3))):
            with self.assertRaisesRegex(process.Failed, "acks do not match"):
                load.judged(status, out, "")
        with self.assertRaisesRegex(process.Failed, "nothing was acked"):
            load.judged(1, LOAD % (0, 0), "")

    def test_a_load_that_says_nothing_counts_for_nothing(self):
        with self.assertRaisesRegex(process.Failed, "exit status 1: cannot connect"):
            load.judged(1, "", "cannot connect")

    def test_a_server_that_does_not_listen_is_told_with_its_last_words(self):
        with self.assertRaisesRegex(process.Failed, "did not listen: no port"):
            with process.Server([sys.executable, "-c", "import sys; sys.exit('no port')"]):
                pass

    def test_a_server_ends_with_its_block(self):
        program = "import time; print('listening 7', flush=True); time.sleep(60)"
        with process.Server([sys.executable, "-c", program]) as server:
            self.assertEqual(server.port, 7)
            self.assertGreater(server.memory().resident, 0)
            pid = server.pid
        self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())

    def test_server_and_load_are_apart_if_there_are_processors_enough(self):
        self.assertEqual(machine.Cores([0, 1]).split(), ({0}, {1}))
        self.assertEqual(machine.Cores([0, 1]).split(threads=2), ({0, 1}, {0, 1}))
        self.assertEqual(machine.Cores([0, 1, 2]).split(threads=2), ({0, 1}, {2}))

    def test_calls_are_read_from_what_strace_prints(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n------ ----------- ----------- --------- --------- ------\n"
                " 51.00    0.051000           5      9000        12 recvfrom\n 49.00    0.049000           5      9001           sendto\n"
                "100.00    0.100000           5     18001        12 total\n")
        self.assertEqual(system_calls.parsed(text), {"recvfrom": 9000, "sendto": 9001})

    def test_memory_is_told_a_connection_and_waves_against_the_first(self):
        def memory(resident, peak):
            return process.Memory(resident, resident, resident, peak)
        told = idle.figures(memory(1000, 1000), [memory(3000, 4000), memory(3000, 4200)], 10)
        self.assertEqual((told["resident"], round(told["wave_2"], 3)), (200, 0.05))


class Page(unittest.TestCase):
    RECORD = {"date": "2020-02-02", "took": 600, "whole": True, "machine": [["processor", "one"]], "versions": [["Boost", "1.81"]],
              "missing": {"netty": "java: not found"}}

    def written(self, *of):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "performance.md"
            page.write(path, {**self.RECORD, "samples": [vars(one) for one in of]})
            for picture in (path.parent / "performance").iterdir():
                ET.parse(picture)
            return path.read_text()

    def test_the_page_has_the_figures_and_the_pictures(self):
        text = self.written(*samples([90], "hawser"), *samples([100], "raw"))
        self.assertIn("| **hawser, router** | 90 | 90 to 90 | 0.90 |", text)
        self.assertIn("(performance/one_in_flight.svg)", text)
        self.assertIn("- netty: java: not found", text)

    def test_the_page_claims_nothing_that_was_not_measured(self):
        text = self.written(*samples([90], "hawser"), *samples([100], "raw"))
        self.assertNotIn("## Idle connections", text)
        self.assertIn("| not measured |", text)

    def test_the_page_says_by_how_much_a_target_is_missed_and_where_hawser_loses(self):
        text = self.written(*samples([90], "hawser"), *samples([100], "raw"))
        self.assertIn("**missed** by 5.3 %", text)
        self.assertIn("| requests a second | 10 connections | raw epoll loop (0.90) |", text)

    def test_the_page_tells_of_runs_that_count_for_nothing(self):
        text = self.written(*samples([90], "hawser"), Sample("one_in_flight", CASE, "raw", 0, {}, "acks do not match"))
        self.assertIn("- one_in_flight, 10 connections, round 1, raw epoll loop: acks do not match", text)

    def test_who_is_ahead_of_hawser_is_told_the_farthest_first(self):
        results = Results(samples([100], "hawser") + samples([200], "gnet") + samples([150], "raw") + samples([50], "netty"))
        self.assertEqual([row[2] for row in losses.rows(results)], ["gnet (Go) (0.50); raw epoll loop (0.67)"])

    def test_every_scenario_has_a_text_a_name_and_its_sizes(self):
        for one in scenarios():
            self.assertTrue(one.__doc__ and hasattr(one, 'QUICK') and one.FULL and one.NAME, one)

    def test_every_server_is_one_that_is_built(self):
        self.assertLessEqual({one.program for one in catalogue.ALL.values()}, {row.name for row in toolchains.TABLE})


class CommandLine(unittest.TestCase):
    def run_with(self, *options):
        return subprocess.run([sys.executable, ROOT / "bench" / "run", *options], capture_output=True, text=True, timeout=60)

    def test_help_names_all_scenarios_and_servers(self):
        done = self.run_with("--help")
        self.assertEqual(done.returncode, 0)
        for name in (*ALL, *catalogue.ALL):
            self.assertIn(f"  {name} ", done.stdout)

    def test_bad_options_are_refused_before_anything_is_built(self):
        for options in (["--servers", "nginx"], ["--only", "luck"], ["--quick", "--write", "page.md"], ["--from", "x", "--quick"]):
            done = self.run_with(*options)
            self.assertEqual((done.returncode, done.stdout), (2, ""), options)


if __name__ == "__main__":
    unittest.main()
