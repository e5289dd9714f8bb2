"""hawser-describe: its command line, and whether the page in the repository is what it prints."""
import os
import pathlib
import re

import programs

DESCRIBE = os.path.join(programs.BIN, "hawser-describe") if programs.BIN else os.environ["HAWSER_DESCRIBE"]
DOCS = pathlib.Path(__file__).parents[2] / "docs"
LUA = DOCS.parent / "libpacket/lua"


class Describe(programs.Case):
    def describe(self, *arguments):
        return self.run_to_end(DESCRIBE, *arguments)

    def test_docs_wire_format_is_what_it_prints(self):
        status, out, err = self.describe("page", "--around", DOCS / "wire-format.in.md")
        self.assertEqual((0, ""), (status, err))
        if out != (DOCS / "wire-format.md").read_text():
            self.fail("docs/wire-format.md is stale. To renew it:\n"
                      "  hawser-describe page --around docs/wire-format.in.md > docs/wire-format.md\n"
                      "(it is in the folder bin of the build)")

    def test_the_conversations_on_the_page_are_what_the_server_says(self):
        server = self.start_server()
        blocks = re.findall(r"```text\n(client .*?)```", (DOCS / "wire-format.md").read_text(), re.S)
        self.assertGreaterEqual(len(blocks), 5)
        for block in blocks:
            said = {"client": "", "server": ""}
            for line in block.splitlines():
                side = line[:6].strip() or side
                said[side] += line[6:]
            if "82  30 30 30 30 30 30 30 32  01" in block:
                continue   # of a server that does not take it
            sent, answered = (bytes.fromhex(said[side]) for side in ("client", "server"))
            self.assert_answers(self.connect(server), sent, answered)

    def test_the_breaches_on_the_page_are_breaches(self):
        server = self.start_server()
        text = (DOCS / "wire-format.md").read_text()
        (block,) = re.findall(r"```text\n(00 00 00 00 .*?)```", text, re.S)
        for line in block.splitlines():
            connection = self.connect(server)
            connection.send(bytes.fromhex(re.match(r"(?:[0-9a-f]{2} +)+", line)[0]))
            self.assertEqual(b"", connection.rest(), line)

    def test_the_frames_on_the_page_are_whole(self):
        server = self.start_server()
        frames = dict(re.findall(r"### (\w+)\n.*?A whole frame: `([0-9a-f ]+)`", (DOCS / "wire-format.md").read_text(), re.S))
        for request, answer in (("conn", "conn_ack"), ("submit", "submit_ack"), ("ping", "pong")):
            self.assert_answers(self.connect(server), bytes.fromhex(frames[request]), bytes.fromhex(frames[answer]))

    def test_a_page_can_be_made_of_the_description_alone(self):
        status, out, _ = self.describe("page", "--format", "varint")
        self.assertEqual(0, status)
        self.assertTrue(out.startswith("# The hawser protocol\n"), out[:200])
        self.assertIn("as LEB128", out)

    def test_the_dissector_has_the_port_and_the_formats_that_are_given(self):
        _, out, _ = self.describe("dissector")
        self.assertIn('ports = "8888"', out)
        _, out, _ = self.describe("dissector", "--port", "7070", "--format", "prefix-body:width=2", "--answer-format", "lines")
        self.assertIn('ports = "7070"', out)
        self.assertIn('local incoming = { codec = "length_field", order = "big", width = 2, offset = 0, adjust = 0, ', out)
        self.assertIn('local outgoing = { codec = "delimiter", marks = { "\\010", "\\013\\010" }, ', out)

    def test_behind_its_tables_the_dissector_is_the_files_of_lua_to_the_byte(self):
        left = {path.stem for path in LUA.glob("*.lua")}
        for spec, codec in (("prefix-self", ["length_field"]), ("varint", ["varint_prefix"]), ("lines", ["marks", "delimiter"]),
                            ("fixed:9", ["fixed_length"]), ("base64-lines", ["marks", "base64_lines"]), ("marked-crc", ["marked_crc"]),
                            ("netstring", ["netstring"]), ("http-chunk", ["http_chunk"]), ("cobs", ["between_ends", "cobs"]), ("slip", ["between_ends", "slip"])):
            names = ["fields", "pieces", *codec, "packets", "connections", "segments"]
            _, out, _ = self.describe("dissector", "--format", spec)
            tables, line, program = out.partition("\n-- ----")
            self.assertEqual("".join("\n" + (LUA / f"{name}.lua").read_text() for name in names), line + program, spec)
            self.assertIn("local outgoing = ", tables)
            left.difference_update(names)
        self.assertEqual(set(), left)

    def test_a_bad_command_line_is_one_line_and_status_2(self):
        for arguments in ([], ["lua"], ["dissector", "page"], ["dissector", "--port", "70000"], ["page", "--port", "1"],
                          ["dissector", "--around", "x"], ["page", "--around", ""], ["page", "--format", "nothing"], ["--what"]):
            status, out, err = self.describe(*arguments)
            self.assertEqual((2, ""), (status, out), arguments)
            self.assertRegex(err, r"\Ahawser-describe: [^\n]+\n\Z")

    def test_a_text_that_cannot_be_used_is_one_line_and_status_1(self):
        empty = self.folder / "empty.md"
        empty.touch()
        for path in (self.folder / "missing.md", self.folder, empty):
            status, out, err = self.describe("page", "--around", path)
            self.assertEqual((1, ""), (status, out), path)
            self.assertRegex(err, r"\Ahawser-describe: [^\n]+\n\Z")

    def test_help_teaches_where_the_dissector_goes(self):
        status, out, _ = self.describe("--help")
        self.assertEqual(0, status)
        for part in ("~/.local/lib/wireshark/plugins", "tshark -X lua_script:", "--around FILE", "--format SPEC"):
            self.assertIn(part, out)
        self.assertRegex(self.describe("--version")[1], r"\Ahawser-describe \d+\.\d+\.\d+\n\Z")


if __name__ == "__main__":
    programs.main()
