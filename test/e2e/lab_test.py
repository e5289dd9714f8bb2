"""Every experiment of hawser-lab is run, and what it says is checked: the sentences, and the numbers in them."""
import ctypes
import pathlib
import re
import resource
import subprocess
import sys

import programs

LAB = programs.path_of("hawser-lab")
ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "lab.md"
FOLDER = ROOT / "programs" / "lab" / "experiments"
COLUMNS = 80


def number(text):
    return int(text.replace(",", ""))


def sentences(text):
    """What was done and what was seen of it: [(did, [saw, ...]), ...]."""
    found = []
    for line in text.splitlines():
        if line.startswith("    - "):
            found[-1][1].append(line[6:])
        elif line.startswith("      "):
            found[-1][1][-1] += " " + line[6:]
        elif found and not found[-1][1]:
            found[-1] = (found[-1][0] + " " + line[2:], [])
        else:
            found.append((line[2:], []))
    return found


class Case(programs.Case):
    def list(self):
        status, out, err = self.run_to_end(LAB, "--list")
        self.assertEqual((0, ""), (status, err))
        return dict(re.fullmatch(r"(\S+) +(.+)", line).groups() for line in out.splitlines())


class Experiments(Case):
    def see(self, name):
        """Runs an experiment that must go well, and keeps its sentences."""
        status, out, err = self.run_to_end(LAB, name)
        self.assertEqual((0, ""), (status, err), out)
        self.assertNotIn("NOT SO", out)
        self.assertLessEqual(max(map(len, out.splitlines())), COLUMNS)
        title, empty, body = out.split("\n", 2)
        self.assertEqual((f"{name}: {self.list()[name]}", ""), (title, empty))
        self.paragraphs = sentences(body)
        self.sentences = [saw for _, seen in self.paragraphs for saw in seen]

    def saw(self, pattern, count=1):
        """The numbers of the sentence that is like this, or of all `count` of them."""
        found = [match for one in self.sentences if (match := re.fullmatch(pattern, one))]
        self.assertEqual(count, len(found), f"/{pattern}/ in {self.sentences}")
        numbers = [tuple(number(group) for group in match.groups()) for match in found]
        numbers = [one[0] if len(one) == 1 else one for one in numbers]
        return numbers[0] if count == 1 else numbers

    def assert_says(self, *expected):
        """All that was seen, word for word."""
        self.assertEqual(list(expected), self.sentences)

    def test_no_data(self):
        self.see("no-data")
        waited = self.saw(r"After ([\d,]+) ms the read still waited\.")
        self.assertGreaterEqual(waited, 100)
        self.assertEqual(0, self.saw(r"The kernel had (\d+) bytes for it \(SIOCINQ\)\."))
        count, ended = self.saw(r"The read gave (\d+) bytes, ([\d,]+) ms after it began\.")
        self.assertEqual(5, count)
        self.assertGreaterEqual(ended, waited)

    def test_part_of_the_data(self):
        self.see("part-of-the-data")
        self.assert_says("read_some(10) gave 4 bytes: what was there.",
                         "50 ms later read_exactly(6) still waited.",
                         "read_exactly(6) gave 6 bytes: 456789.",
                         'read_exactly(10) gave 3 bytes and "peer closed inside a frame".')

    def test_more_than_the_buffer(self):
        self.see("more-than-the-buffer")
        self.assertEqual([(1, 4096, 5904), (2, 4096, 1808), (3, 1808, 0)],
                         self.saw(r"Read (\d) gave ([\d,]+) bytes; the kernel kept ([\d,]+)\.", count=3))
        self.assertEqual(10000, self.saw(r"Together ([\d,]+) bytes, each as it was written\."))

    def test_read_deadline(self):
        self.see("read-deadline")
        self.assertGreaterEqual(self.saw(r'read_exactly\(10\) ended after ([\d,]+) ms: "read deadline passed"\.'), 50)
        self.assertEqual(4, self.saw(r"It told that (\d+) bytes are in the buffer\."))
        self.assertEqual(6, self.saw(r"The read failed at once, though (\d+) bytes were there: a deadline stays until it is moved\."))
        self.assertEqual((6, 10, 123456789), self.saw(r"read_exactly\(6\) gave (\d+) bytes\. All (\d+): (\d+)\."))

    def test_many_read_deadlines(self):
        self.see("many-read-deadlines")
        self.assertEqual(1, self.saw(r"Timers that this process had in the kernel: (\d+)\."))
        self.assertEqual(300, self.saw(r'(\d+) reads ended with "read deadline passed"\.'))
        self.assertIn("None ended before its deadline.", self.sentences)
        half, last = self.saw(r"Half of them ended within ([\d,]+) microseconds of it, the last one ([\d,]+) after it\.")
        self.assertLessEqual(half, last)

    def test_full_buffers(self):
        self.see("full-buffers")
        stuck, later = self.saw(r"The writer (?:went on, and )?waits after ([\d,]+) bytes\.", count=2)
        unsent, unread, together = self.saw(r"([\d,]+) of them are in its own kernel buffer \(SIOCOUTQ\), ([\d,]+) in "
                                            r"the reader's \(SIOCINQ\): together ([\d,]+)\.")
        self.assertTrue(unsent > 0 and unread > 0, (unsent, unread))
        self.assertEqual((stuck, stuck), (together, unsent + unread))
        # The reader took 200,000: no more can have been written than that and what the kernel holds.
        self.assertLess(stuck, later)
        self.assertLessEqual(200000, later)
        self.assertEqual(1000000, self.saw(r"The writer is done: ([\d,]+) bytes written\."))
        self.assertEqual(1000000, self.saw(r"([\d,]+) bytes read, each as it was written\."))

    def test_partial_write(self):
        self.see("partial-write")
        self.assertIn('write_all ended with "Connection reset by peer".', self.sentences)
        written = self.saw(r"It told that ([\d,]+) bytes were written\.")
        read, lost = self.saw(r"The server had read ([\d,]+): ([\d,]+) bytes were on their way, and are lost\.")
        self.assertEqual((100000, written), (read, read + lost))
        self.assertTrue(0 < lost and written < 1000000, self.sentences)
        self.assertIn('0 bytes were written: "Broken pipe".', self.sentences)

    def test_write_deadline(self):
        self.see("write-deadline")
        self.assertGreaterEqual(self.saw(r'write_all ended after ([\d,]+) ms: "write deadline passed"\.'), 50)
        first = self.saw(r"It told that ([\d,]+) bytes were written\.")
        rest = self.saw(r"The second write_all wrote ([\d,]+) bytes\.")
        self.assertTrue(first > 0 and rest > 0)
        self.assertEqual(1000000, first + rest)
        self.assertEqual(1000000, self.saw(r"The server read ([\d,]+) bytes, each as it was written\."))

    def test_reset_by_peer(self):
        self.see("reset-by-peer")
        one = ['The client\'s read: "Connection reset by peer".',
               'Its next read: "peer closed". The kernel tells of a reset once.',
               'Its write: "Broken pipe".']
        self.assertEqual([one, one], [seen for _, seen in self.paragraphs])

    def test_data_then_close(self):
        self.see("data-then-close")
        self.assert_says("The client's first read gave 7 bytes.", 'Its second read: "peer closed".',
                         "The server's first read gave 6 bytes.", 'Its second read: "peer closed".')

    def test_close_without_data(self):
        self.see("close-without-data")
        self.assert_says('read_exactly(10) gave 0 bytes: "peer closed".', "Every read after it says so, too.",
                         "The first write seemed to go well: 5 bytes.", 'The second: 0 bytes, "Broken pipe".',
                         'Its own read: "closed by this side".')

    def test_full_backlog(self):
        self.see("full-backlog")
        self.assertEqual((3, 3), self.saw(r"(\d+) were connected, and the kernel has (\d+) to be accepted: Linux takes "
                                          r"one more than the backlog\."))
        self.assertEqual(5, self.saw(r'(\d+) got no answer: "no connection in time"\.'))
        self.assertEqual(17, self.saw(r"The first wrote (\d+) bytes\. It cannot tell that nobody has accepted it\."))
        self.assertGreaterEqual(self.saw(r"That client was connected after ([\d,]+) ms: its kernel asks again after a second\."), 500)

    def test_sticking_packets(self):
        self.see("sticking-packets")
        self.assert_says(r"The first read gave \x03one\x03two\x05th: two packets and a half, in one.",
                         "The second gave ree: the end of a packet, without its beginning.",
                         "A frame: one.", "A frame: two.", "A frame: three.")

    def test_many_writers(self):
        self.see("many-writers")
        mixed, of = self.saw(r"(\d+) of (\d+) frames had bytes of several writers in them\.")
        self.assertTrue(0 < mixed <= of == 80, self.sentences)
        self.assertEqual((80, 80), self.saw(r"(\d+) of (\d+) frames were whole, each of one writer\."))

    def test_byte_order(self):
        self.see("byte-order")
        host = "78 56 34 12: the little" if sys.byteorder == "little" else "12 34 56 78: the big"
        self.assert_says(f"In the memory of this host it is {host} end first.",
                         "As a big_uint32_t it is 12 34 56 78 on every host.",
                         f"The server read it as a big_uint32_t: {0x12345678:,}.",
                         f"It read {0x78563412:,}. As a length, that is a frame of 2 GB.")

    def test_tcp_states(self):
        self.see("tcp-states")
        self.assert_says("The client is in ESTABLISHED, the server in ESTABLISHED.",
                         "The client is in FIN_WAIT2, the server in CLOSE_WAIT.",
                         "The client is in FIN_WAIT2, the server in LAST_ACK.",
                         "The client is in CLOSE, the server in CLOSE.",
                         "The client, who closed first, has left TIME_WAIT behind.",
                         "The server has left nothing behind.")


