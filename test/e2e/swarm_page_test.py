"""The page that --html writes, in a real browser: what it shows, that it fits, and that it needs nobody."""
import json
import re
import socket

import browser
import programs

EVIL = "<script>document.title = 'mine'</script><img src='http://127.0.0.1:9/x.png'>"
UNITS = {"µs": 1, "ms": 1e3, "s": 1e6}
NAMES = {"p50": "p50", "p90": "p90", "p99": "p99", "p99.9": "p999", "p99.99": "p9999", "max": "max"}
DARK, LIGHT = "--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"

LAYOUT = """
    const all = [...document.querySelectorAll("*")];
    const boxes = [...document.querySelectorAll("svg text, h1, dd, td, th, pre")].map(one => one.getBoundingClientRect());
    const apart = (a, b) => a.bottom <= b.top + 2 || b.bottom <= a.top + 2 || a.right <= b.left || b.right <= a.left;
    const over = [...document.querySelectorAll("svg.chart")].map(chart => {
        const texts = [...chart.querySelectorAll("text.end, text.up, text.across")].map(one => [one.textContent, one.getBoundingClientRect()]);
        return texts.flatMap(([name, box], i) => texts.slice(i + 1).filter(other => !apart(box, other[1])).map(other => [name, other[0]]));
    }).flat();
    const style = getComputedStyle(document.body);
    return {width: document.documentElement.scrollWidth, left: Math.min(...boxes.map(one => one.left)),
            right: Math.max(...boxes.map(one => one.right)), over: over,
            smallest: Math.min(...all.filter(one => one.textContent && one.closest("body")).map(one => parseFloat(getComputedStyle(one).fontSize))),
            charts: document.querySelectorAll("svg.chart").length, paper: style.backgroundColor, ink: style.color};
"""


def micros(text):
    number, unit = text.split()
    return float(number) * UNITS[unit]


