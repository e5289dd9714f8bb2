"""README.md from top to bottom: its commands, pasted on a terminal one after the other, in a clone that has been built."""
import os
import pathlib
import re
import shutil
import sys
import unittest

import home
import page

sys.path.append(str(home.ROOT / "test" / "e2e"))
import screen

README = home.ROOT / "README.md"
# What builds, tests or shows all of hawser takes minutes, and is the check's own beginning.
WHOLE_BUILDS = ("./demo", "./check", "cmake --preset")
_PROJECT = """cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES CXX)
file(WRITE main.cpp "")
add_executable(my_server main.cpp)
add_executable(my_tool main.cpp)
"""


def commands():
    for step in page.steps(README):
        text = "".join(line for line in step.text.splitlines(True) if not line.startswith(WHOLE_BUILDS))
        if step.kind != "commands" or text:
            yield page.Step(step.kind, step.where, home.wait_for_servers(text), step.name)


def projects():
    """Each piece of CMake, in a project of a user who has a server and a tool, and hawser's sources inside."""
    pieces = re.findall(r"^```cmake\n(.*?)^```", README.read_text(), re.M | re.S)
    assert len(pieces) == 2
    for number, piece in enumerate(pieces):
        folder = f"build/project{number}"
        text = f"{_PROJECT}{piece}"
        yield page.Step("file", "README.md", text, f"{folder}/CMakeLists.txt")
        yield page.Step("commands", "README.md", f"ln -s {home.ROOT} {folder}/hawser\n"
                        f"cmake -S {folder} -B {folder}/build -G Ninja -DCMAKE_PREFIX_PATH=$PWD/build/installed > configured\n")


class Readme(unittest.TestCase):
    def test_the_commands_work_one_after_the_other(self):
        folder = pathlib.Path(os.environ["HAWSER_WORK"], "readme")
        shutil.rmtree(folder, ignore_errors=True)
        own = home.Home(folder)
        steps = list(commands())
        text = "".join(one.text for one in steps)
        self.assertEqual((2, 2), (text.count("hawser-server --listen"), text.count("listening.py")))
        terminal = screen.Terminal()
        self.addCleanup(terminal.close)
        environment = own.environment | {"TERM": "xterm", "NO_COLOR": "1"}
        install = next(at for at, one in enumerate(steps) if "cmake --install" in one.text)   # which names each file
        with page.Shell(own.clone, environment, terminal=terminal) as shell:
            shell.follow(steps[:install])
            shown = shell.shown
            shell.follow(steps[install:])
            shell.follow(projects())
        self.assertEqual(text.count("bin/hawser-swarm"), shown.count("ok: every submit was acked exactly once"), shown)
        self.assertIn('{"offset":0,"size":16,"body":"023030303030303031616263"}', shown)
        self.assertLess(shown.count("\n"), 60, "nothing buries what it has to say")
        made = own.clone / "build"
        self.assertIn("hawser", (made / "hawser.lua").read_text())
        for name in ("installed/bin/hawser-swarm", "installed/share/doc/hawser/README.md", "my_server"):
            self.assertTrue((made / name).is_file(), name)

    def test_a_server_that_a_block_starts_is_ended_by_it(self):
        for step in page.steps(README):
            started = len(re.findall(r"bin/hawser-server .*&", step.text))
            self.assertEqual(started, step.text.count("kill $!"), step.where)
            self.assertEqual(started, step.text.count("bin/hawser-server"), "a server in the foreground is the end of pasting")

    def test_what_is_left_out_is_there(self):
        left_out = [line for step in page.steps(README) for line in step.text.splitlines() if line.startswith(WHOLE_BUILDS)]
        self.assertEqual(["./demo", "./check", "cmake"], [line.split()[0] for line in left_out])
        for script in ("demo", "check"):
            self.assertTrue(os.access(home.ROOT / script, os.X_OK), script)


if __name__ == "__main__":
    unittest.main(verbosity=2)
