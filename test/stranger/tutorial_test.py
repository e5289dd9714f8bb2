"""docs/tutorial.md, from an empty folder to its end: every file, command and output of it. Usage: tutorial_test.py follow|embed"""
import dataclasses
import os
import pathlib
import re
import shutil
import sys
import unittest

import home
import page

TUTORIAL = home.ROOT / "docs" / "tutorial.md"
EMBED = "the other two ways to embed"


# The stop is to come while the request is under way. It is, once the log says so; a reader waits a second.
_REQUEST = re.compile(r"(client=\$!\n)sleep 1$", re.M)


def patient(steps):
    """The same, without the sleeps that a busy machine may find too short."""
    return [dataclasses.replace(one, text=_REQUEST.sub(r"\1until grep -q keeping server.log; do sleep 0.01; done",
                                                       home.wait_for_servers(one.text, "127.0.0.1:7000")))
            if one.kind == "commands" else one for one in steps]


class Case(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(os.environ["HAWSER_WORK"], type(self).__name__.lower())   # the same each time, for the compiler's cache
        shutil.rmtree(folder, ignore_errors=True)
        self.home = home.Home(folder)
        self.steps = patient(page.steps(TUTORIAL))
        self.last = patient(page.steps(TUTORIAL, EMBED))

    def follow(self, steps):
        with page.Shell(self.home.empty_folder(), self.home.environment) as shell:
            shell.follow(steps)


class Follow(Case):
    def test_step_by_step_in_a_project_that_has_the_sources_inside(self):
        own = [one for one in self.steps if one not in self.last]
        self.assertGreaterEqual(len([one for one in own if one.kind == "output"]), 6)
        self.follow(own)


class Embed(Case):
    def test_what_has_become_of_it_with_find_package_and_with_pkg_config(self):
        before = {one.name: one for one in self.steps if one.kind == "file" and one not in self.last}
        self.assertGreaterEqual(len([one for one in self.last if one.kind == "output"]), 2)
        self.follow([*before.values(), *self.last])


class Page(Case):
    def test_every_server_is_waited_for(self):
        commands = "".join(one.text for one in self.steps if one.kind == "commands")
        self.assertEqual(len(re.findall(r"server\b.* & ", commands)), commands.count("listening.py"))
        self.assertEqual(1, commands.count("until grep"))

    def test_nothing_that_a_reader_copies_is_of_the_examples(self):
        for one in self.steps:
            self.assertNotIn("example", one.text, one.where)

    def test_every_file_that_a_command_compiles_is_whole(self):
        names = {one.name for one in self.steps if one.kind == "file"}
        self.assertEqual({"CMakeLists.txt", "server.cpp", "client.cpp", "thermometer.hpp"}, names)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "Page", {"follow": "Follow", "embed": "Embed"}[sys.argv[1]]], verbosity=2)
