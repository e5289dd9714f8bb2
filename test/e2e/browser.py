"""A page as a real browser sees it: headless Chromium, which cannot reach anybody.

    page = browser.Page(path)
    page.heading, page.tables["errors"], page.requests
    browser.measure(path, width=400, script="return document.documentElement.scrollWidth")
"""
import html
import html.parser
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import programs

# What the browser wants for itself, it does not get either.
QUIET = ("--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync", "--disable-background-networking",
         "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=5000")


def dump(path, *options):
    """The document after loading it, and which addresses it asked for."""
    if not shutil.which("chromium"):
        raise AssertionError("there is no chromium: tools/setup check installs it")
    with tempfile.TemporaryDirectory(prefix="hawser-chromium-") as folder:
        log = pathlib.Path(folder) / "net.json"
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []   # Chromium refuses to start otherwise
        environment = os.environ | {"HOME": folder, "LC_ALL": "C.UTF-8"}   # nobody's settings
        command = ["chromium", *QUIET, *as_root, f"--user-data-dir={folder}/profile", f"--log-net-log={log}", *options, "--dump-dom",
                   path.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=8 * programs.PATIENCE)
        if done.returncode or "<html" not in done.stdout:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stderr[-2000:]}")
        events = json.loads(log.read_text())["events"]
    # Its own requests come from no page.
    return done.stdout, sorted({event["params"]["url"] for event in events
                                if event.get("params", {}).get("initiator", "not an origin") != "not an origin"})


class Page(html.parser.HTMLParser):
    """What is in a document: texts, by where they are."""

    def __init__(self, path, *options):
        super().__init__()
        self.heading, self.mark = "", ""
        self.figures = {}      # {name: text} at the top
        self.tables = {}       # {section: [[cell, ...], ...]}
        self.texts = {}        # {section: all of its text}
        self.names = []        # of elements
        self.attributes = []
        self._open, self._section, self._name = [], "", ""
        self.dom, self.requests = dump(path, *options)
        self.feed(self.dom)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.names.append(tag)
        self.attributes += attributes.items()
        if tag not in ("meta", "link", "br", "img"):
            self._open.append(tag)
        if tag == "h1":
            self.mark = attributes.get("class")
        if tag in ("section", "table") and (attributes.get("id") or attributes.get("class")):
            self._section = attributes.get("id") or attributes["class"]
        if tag == "tr":
            self.tables.setdefault(self._section, []).append([])
        if tag in ("td", "th"):
            self.tables[self._section][-1].append("")

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        self.texts[self._section] = self.texts.get(self._section, "") + data
        if "h1" in self._open:
            self.heading += data
        elif "dt" in self._open:
            self._name = data
        elif "dd" in self._open:
            self.figures[self._name] = self.figures.get(self._name, "") + data
        elif "td" in self._open or "th" in self._open:
            self.tables[self._section][-1][-1] += data


def measure(path, width, script, *options):
    """What the function body `script` returns in the page, in a window of this width."""
    page = html.escape(path.read_text())
    outer = (f'<!DOCTYPE html><html><body><iframe width="{width}" height="900" style="border:0" srcdoc="{page}"></iframe>'
             f'<script>document.querySelector("iframe").onload = event => {{ const window = event.target.contentWindow, document = window.document;'
             f'const found = (() => {{ {script} }})(); globalThis.document.body.textContent = JSON.stringify(found); }};</script></body></html>')
    with tempfile.TemporaryDirectory(prefix="hawser-page-") as folder:
        around = pathlib.Path(folder) / "around.html"
        around.write_text(outer)
        dom, _ = dump(around, *options)
    return json.loads(html.unescape(dom[dom.index("<body>") + 6:dom.index("</body>")]))