class Program(Case):
    def test_every_experiment_in_the_list_is_tested_and_has_a_file(self):
        names = {name.replace("-", "_") for name in self.list()}
        self.assertEqual(names, {test.removeprefix("test_") for test in dir(Experiments) if test.startswith("test_")})
        self.assertEqual(names, {file.stem for file in FOLDER.glob("*.cpp")})

    def test_each_file_begins_with_its_name(self):
        for name in self.list():
            file = FOLDER / f"{name.replace('-', '_')}.cpp"
            self.assertTrue(file.read_text().startswith(f"// {name}: "), file)

    def test_all_of_them_run_in_the_order_of_the_list(self):
        status, out, err = self.run_to_end(LAB, "all", seconds=4 * programs.PATIENCE)
        self.assertEqual((0, ""), (status, err), out)
        listed = self.list()
        self.assertEqual([f"{name}: {shows}" for name, shows in listed.items()],
                         re.findall(r"^[a-z][a-z-]+: .*$", out, re.M))
        self.assertEqual(f"{len(listed)} of {len(listed)} experiments went as expected.", out.splitlines()[-1])

    def test_what_goes_otherwise_is_said_and_the_status_is_1(self):
        # One timer too many: the program inherits it.
        timer = ctypes.CDLL(None).timerfd_create(1, 0)
        process = subprocess.run([LAB, "many-read-deadlines"], pass_fds=[timer], capture_output=True, text=True)
        self.assertEqual((1, "hawser-lab: many-read-deadlines: different in 1, see NOT SO\n"), (process.returncode, process.stderr))
        self.assertEqual(["    - NOT SO: Timers that this process had in the kernel: 2."],
                         re.findall(r"^.*NOT SO.*$", process.stdout, re.M))

    def test_what_cannot_be_tried_is_one_line_and_the_status_is_1(self):
        def few_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

        process = subprocess.run([LAB, "many-read-deadlines"], preexec_fn=few_descriptors, capture_output=True, text=True)
        self.assertEqual(1, process.returncode, process.stdout)
        self.assertRegex(process.stderr, r"\Ahawser-lab: many-read-deadlines: cannot [a-z]+: Too many open files\n\Z")

    def test_other_options_are_refused(self):
        for options, told in (([], "say which experiment"), (["no-such"], "there is no experiment 'no-such'"),
                              (["all", "--list"], "--list takes no name"), (["no-data", "reset-by-peer"], ""),
                              (["--no-such"], "--no-such"), (["all", "--no-such"], "--no-such"), ([""], "''")):
            with self.subTest(options=options):
                status, out, err = self.run_to_end(LAB, *options)
                self.assertEqual((2, ""), (status, out), err)
                self.assertRegex(err, r"\Ahawser-lab: [^\n]+\n\Z")
                self.assertIn(told, err)

    def test_help_and_version(self):
        status, out, err = self.run_to_end(LAB, "--help")
        self.assertEqual((0, ""), (status, err))
        self.assertRegex(out, r"\AUsage: hawser-lab NAME \| all \| --list\n")
        self.assertLessEqual(max(map(len, out.splitlines())), COLUMNS)
        status, out, err = self.run_to_end(LAB, "--version")
        self.assertEqual((0, ""), (status, err))
        self.assertRegex(out, r"\Ahawser-lab \d+\.\d+\.\d+\n\Z")


class Page(Case):
    """docs/lab.md shows what the program says; only the numbers may be others."""

    def blocks(self):
        return re.findall(r"^```console\n\$ hawser-lab ([^\n]*)\n(.*?)^```$", PAGE.read_text(), re.M | re.S)

    def test_what_the_page_shows_is_what_the_program_says(self):
        blocks = self.blocks()
        self.assertGreaterEqual(len(blocks), 4)
        for arguments, shown in blocks:
            with self.subTest(arguments=arguments):
                status, out, err = self.run_to_end(LAB, *arguments.split())
                self.assertEqual((0, ""), (status, err))
                self.assertEqual(normal(out), normal(shown))

    def test_the_list_is_on_the_page(self):
        _, out, _ = self.run_to_end(LAB, "--list")
        self.assertEqual(out, dict(self.blocks())["--list"])


def normal(text):
    """Without what is different each time: the numbers, and where lines are broken because of them."""
    return re.sub(r"\d[\d,]*", "N", " ".join(text.split()))


if __name__ == "__main__":
    programs.main()
