"""tools/new in a copy of the tree: each kind is configured, compiled and run; what cannot be made changes nothing.

HAWSER_BUILD is the build tree under test, whose libraries are linked, and HAWSER_CXX its compiler. What is made is compiled as the copy's
CMake says.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["HAWSER_BUILD"])
PATIENCE = 240
LIBRARIES = ("hawser_example", "hawser_tools", "hawser-server", "hawser-client", "hawser-protocol", "hawser-packet", "hawser-io", "hawser-frame")
KINDS = {"codec": "pebble", "field": "bearing", "example": "parrot", "test": "thing"}


def copy_of_the_tree(to):
    """What a clone has."""
    def left_out(folder, names):
        built = [name for name in names if name == "build" or (pathlib.Path(folder) / name / "CMakeCache.txt").exists()]
        return {*built, ".git", ".cache", "__pycache__", "target"} & set(names)

    shutil.copytree(ROOT, to, ignore=left_out)


class New(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = tempfile.TemporaryDirectory(prefix="hawser-new-")
        cls.addClassCleanup(cls.held.cleanup)
        cls.tree = pathlib.Path(cls.held.name, "tree")
        copy_of_the_tree(cls.tree)
        cls.told = {kind: cls.new(kind, name) for kind, name in KINDS.items()}
        cls.build = pathlib.Path(cls.held.name, "build")
        environment = os.environ | {"CCACHE_BASEDIR": cls.held.name, "CCACHE_NOHASHDIR": "1"}
        subprocess.run(["cmake", "-S", cls.tree, "-B", cls.build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={os.environ['HAWSER_CXX']}",
                        "-DCMAKE_BUILD_TYPE=Debug", "-DHAWSER_TESTS=ON", "-DHAWSER_WERROR=ON", "-DHAWSER_PRECOMPILE=OFF", "-DHAWSER_UNITY=OFF"],
                       check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE, env=environment)
        cls.environment = environment
        cls.commands = json.loads((cls.build / "compile_commands.json").read_text())

    @classmethod
    def new(cls, *arguments):
        return subprocess.run([cls.tree / "tools" / "new", *arguments], capture_output=True, text=True, timeout=PATIENCE)

    def object_of(self, file):
        found = [one for one in self.commands if one["file"].endswith(f"/{file}") and "trace-pc" not in one["command"]]
        self.assertEqual(1, len(found), f"{file} is compiled by {len(found)} targets, beside unit_work")
        command = shlex.split(found[0]["command"])
        made = pathlib.Path(self.held.name, f"{pathlib.Path(file).stem}.o")
        command[command.index("-o") + 1] = str(made)
        subprocess.run(command, cwd=found[0]["directory"], check=True, timeout=PATIENCE, env=self.environment)
        return made

    def program(self, *objects, options=()):
        """Of these, with the libraries of the build under test."""
        libraries = [next(BUILD.rglob(f"lib{name}.a")) for name in LIBRARIES]
        made = objects[0].with_suffix("")
        subprocess.run([os.environ["HAWSER_CXX"], *objects, "-o", made, "-Wl,--start-group", *libraries, "-Wl,--end-group", *options, "-pthread"],
                       check=True, timeout=PATIENCE)
        return made

    def run_suite(self, *files):
        main = self.object_of("test/support/main.cpp")
        program = self.program(*map(self.object_of, files), main, options=("-lboost_unit_test_framework",))
        return subprocess.run([program, "--color_output=no"], capture_output=True, text=True, timeout=PATIENCE)

    def test_each_kind_says_what_it_made_and_what_is_to_do(self):
        for kind, name in KINDS.items():
            with self.subTest(kind):
                self.assertEqual((0, ""), (self.told[kind].returncode, self.told[kind].stderr))
                self.assertRegex(self.told[kind].stdout, rf"made \S+{name}\S*\.cpp\n")
                self.assertRegex(self.told[kind].stdout, rf"FILL IN what is marked so, then: \./check \w+\.{name} && \./check house_rules\n\Z")

    def test_each_kind_is_a_test_of_ctest(self):
        listed = subprocess.run(["ctest", "--test-dir", self.build, "-N"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
        for name in ("unit.pebble", "unit.bearing", "example.parrot", "unit.thing"):
            self.assertRegex(listed, rf" {re.escape(name)}\n")

    def test_a_codec_and_a_field_pass_their_tests(self):
        for files in (("test/unit/pebble_test.cpp", "src/pebble.cpp"), ("test/unit/bearing_test.cpp",)):
            done = self.run_suite(*files)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_an_example_does_what_it_shows(self):
        program = self.program(self.object_of("examples/parrot.cpp"), options=("-lboost_program_options",))
        done = subprocess.run([program], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((0, "parrot\n"), (done.returncode, done.stdout), done.stderr)

    def test_a_test_fails_and_says_what_to_fill_in(self):
        done = self.run_suite("test/unit/thing_test.cpp")
        self.assertEqual(201, done.returncode)
        self.assertIn("FILL IN: what is true of thing", done.stdout + done.stderr)

    def test_the_rules_of_the_house_find_what_is_not_filled_in_and_nothing_else(self):
        check = [sys.executable, self.tree / "test/arch/check.py"]
        for rule in ("house", "floors", "coroutines"):
            said = subprocess.run([*check, rule, self.tree], capture_output=True, text=True, timeout=PATIENCE).stdout
            self.assertNotRegex(re.sub(r".*: FILL IN: .*\n", "", said), r"(?m)^\S*(pebble|bearing|parrot|thing)")
            if rule == "house":
                for name in KINDS.values():
                    self.assertRegex(said, rf"{name}\S*:\d+: FILL IN: ")

    def test_what_is_made_is_formatted(self):
        if not (shutil.which("clang-format-19") or shutil.which("clang-format")):
            self.skipTest("there is no clang-format here")
        made = [name for told in self.told.values() for name in re.findall(r"^made (\S+\.[ch]pp)$", told.stdout, re.M)]
        self.assertGreater(len(made), len(KINDS))
        done = subprocess.run([self.tree / "tools" / "format", "--check", *(self.tree / name for name in made)], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_what_cannot_be_made_changes_nothing(self):
        before = {path: path.read_bytes() for path in self.tree.rglob("*") if path.is_file()}
        for arguments, why in ((("codec", "pebble"), "is there already"), (("field", "Bearing"), "is no name"), (("test", "nowhere/x"), "no nowhere"),
                               (("example", "../x"), "is no name"), (("codec", "util/x"), "is no name"), (("thing", "x"), "invalid choice")):
            with self.subTest(arguments):
                done = self.new(*arguments)
                self.assertEqual(2, done.returncode)
                self.assertIn(why, done.stderr)
                self.assertEqual(1, done.stderr.count("tools/new: "))
        self.assertEqual(before, {path: path.read_bytes() for path in self.tree.rglob("*") if path.is_file()})


if __name__ == "__main__":
    unittest.main(verbosity=2)