class Page(programs.Case):
    def run_with_page(self, address, *options):
        path = self.folder / "page.html"
        swarm = self.run_swarm(address, "--quiet", "--html", path, *options)
        return swarm, path

    def assert_fits(self, path, charts):
        for width in (400, 1400):
            for scheme in (LIGHT, DARK):
                with self.subTest(width=width, scheme=scheme):
                    found = browser.measure(path, width, LAYOUT, scheme)
                    self.assertEqual(width, found["width"], "it has to be scrolled sideways")
                    self.assertGreaterEqual(found["left"], 0)
                    self.assertLessEqual(found["right"], width)
                    self.assertEqual([], found["over"], "labels one over another")
                    self.assertGreaterEqual(found["smallest"], 12)
                    self.assertEqual(charts, found["charts"])
                    paper, ink = (sum(map(int, re.findall(r"\d+", found[key])[:3])) for key in ("paper", "ink"))
                    self.assertGreater((paper - ink) * (1 if scheme == LIGHT else -1), 450)

    def test_its_figures_are_those_of_the_json(self):
        server = self.start_server("--threads", "1")
        swarm, path = self.run_with_page(server.address, "--clients", "4", "--window", "8", "--rate", "0..400:2s,400:1500ms", "--warmup", "1s")
        self.assertEqual(0, swarm.process.returncode, swarm.err)
        report = swarm.report
        page = browser.Page(path)
        self.assertEqual(("good", "ok: every submit was acked exactly once"), (page.mark, page.heading))
        self.assertEqual(f"{report['requests_per_second']:,.0f} /s", page.figures["rate"])
        self.assertEqual(f"0 {report['sent']:,} sent", page.figures["failures"])
        for name, text in page.figures.items():
            if name in NAMES:
                self.assertAlmostEqual(1, micros(text) / report["latency_from_schedule_us"][NAMES[name]], delta=0.006, msg=name)
        rows = {row[0]: row[1:] for row in page.tables["latency-table"]}
        self.assertEqual(["from schedule", "from sending"], rows.pop(""))
        self.assertEqual(NAMES.keys(), rows.keys())
        for name, cells in rows.items():
            for cell, key in zip(cells, ("latency_from_schedule_us", "latency_us")):
                self.assertAlmostEqual(1, micros(cell) / report[key][NAMES[name]], delta=0.006, msg=name)
        counted = {row[0]: row[1] for row in page.tables["counters"]}
        for key in (*programs.COUNTERS, "connections", "measured"):
            self.assertEqual(f"{report[key]:,}", counted[key])
        self.assert_pictures(page, report)
        self.assertIn("--rate 0..400:2s,400:1500ms --warmup 1s", page.texts["process"])
        self.assertIn(["hawser", report["processes"][0]["machine"]["hawser"]], page.tables["machine"])
        self.assertIn(["seed", str(report["processes"][0]["plan"]["seed"])], page.tables["plan"])
        self.assertIn(["None."], page.tables["errors"])
        self.assertEqual([], page.requests)
        self.assert_fits(path, 4)

    def assert_pictures(self, page, report):
        """Each second can be read with the mouse, and they add up."""
        told = re.findall(r"<title>[\d.]+ to [\d.]+ s: ([\d,]+) sent, ([\d,]+) acked, ([\d,]+) failed</title>", page.dom)
        sums = [sum(int(one.replace(",", "")) for one in column) for column in zip(*told)]
        self.assertEqual([report["sent"], report["acked"], 0], sums)
        answers = re.findall(r"<title>[\d.]+ [µm]?s to [\d.]+ [µm]?s: ([\d,]+) answers</title>", page.dom)
        self.assertEqual(report["measured"], sum(int(one.replace(",", "")) for one in answers))
        for section, words in (("rate", "sent acked warm-up"), ("latency", "p50 p90 p99 max s"), ("percentiles", "schedule sending 90 99")):
            for word in words.split():
                self.assertIn(word, page.texts[section])
        self.assertEqual(8, page.names.count("path"))   # sent, acked; p50, p90, p99, max; two curves

    def test_a_run_without_an_answer_has_a_page_too(self):
        with socket.create_server(("127.0.0.1", 0)) as gone:
            address = "127.0.0.1:%d" % gone.getsockname()[1]
        swarm, path = self.run_with_page(address, "--clients", "3")
        self.assertEqual(1, swarm.process.returncode)
        page = browser.Page(path)
        self.assertEqual("bad", page.mark)
        self.assertEqual("3 0 sent", page.figures["failures"])
        self.assertEqual("–", page.figures["p99"])
        self.assertEqual("–", page.figures["rate"].split()[0])
        counted = {row[0]: row[1] for row in page.tables["counters"]}
        self.assertEqual(("30", "–"), (counted["unsent"], counted["measured for"]))
        self.assertIn("30 unsent because of the server", page.dom)
        self.assertEqual(3, page.dom.count("Nothing was answered."))
        self.assertEqual([[swarm.report["first_error"], "3"]], page.tables["errors"])
        self.assertNotIn("latency_from_schedule_us", swarm.report)
        self.assert_fits(path, 1)

    def test_a_run_within_one_second_fits_as_well(self):
        server = self.start_server("--threads", "1")
        swarm, path = self.run_with_page(server.address, "--interval", "0")
        self.assertEqual(1, len(swarm.report["timeline"]["slices"]))
        self.assert_fits(path, 4)

    def test_what_others_say_is_text_and_stays_text(self):
        server = self.start_server("--threads", "1")
        swarm = self.run_swarm(server.address, "--quiet", "--interval", "0")
        report = swarm.report | {"errors": 2, "first_error": EVIL, "errors_by_kind": {EVIL: 2}}
        report["processes"][0]["options"] += [EVIL, "it's"]
        report["processes"][0]["machine"]["cpu"] = report["processes"][0]["run"] = EVIL
        evil, path = self.folder / "evil.json", self.folder / "evil.html"
        evil.write_text(json.dumps(report))
        status, _, err = self.run_to_end(programs.SWARM, "merge", evil, swarm.json_path, "--html", path)
        self.assertEqual((1, ""), (status, err))
        page = browser.Page(path)
        self.assertEqual([[EVIL, "2"]], page.tables["errors"])
        self.assertIn(EVIL, page.heading)
        self.assertIn("'it'\\''s'", page.texts["process"])
        self.assertNotIn("script", page.names)
        self.assertNotIn("img", page.names)
        self.assertEqual([], page.requests)
        self.assert_fits(path, 4)

    def test_the_page_names_nothing_outside_of_itself(self):
        server = self.start_server("--threads", "1")
        _, path = self.run_with_page(server.address, "--interval", "0")
        page = browser.Page(path)
        for name in ("script", "link", "img", "iframe", "object", "embed"):
            self.assertNotIn(name, page.names)
        for name, value in page.attributes:
            self.assertNotIn(name, ("src", "href", "style", "onload", "onerror"))
            self.assertNotIn("//", value or "")
        self.assertNotRegex(page.dom, r"url\(|@import")

    def test_a_page_that_asked_for_something_would_be_caught(self):
        path = self.folder / "leak.html"
        path.write_text("<html><body><img src='http://127.0.0.1:9/x.png'></body></html>")
        self.assertEqual(["http://127.0.0.1:9/x.png"], browser.Page(path).requests)

    def test_the_page_is_written_even_if_the_json_cannot_be(self):
        server = self.start_server("--threads", "1")
        path, gone = self.folder / "page.html", self.folder / "gone"
        gone.mkdir()
        swarm = self.start(programs.SWARM, "--connect", server.address, "--count", "20", "--interval", "50ms", "--quiet", "--html", path,
                           "--json", gone / "report.json")
        server.wait_for_line("recv submit")   # the files were looked at
        gone.rmdir()
        self.assertEqual(1, swarm.status())
        self.assertEqual(f"hawser-swarm: cannot write {gone}/report.json: No such file or directory\n", swarm.err)
        self.assertTrue(path.read_text().endswith("</html>\n"))


if __name__ == "__main__":
    programs.main()
