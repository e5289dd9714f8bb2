"""What page.py takes from a page, what it lets pass as the page's output, and what it does not."""
import pathlib
import socket
import tempfile
import time
import unittest

import page

PAGE = """# A page

**`CMakeLists.txt`**

```cmake
project(one)
```

Now a fragment, which is nobody's file:

```cpp
int fragment;
```

```text
a picture
```

## Step 1: run it

**`source/one.cpp`**, where `two` was

```cpp
int main() {}   // :7000
```

```sh
# this is no heading
here=$PWD; mkdir inside && cd inside
echo on :7000
```

and it says

```text
on :7000
```

## Step 2

```text
the tree
```

```sh
echo "$here"
```
"""


class Case(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="hawser-stranger-")
        self.addCleanup(held.cleanup)
        self.root = pathlib.Path(held.name)
        self.folder = self.root / "empty"
        self.folder.mkdir()

    def steps(self, text, section=None):
        path = self.root / "page.md"
        path.write_text(text)
        return page.steps(path, section)

    def follow(self, text, **bounds):
        with page.Shell(self.folder, **bounds) as shell:
            shell.follow(self.steps(text))
            return shell.shown


class Extraction(Case):
    def test_files_commands_and_output_in_the_order_of_the_page(self):
        found = [(one.kind, one.name) for one in self.steps(PAGE)]
        self.assertEqual([("file", "CMakeLists.txt"), ("file", "source/one.cpp"), ("commands", ""), ("output", ""), ("commands", "")], found)

    def test_a_section_is_what_is_below_its_heading(self):
        found = [one.kind for one in self.steps(PAGE, "Step 1")]
        self.assertEqual(["file", "commands", "output"], found)

    def test_a_section_that_is_not_there_is_told(self):
        with self.assertRaises(page.Mismatch):
            self.steps(PAGE, "Step 3")

    def test_the_place_of_a_step_is_its_line(self):
        self.assertEqual("page.md:5", self.steps(PAGE)[0].where)


class Comparison(Case):
    def test_what_differs_each_time_may_differ(self):
        wanted = "2026-11-30 09:00:00.123456 [info] from 127.0.0.1:41822: 12 frames, 950 us, 1,234 a second\n"
        self.assertTrue(page.says("2027-01-02 10:11:12.000001 [info] from 127.0.0.1:50123: 12 frames, 1.2 ms, 99 a second\n", wanted))

    def test_columns_are_as_wide_as_what_differs(self):
        wanted = "from sending      1.55 ms    5.28 ms\n1,126 requests a second\n"
        self.assertTrue(page.says("from sending  950 us      1.28 ms\n999 requests a second\n", wanted))
        self.assertFalse(page.says("from sending1.55 ms\n", "from sending  1.55 ms\n"))
        self.assertFalse(page.says("  indented\n", "    indented\n"))

    def test_what_does_not_must_not(self):
        for wanted in ("12 frames", "reading 7", "a.b", "127.0.0.1", "100 of 100"):
            for other in (wanted.replace("1", "2").replace("7", "8").replace(".", "x"), wanted + "!", "", wanted + "\nmore"):
                if other != wanted:
                    self.assertFalse(page.says(other, wanted), f"{other} for {wanted}")

    def test_dots_are_anything_in_a_line_or_any_lines(self):
        self.assertTrue(page.says("a 1\nb\nc\nd\n", "a ...\n...\nd\n"))
        self.assertTrue(page.says("a \nd\n", "a ...\n...\nd\n"))
        self.assertFalse(page.says("a 1\nb\n", "a ...\n...\nd\n"))


class Following(Case):
    def test_a_page_is_followed(self):
        self.assertIn(str(self.folder), self.follow(PAGE))
        self.assertEqual("project(one)\n", (self.folder / "CMakeLists.txt").read_text())
        written = (self.folder / "source" / "one.cpp").read_text()
        self.assertRegex(written, r"// :\d+\n")
        self.assertNotIn(":7000", written)

    def test_output_that_is_another_is_named_by_its_line(self):
        with self.assertRaisesRegex(page.Mismatch, r"page\.md:4: (.|\n)*\nfound\n"):
            self.follow("```sh\necho found\n```\n```text\nwanted\n```\n", patience=0.1)

    def test_a_command_that_fails_ends_it(self):
        with self.assertRaisesRegex(page.Mismatch, "ended with 1"):
            self.follow("```sh\nfalse\ntrue\n```\n")

    def test_a_command_that_does_not_end_is_told(self):
        with self.assertRaisesRegex(page.Mismatch, "not done after"):
            self.follow("```sh\nsleep 60\n```\n", seconds=0.2)

    def test_what_a_page_leaves_running_ends_with_it(self):
        self.follow("```sh\nsleep 60 & echo $! > pid\n```\n")
        stat = pathlib.Path("/proc") / (self.folder / "pid").read_text().strip() / "stat"
        end = time.monotonic() + 15
        while stat.exists() and ") Z " not in stat.read_text():
            self.assertLess(time.monotonic(), end)

    def test_a_block_does_not_eat_the_next_one(self):
        self.assertEqual("next\n", self.follow("```sh\ncat\n```\n```sh\necho next\n```\n"))

    def test_a_port_is_the_same_in_a_page_and_free(self):
        with page.Shell(self.folder) as shell:
            port = shell.here(":7000")
            self.assertEqual(port, shell.here(":7000"))
            self.assertNotEqual(port, shell.here(":7001"))
            with socket.create_server(("127.0.0.1", int(port[1:]))):
                self.assertFalse(page._is_free(int(port[1:])))
            self.assertTrue(page._is_free(int(port[1:])))
            first, last = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
            self.assertNotIn(int(port[1:]), range(first, last + 1), "a program that asks for any port could get it meanwhile")
            self.assertEqual("took 12:1234.5 s", shell.here("took 12:1234.5 s"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
