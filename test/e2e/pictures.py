"""pictures.py [--any-build] FOLDER: makes the pictures of README.md: the swarm's live view as its terminal shows it, and the page of --html in
Chromium. It needs the programs of a release build in HAWSER_BIN:

    cmake --preset release && cmake --build --preset release
    HAWSER_BIN=build/release/bin python3 test/e2e/pictures.py docs/pictures

Those of any other build are refused, as their figures are a fraction of what users get. What the numbers are is a matter of the machine.
"""
import argparse
import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import programs
import screen

WIDTH, LETTER, LINE = 100, 8.4, 19   # columns; pixels
NO_BREAK = "\u00a0"   # a space that SVG leaves alone
LOAD = ("--clients", "100", "--rate", "500..5000:5s,5000", "--arrivals", "poisson", "--window", "1000", "--duration", "12s")


def build_type(program):
    """As CMake knows it, in the folder of the build; "unknown" of a program that is in none."""
    for folder in pathlib.Path(program).resolve().parents:
        cache = folder / "CMakeCache.txt"
        if cache.exists():
            values = dict(re.findall(r"^(CMAKE_BUILD_TYPE|HAWSER_SANITIZE):\w+=(.*)$", cache.read_text(), re.M))
            return values.get("HAWSER_SANITIZE") or values.get("CMAKE_BUILD_TYPE") or "unknown"
    return "unknown"


def live_view(server, folder):
    """What is on the screen after two thirds of a run, which also writes its page."""
    terminal = screen.Terminal(WIDTH, 24)
    swarm = programs.Program([programs.SWARM, "--connect", server.address, *LOAD, "--html", folder / "page.html"], folder,
                             stdout=terminal.slave, stderr=terminal.slave, env=os.environ | {"TERM": "xterm", "LC_ALL": "C.UTF-8"})
    begun, lines = time.monotonic(), []
    while swarm.process.poll() is None:
        terminal.update()
        if not lines and time.monotonic() - begun > 8:
            lines = terminal.lines
        time.sleep(0.05)
    terminal.update()
    assert swarm.process.returncode == 0, terminal.lines
    return lines


def as_svg(command, lines):
    shown = [f"$ {command}", *lines]
    width, height = round(WIDTH * LETTER) + 24, LINE * len(shown) + 24
    made = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
            '<rect width="100%" height="100%" rx="6" fill="#16181d"/>',
            '<g font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#d8dbe2">']
    for number, line in enumerate(shown):
        weight = ' font-weight="700"' if number == 1 else ""
        length = f' textLength="{round(len(line) * LETTER)}" lengthAdjust="spacingAndGlyphs"'   # the same columns in every font
        made.append(f'<text x="12" y="{12 + LINE * (number + 0.75):g}"{weight}{length}>{html.escape(line).replace(" ", NO_BREAK)}</text>')
    return "\n".join([*made, "</g>", "</svg>", ""])


def screenshot(page, to):
    with tempfile.TemporaryDirectory(prefix="hawser-chromium-") as home:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        subprocess.run(["chromium", "--headless", "--disable-gpu", "--hide-scrollbars", *as_root, f"--user-data-dir={home}/profile",
                        "--window-size=1000,945", f"--screenshot={to}", page.as_uri()], check=True, capture_output=True,
                       env=os.environ | {"HOME": home}, timeout=120)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        server = programs.Server(["--log-level", "warning"], name, ["127.0.0.1:0"])
        try:
            server.wait_for_port_file()
            lines = live_view(server, pathlib.Path(name))
        finally:
            server.end()
        (folder / "swarm-live.svg").write_text(as_svg("hawser-swarm --connect :8888 " + " ".join(LOAD[:4]) + " ...", lines))
        if shutil.which("chromium"):
            screenshot(pathlib.Path(name) / "page.html", folder / "swarm-page.png")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--any-build", action="store_true", help="take programs of any build")
    arguments.add_argument("folder", metavar="FOLDER", type=pathlib.Path)
    given = arguments.parse_args()
    for one in programs.SERVER, programs.SWARM:
        if not given.any_build and build_type(one) != "Release":
            sys.exit(f"pictures.py: {one} is of the build type {build_type(one)}: the pictures need a Release build (see --help), or --any-build")
    main(given.folder)
