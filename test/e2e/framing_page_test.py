"""Every command in docs/framing.md is run, and prints what the page says."""
import os
import pathlib
import re
import subprocess

import programs

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "framing.md"
FRAME = pathlib.Path(programs.path_of("hawser-frame"))
# What the page calls capture.bin: a submit and its ack.
CAPTURE = bytes.fromhex("00000010 02 3030303030303031 616263 0000000e 82 3030303030303031 00")


def sessions(text):
    """(command, what it prints) of each block, in order."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
        assert parts[0] == "", f"a block begins with output: {block}"
        yield list(zip(parts[1::2], parts[2::2]))


class Page(programs.Case):
    def test_every_command_prints_what_the_page_says(self):
        (self.folder / "capture.bin").write_bytes(CAPTURE)
        environment = os.environ | {"PATH": f"{FRAME.parent}:{os.environ['PATH']}", "LC_ALL": "C"}
        blocks = list(sessions(PAGE.read_text()))
        self.assertGreater(len(blocks), 10)
        for block in blocks:
            before = "true"
            for command, printed in block:
                with self.subTest(command=command):
                    # The status of the one before is for `echo $?`.
                    text = f"{before} >/dev/null 2>&1\n{command}" if command == "echo $?" else command
                    done = subprocess.run(["sh", "-c", text], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=programs.PATIENCE)
                    self.assertEqual(printed, done.stdout.decode())
                    before = command

    def test_every_format_and_every_key_is_on_the_page(self):
        _, told, _ = self.run_to_end(FRAME, "--help")
        page = PAGE.read_text()
        for name in ("length-field", "prefix-body", "prefix-self", "header-middle", "varint", "delimiter", "lines", "fixed", "base64-lines", "marked-crc",
                     "netstring", "http-chunk", "cobs", "slip",
                     "dns", "kafka", "modbus", "mqtt", "smpp"):
            self.assertIn(name, told)
            self.assertIn(f"`{name}" if "-" in name and "prefix" in name else name, page)
        for spec in ("length-field", "varint", "delimiter:0a", "base64-lines", "marked-crc", "netstring", "http-chunk", "cobs", "slip", "lines"):
            keys = self.run_to_end(FRAME, "decode", "--format", spec + ("," if ":" in spec else ":") + "no-such-key=1")[2]
            for key in re.search(r"it takes (.*) \(try", keys)[1].split(", "):
                self.assertRegex(page, rf"`{key}`", f"{key} of {spec}")


if __name__ == "__main__":
    programs.main()
