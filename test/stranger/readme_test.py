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


def commands():
    for step in page.steps(README):
        text = "".join(line for line in step.text.splitlines(True) if not line.startswith(WHOLE_BUILDS))
        if step.kind != "commands" or text:
            yield page.Step(step.kind, step.where, home.wait_for_servers(text), step.name)


class Readme(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(os.environ["HAWSER_WORK"], "readme")
        shutil.rmtree(folder, ignore_errors=True)
        self.home = home.Home(folder)

    def test_the_commands_work_one_after_the_other(self):
        steps = list(commands())
        text = "".join(one.text for one in steps)
        self.assertEqual((2, 2), (text.count("hawser-server --listen"), text.count("listening.py")))
        terminal = screen.Terminal()
        self.addCleanup(terminal.close)
        environment = self.home.environment | {"TERM": "xterm", "NO_COLOR": "1"}
        install = next(at for at, one in enumerate(steps) if "cmake --install" in one.text)   # which names each file
        with page.Shell(self.home.clone, environment, terminal=terminal) as shell:
            shell.follow(steps[:install])
            shown = shell.shown
            shell.follow(steps[install:])
        self.assertEqual(text.count("bin/hawser-swarm"), shown.count("ok: every submit was acked exactly once"), shown)
        self.assertIn('{"offset":0,"size":16,"body":"023030303030303031616263"}', shown)
        self.assertLess(shown.count("\n"), 60, "nothing buries what it has to say")
        made = self.home.clone / "build"
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
