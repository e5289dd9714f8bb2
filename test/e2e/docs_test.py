"""What README.md and docs/ say of the programs: options that exist, defaults that are so, links that lead somewhere."""
import os
import pathlib
import re
import subprocess
import sys

import options_test
import programs

ROOT = pathlib.Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*(?!\w)")
# Of other people's programs, and of the benchmark's, which tests do not build.
OTHERS = {"--build", "--cflags", "--git-path", "--install", "--libs", "--prefix", "--preset", "--target", "--wrap",
          "--connections", "--contexts", "--idle", "--keep", "--pair", "--server-pid", "--way"}
SCRIPTS = ("check", "demo", "tools/setup", "test/stress/run", "bench/run")


def help_of(command):
    environment = os.environ | {"COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*command, "--help"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, env=environment,
                          timeout=programs.PATIENCE).stdout


def rows(text):
    """{option: what --help says of it, on one line}"""
    found = re.findall(r"^  (?:-h, )?(--[a-z0-9-]+)(.*?)(?=^  -|^\S|^$)", text, re.M | re.S)
    return {name: " ".join(rest.split()) for name, rest in found}


class Pictures(programs.Case):
    """Of the README: what makes them, so far as no picture is made."""

    def test_they_are_not_made_of_a_debug_build(self):
        for kind, said in (("CMAKE_BUILD_TYPE:STRING=Debug\n", "Debug"), ("CMAKE_BUILD_TYPE:STRING=Release\nHAWSER_SANITIZE:STRING=thread\n", "thread")):
            (self.folder / "CMakeCache.txt").write_text(kind)
            status, out, err = self.run_to_end(sys.executable, ROOT / "test/e2e/pictures.py", self.folder / "pictures", env={
                **os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HAWSER_BIN": str(self.folder / "bin")})
            self.assertEqual((1, ""), (status, out))
            self.assertRegex(err, rf"\Apictures\.py: {self.folder}/bin/hawser-server is of the build type {said}: [^\n]*--any-build\n\Z")
            self.assertFalse((self.folder / "pictures").exists())


class Pages(programs.Case):
    def setUp(self):
        super().setUp()
        self.helps = {command: help_of([programs.path_of(command[0]), *command[1:]])
                      for command in options_test.COMMANDS if options_test.is_built(command[0])}

    def test_every_option_on_a_page_is_one(self):
        known = OTHERS | {option for text in self.helps.values() for option in rows(text)}
        known |= {option for script in SCRIPTS for option in OPTION.findall(help_of([ROOT / script]))}
        if not options_test.is_built("hawser-talk"):
            known |= {"--linger", "--show"}
        for page in PAGES:
            unknown = set(OPTION.findall(page.read_text())) - known
            self.assertEqual(set(), unknown, page.name)

    def test_every_command_on_a_page_has_options_of_its_program(self):
        of = {}
        for command, text in self.helps.items():
            of.setdefault(command[0], set()).update(rows(text))
        looked_at = 0
        for page in PAGES:
            for block in re.findall(r"^```(?:sh|console|text)\n(.*?)^```", page.read_text(), re.M | re.S):
                for call in re.split(r"[|&;\n]", block.replace("\\\n", " ")):
                    words = call.removeprefix("$ ").split()
                    name = words[0].rpartition("/")[2] if words else ""
                    if name in of and (words[0] == name or "/bin/" in words[0]):
                        looked_at += 1
                        self.assertEqual(set(), set(OPTION.findall(call)) - of[name], f"{page.name}: {call}")
        self.assertGreater(looked_at, 30)

    def test_every_link_leads_somewhere(self):
        for page in PAGES:
            # A lambda looks like a link.
            text = re.sub(r"^[ \t]*```.*?^[ \t]*```|<!--.*?-->", "", page.read_text(), flags=re.M | re.S)
            for to, place in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", text):
                if "://" in to:
                    continue
                target = page.parent / to if to else page
                self.assertTrue(target.exists(), f"{page.name}: {to}")
                if place:
                    headings = [re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^#+ (.*)", target.read_text(), re.M)]
                    self.assertIn(place, headings, f"{page.name}: {to}#{place}")

    def test_the_index_has_every_page(self):
        for page in sorted((ROOT / "docs").rglob("*.md")):
            if page.name == "README.md" or page.name.endswith(".in.md"):
                continue
            index = ROOT / "docs" / ("design.md" if page.parent.name == "decisions" else "README.md")   # the tour is the index of the records
            text = re.sub(r"<!--.*?-->", "", index.read_text(), flags=re.S)
            self.assertIn(f"]({page.relative_to(ROOT / 'docs')})", text, f"docs/{index.name} does not lead there")

    def test_the_tour_is_read_in_one_sitting_and_a_record_is_a_page(self):
        records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
        self.assertGreaterEqual(len(records), 30)
        for page, most in ((ROOT / "docs" / "design.md", 220), *((record, 90) for record in records)):
            with self.subTest(page.name):
                self.assertLessEqual(page.read_text().count("\n"), most)

    def test_the_limits_in_the_wire_format_are_the_defaults_of_the_server(self):
        told = rows(self.helps[("hawser-server",)])
        table = re.findall(r"^\| [^|]+ \| ([^|]+) \| `(--[a-z-]+)` \|", (ROOT / "docs" / "wire-format.md").read_text(), re.M)
        self.assertGreater(len(table), 8)
        for default, option in table:
            with self.subTest(option=option):
                short = default.replace(",", "") if default[0].isdigit() else default
                short = re.sub(r"^(\d+) (\w+)$", r"\1\2", short)   # 10 s, 1 MiB
                self.assertIn(f"default {short}", told[option])
        for option, text in told.items():
            if re.search(r"-timeout|-interval|-misses|lifetime|progress|outbound|max-|accept-rate", option) and not re.search("push|request", option):
                self.assertIn(f"`{option}`", (ROOT / "docs" / "wire-format.md").read_text(), "a client in another language meets this limit")


if __name__ == "__main__":
    programs.main()
