"""docs/how-to, and docs/from-asio.md: every page from an empty folder, files, commands and output as they are shown; and what the pages have
in common.

PREFIX is where hawser is installed. It is the stranger's $HOME/hawser. The pages are followed two at a time: most of it is compiling.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import home
import page
import tables

sys.path.append(str(pathlib.Path(__file__).parents[1] / "arch"))
import coroutines

ROOT = pathlib.Path(__file__).parents[2]
HERE = pathlib.Path(__file__).parent
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
FOLLOWED = [*PAGES, ROOT / "docs" / "from-asio.md"]
AT_A_TIME = 2
LONGEST = 120
# A reader waits a second for a server that was started. A busy machine may need longer, so here it is waited for.
_SERVER = re.compile(r"^(?P<command>.*?\s(?P<address>(?:unix:\S+|(?:udp:)?[\w.]*:\d+))(?=\s).* & (?:\w+=\$!; )?)sleep 1$", re.M)


def tools_in(folder):
    """Into a folder that comes first in the PATH: the compiler as `c++`, and `listening ADDRESS`."""
    folder.mkdir()
    for name, script in (("c++", "compiler.py"), ("listening", "listening.py")):
        tool = folder / name
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / script}" "$@"\n')
        tool.chmod(0o755)
    return folder


def follow(path, folder):
    """Why the page is wrong; empty if it is right."""
    folder.mkdir()
    tools = tools_in(folder / "tools")
    empty = folder / "empty"
    empty.mkdir()
    (folder / "hawser").symlink_to(os.environ["PREFIX"])
    environment = {"HOME": str(folder), "PATH": f"{tools}:{folder}/hawser/bin:{os.environ['PATH']}", "CXX": str(tools / "c++"),
                   "PKG_CONFIG_PATH": f"{folder}/hawser/lib/pkgconfig", "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                   **home.cache_of_the_compiler()}
    steps = []
    for step in page.steps(path):
        if step.kind == "file":   # as it is: these programs are told their ports, and what is compiled is the same each time
            (empty / step.name).write_text(step.text)
        else:
            steps.append(page.Step(step.kind, step.where, _SERVER.sub(r"\g<command>listening \g<address>", step.text)))
    try:
        with page.Shell(empty, environment) as shell:
            shell.follow(steps)
    except page.Mismatch as wrong:
        return str(wrong)
    return ""


class Pages(unittest.TestCase):
    def test_every_page_does_what_it_says(self):
        chosen = [path for path in FOLLOWED if path.stem in sys.argv[1:]] or FOLLOWED
        with tempfile.TemporaryDirectory(prefix="hawser-how-to-") as held, concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            going = {path.name: pool.submit(follow, path, pathlib.Path(held) / path.stem) for path in chosen}
            wrong = {name: one.result() for name, one in going.items()}
        for name, why in wrong.items():
            with self.subTest(name):
                if why:
                    self.fail(why)

    def test_programs_have_no_coroutine_that_gcc_compiles_wrongly(self):
        with tempfile.TemporaryDirectory(prefix="hawser-how-to-") as held:
            for path in FOLLOWED:
                for step in page.steps(path):
                    if step.kind == "file":
                        pathlib.Path(held, f"{path.stem}_{step.name}").write_text(step.text)
            self.assertEqual([], list(coroutines.violations(held)))

    def test_a_program_that_prints_its_result_asks_whether_it_was_written(self):
        for path in (*FOLLOWED, ROOT / "docs" / "tutorial.md"):
            for step in page.steps(path):
                if step.kind == "file" and "std::cout" in step.text and "server.run()" not in step.text:   # those end by a signal
                    self.assertRegex(step.text, r"std::cout\.flush\(\)", step.where)

    def test_tables_of_types_and_formats_are_true(self):
        with tempfile.TemporaryDirectory(prefix="hawser-how-to-") as held:
            source = pathlib.Path(held, "tables.cpp")
            source.write_text(tables.program(*(PAGES[0].with_name(name).read_text() for name in ("fields.md", "frame-format.md"))))
            include = pathlib.Path(os.environ["PREFIX"], "include")
            library = next(pathlib.Path(os.environ["PREFIX"]).rglob("libhawser-frame.a"))
            program = pathlib.Path(held, "tables")
            compiler = [os.environ["HAWSER_CXX"], "-std=c++20", "-I", include]
            subprocess.run([*compiler, source, "-o", program, library.with_name("libhawser-packet.a"), library], check=True)
            said = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
        self.assertEqual("", said)

    def test_a_page_is_short_and_nobody_copies_what_is_of_the_examples_only(self):
        self.assertGreaterEqual(len(PAGES), 15)
        for path in PAGES:
            text = path.read_text()
            with self.subTest(path.name):
                self.assertLessEqual(text.count("\n"), LONGEST)
                for code in re.findall(r"^```(?:cpp|sh)\n(.*?)^```", text, re.M | re.S):
                    self.assertNotRegex(code, r"example::|tools::|given\.")

    def test_the_wait_for_a_server_is_one_for_its_address(self):
        for said, meant in ((".. & sleep 1", ".. & sleep 1"), ("./a :8888 & server=$!; sleep 1", "./a :8888 & server=$!; listening :8888"),
                            ("s --listen 127.0.0.1:80 --x y & sleep 1", "s --listen 127.0.0.1:80 --x y & listening 127.0.0.1:80"),
                            ("./a unix:e.sock & sleep 1", "./a unix:e.sock & listening unix:e.sock"),
                            ("./a udp::53 & sleep 1", "./a udp::53 & listening udp::53")):
            self.assertEqual(meant, _SERVER.sub(r"\g<command>listening \g<address>", said))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
