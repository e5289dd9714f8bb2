"""tools/pre-commit as git runs it, in a copy of the tree: what breaks a rule is not committed, and everything else is."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import new_test

PATIENCE = 240


@unittest.skipUnless(shutil.which("git"), "there is no git here")
class PreCommit(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="hawser-pre-commit-")
        self.addCleanup(held.cleanup)
        self.tree = pathlib.Path(held.name, "tree")
        new_test.copy_of_the_tree(self.tree)
        # No configuration of whoever runs this, and no repository around it.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "CXX": os.environ["HAWSER_CXX"]}
        for command in (["init", "-q"], ["config", "user.name", "a"], ["config", "user.email", "a@b"], ["add", "-A"],
                        ["commit", "-q", "--no-verify", "-m", "all"]):
            self.git(*command)
        hooks = self.tree / self.git("rev-parse", "--git-path", "hooks").stdout.strip()
        hooks.mkdir(exist_ok=True)
        (hooks / "pre-commit").symlink_to(self.tree / "tools" / "pre-commit")

    def git(self, *arguments, check=True):
        return subprocess.run(["git", *arguments], cwd=self.tree, capture_output=True, text=True, check=check, timeout=PATIENCE, env=self.environment)

    def commit(self, name, change):
        """What is said of it; whether it was committed is in `returncode`."""
        path = self.tree / name
        path.write_text(change(path.read_text() if path.exists() else ""))
        self.git("add", name)
        return self.git("commit", "-m", "change", check=False)

    def test_what_breaks_no_rule_is_committed(self):
        done = self.commit("docs/lab.md", lambda text: text + "\n")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("no C++ file was changed", done.stdout + done.stderr)

    def test_what_breaks_a_rule_of_the_house_is_not(self):
        done = self.commit("tools/string_" + "helpers.hpp", lambda _: "#pragma once\n")
        self.assertNotEqual(0, done.returncode)
        self.assertRegex(done.stdout + done.stderr, r"says nothing about what is inside(.|\n)*not committed, because of house")

    def test_nor_what_is_not_formatted(self):
        if "nothing was looked at" in subprocess.run([self.tree / "tools" / "format", "--check"], capture_output=True, text=True).stdout:
            self.skipTest("there is no clang-format of that version here")
        done = self.commit("libframe/src/bytes.cpp", lambda text: text + "\nint   unformatted();\n")
        self.assertNotEqual(0, done.returncode)
        self.assertRegex(done.stdout + done.stderr, r"not as \.clang-format says: libframe/src/bytes\.cpp;(.|\n)*not committed, because of format")

    def test_nor_what_clang_tidy_finds_in_a_changed_file(self):
        if not (shutil.which("clang-tidy-16") or shutil.which("clang-tidy")):
            self.skipTest("there is no clang-tidy here")
        wrong = "\nstatic std::string twice(std::string one) {\n    std::string other = std::move(one);\n    return other + one;\n}\n" \
                "std::string used() { return twice({}); }\n"
        done = self.commit("libframe/src/bytes.cpp", lambda text: "#include <string>\n#include <utility>\n\n" + text + wrong)
        said = done.stdout + done.stderr
        self.assertNotEqual(0, done.returncode, said)
        self.assertIn("bugprone-use-after-move", said)
        self.assertTrue(re.search(r"something in libframe/src/bytes\.cpp(.|\n)*not committed, because of tidy", said), said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
