"""docs/tutorial.md, from an empty folder to its end: every file, command and output of it. Usage: tutorial_test.py follow|embed"""
import os
import pathlib
import shutil
import sys
import unittest

import home
import page

TUTORIAL = home.ROOT / "docs" / "tutorial.md"
EMBED = "the other two ways to embed"


class Case(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(os.environ["HAWSER_WORK"], type(self).__name__.lower())   # the same each time, for the compiler's cache
        shutil.rmtree(folder, ignore_errors=True)
        self.home = home.Home(folder)
        self.steps = page.steps(TUTORIAL)
        self.last = page.steps(TUTORIAL, EMBED)

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
    def test_nothing_that_a_reader_copies_is_of_the_examples(self):
        for one in self.steps:
            self.assertNotIn("example", one.text, one.where)

    def test_every_file_that_a_command_compiles_is_whole(self):
        names = {one.name for one in self.steps if one.kind == "file"}
        self.assertEqual({"CMakeLists.txt", "server.cpp", "client.cpp", "thermometer.hpp"}, names)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "Page", {"follow": "Follow", "embed": "Embed"}[sys.argv[1]]], verbosity=2)
