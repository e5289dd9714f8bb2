"""hawser-frame: bytes in, frames out, and back."""
import contextlib
import json
import os
import pathlib
import random
import select
import subprocess
import unittest

import programs

FRAME = programs.path_of("hawser-frame")
VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "framing.jsonl"
# The default protocol: a submit, and its ack (docs/wire-format.md).
SUBMIT = bytes.fromhex("00000010 02 3030303030303031 616263")
ACK = bytes.fromhex("0000000e 82 3030303030303031 00")


class Case(programs.Case):
    def frame(self, *options, given=b"", seconds=programs.PATIENCE):
        """The exit status, standard output and standard error."""
        path = self.folder / "given"
        path.write_bytes(given)
        with open(path, "rb") as stdin:
            program = self.start(FRAME, *options, stdin=stdin)
        status = program.status(seconds)
        return status, program.out_path.read_bytes(), program.err

    def decode(self, spec, given, *options, status=0):
        """The lines of the output as objects."""
        told = self.frame("decode", "--format", spec, *options, given=given)
        self.assertEqual((status, ""), (told[0], told[2]), told[1][:2000])
        return [json.loads(line) for line in told[1].splitlines()]

    def encode(self, spec, *bodies):
        lines = b"".join(body.hex().encode() + b"\n" for body in bodies)
        status, out, err = self.frame("encode", "--format", spec, given=lines)
        self.assertEqual((0, ""), (status, err))
        return out

    def assert_one_line(self, err, *told):
        self.assertRegex(err, r"\Ahawser-frame: [^\n]+\n\Z")
        for text in told:
            self.assertIn(text, err)


def body(offset, size, text):
    return {"offset": offset, "size": size, "body": text.hex()}


class Decoding(Case):
    def test_each_frame_is_a_line_with_its_place_and_its_body(self):
        told = self.decode("prefix-self", SUBMIT + ACK)
        self.assertEqual([body(0, 16, SUBMIT[4:]), body(16, 14, ACK[4:])], told)
        self.assertEqual([], self.decode("prefix-self", b""))

    def test_the_lines_are_compact_and_their_keys_in_order(self):
        status, out, err = self.frame("decode", "--format", "prefix-self", given=SUBMIT + b"\xff" * 4)
        self.assertEqual((1, ""), (status, err))
        frame, error, rest = out.decode().split("\n")
        self.assertEqual('{"offset":0,"size":16,"body":"023030303030303031616263"}', frame)
        self.assertRegex(error, r'\A\{"offset":16,"error":"too_long","message":"[^"\\]+"\}\Z')
        self.assertEqual("", rest)

    def test_an_error_says_where_and_what_with_the_numbers(self):
        line = b"x" * 20
        for spec, given, offset, error, message in (
                ("prefix-self", SUBMIT + b"\xff\xff\xff\xff", 16, "too_long",
                 "the length 4294967295 makes a frame over the limit of 1048576 bytes"),
                ("prefix-body:width=8", b"\xff" * 8, 0, "too_long",
                 "the length 18446744073709551615 makes a frame over the limit of 1048576 bytes"),
                ("prefix-self", b"\0\0\0\3", 0, "too_short", "the length 3 makes a frame shorter than its own header of 4 bytes"),
                ("prefix-self", SUBMIT + ACK[:9], 16, "truncated", "the input ends 9 bytes into a frame of 14"),
                ("prefix-self", b"\0", 0, "truncated", "the input ends 1 byte into a frame"),
                ("prefix-body:width=1,max=4,over=discard", b"\5ab", 0, "too_long", "the length 5 makes a frame over the limit of 4 bytes"),
                ("varint", b"\0\x80\0", 1, "corrupt", "the length 0 is written in 2 bytes, more than it needs"),
                ("varint", b"\xff" * 9, 0, "corrupt", "a length that does not end within 5 bytes"),
                ("varint:max=100", b"\x64" + line, 0, "too_long", "the length 100 makes a frame over the limit of 100 bytes"),
                ("varint:max=1", b"\xff", 0, "too_long", "a length that makes a frame over the limit of 1 byte"),
                ("varint", b"\x05ab", 0, "truncated", "the input ends 3 bytes into a frame of 6"),
                ("lines:max=10", b"ok\n" + line, 3, "too_long", "no delimiter within the limit of 10 bytes"),
                ("lines", b"ok\nunfinished", 3, "truncated", "the input ends 10 bytes into a frame, without a delimiter"),
                ("fixed:4", b"abcdef", 4, "truncated", "the input ends 2 bytes into a frame of 4"),
                ("base64-lines", b"YQ==\nYQ!=\n", 5, "corrupt", "byte 3 of the line, 21, is not of base64"),
                ("base64-lines", b"YR==\n", 0, "corrupt", "a line of 4 bytes whose padding or last bits are not those of base64"),
                ("marked-crc", b"\xff\xff\0\1a\0\0\xff\xfe", 0, "corrupt", "the checksum is 0000, but that of the 1 data byte is e8b7"),
                ("marked-crc", b"\xff\xff\0\1a\xe8\xb7\xff\xff", 0, "corrupt", "a frame of 9 bytes that does not end with ff fe"),
                ("marked-crc:max=8", b"\xff\xff\0\1a\xe8\xb7\xff\xfe", 0, "corrupt", "the length 1 makes a frame over the limit of 8 bytes"),
                ("marked-crc", b"what?", 0, "corrupt", "no mark ff ff"),
                ("marked-crc", b"\xff\xff\0\7abc", 0, "truncated", "the input ends 7 bytes into a frame of 15"),
                ("netstring", b"0:,05:hello,", 3, "corrupt", "the size 05 has a zero before it"),
                ("netstring", b"x5:hello,", 0, "corrupt", "no size: 78 is no digit"),
                ("netstring", b"12", 0, "truncated", "the input ends 2 bytes into a frame"),
                ("netstring", b"12:hello", 0, "truncated", "the input ends 8 bytes into a frame of 16"),
                ("netstring", b"5;hello,", 0, "corrupt", "no colon behind the size 5"),
                ("netstring", b"5:hello;", 0, "corrupt", "no comma behind the 5 bytes of its body"),
                ("cobs", b"\0\2a\0\0\2a\5abc\0", 4, "corrupt", "byte 3 of the frame, 05, leads 1 byte past its end"),
                ("cobs", b"\0\0", 0, "corrupt", "nothing but ends 00"),
                ("cobs:max=4", bytes(5) + b"\1\0", 0, "corrupt", "nothing but ends 00"),
                ("cobs:max=4", b"\5abcd\0", 0, "too_long", "no end 00 within the limit of 4 bytes"),
                ("cobs", b"\5ab", 0, "truncated", "the input ends 3 bytes into a frame, without its end 00"),
                ("slip", b"\xc0a\xc0\xdb\xdca\xdb!\xc0", 3, "corrupt", "byte 4 of the frame, db, has 21 behind it, not dc or dd"),
                ("slip", b"\xdb\xc0", 0, "corrupt", "byte 1 of the frame, db, has nothing behind it, not dc or dd"),
                ("slip", b"\xc0", 0, "corrupt", "nothing but ends c0"),
                ("slip:max=4", b"abcd\xc0", 0, "too_long", "no end c0 within the limit of 4 bytes"),
                ("slip", b"\xc0ab", 0, "truncated", "the input ends 3 bytes into a frame, without its end c0"),
                ("netstring:max=20", b"0:,1000000:", 3, "too_long", "a size that begins with 100 makes a frame over the limit of 20 bytes"),
                ("netstring", b"0555:", 0, "corrupt", "the size 05 has a zero before it"),
                ("http-chunk", b"0\r\n\r\nx", 5, "corrupt", "no size: 78 is no hex digit"),
                ("http-chunk", b"0" * 20, 0, "corrupt", "a size of more than 16 digits"),
                ("http-chunk", b"5\nhello\n", 0, "corrupt",
                 "byte 2, 0a, where the size should end in CR LF, or an extension begin with ';'"),
                ("http-chunk", b"5\r.", 0, "corrupt", "byte 3, 2e, where the size should end in CR LF, or an extension begin with ';'"),
                ("http-chunk", b"5;" + b"x" * 300, 0, "corrupt", "a size and extensions of more than 256 bytes"),
                ("http-chunk", b"5\r\nhello..", 0, "corrupt", "no CR LF behind the body"),
                ("http-chunk", b"0\r\na: b\r\n\r\n", 0, "corrupt", "a trailer behind the last chunk, or no CR LF"),
                ("http-chunk", b"5\r\nhel", 0, "truncated", "the input ends 6 bytes into a frame of 10"),
                ("http-chunk", b"5", 0, "truncated", "the input ends 1 byte into a frame"),
                ("http-chunk:max=20", b"1000\r\n", 0, "too_long", "a size that begins with 10 makes a frame over the limit of 20 bytes"),
                ("http-chunk:max=20", b"9;23456789", 0, "too_long", "the size 9 and what is behind it make a frame over the limit of 20 bytes")):
            with self.subTest(spec=spec, given=given):
                for chunk in ("1", "65536"):
                    told = self.decode(spec, given, "--chunk", chunk, status=1)
                    first = [one for one in told if "error" in one][0]
                    self.assertEqual({"offset": offset, "error": error, "message": message}, first)

    def test_a_codec_that_goes_on_tells_each_stretch_that_it_drops(self):
        good = self.encode("marked-crc", b"good")
        told = self.decode("marked-crc", good + b"garbage" + good + good[:-1] + good, status=1)
        self.assertEqual([body(0, 12, b"good"), 12, body(19, 12, b"good"), 31, body(42, 12, b"good")],
                         [one if "body" in one else one["offset"] for one in told])
        told = self.decode("prefix-body:width=1,max=4,over=discard", b"\1a\4....\1b\xff....", status=1)
        self.assertEqual([(0, None), (2, "too_long"), (7, None), (9, "too_long"), (9, "truncated")],
                         [(one["offset"], one.get("error")) for one in told])

    def test_one_that_fails_stops_there(self):
        told = self.decode("prefix-self", SUBMIT + b"\0\0\0\0" + SUBMIT, status=1)
        self.assertEqual(2, len(told))

    def test_hex_text_means_its_bytes(self):
        for text in (SUBMIT.hex(), SUBMIT.hex(" ").upper(), SUBMIT.hex("\n", 7) + "\r\n", "\n\t " + SUBMIT.hex(" ", 2)):
            self.assertEqual([body(0, 16, SUBMIT[4:])], self.decode("prefix-self", text.encode(), "--hex"))

    def test_what_is_no_hex_is_one_line_behind_the_frames_that_came_before(self):
        for text in (SUBMIT.hex() + " 0g", SUBMIT.hex() + " 0", SUBMIT.hex() + " 0 0", SUBMIT.hex() + "\0"):
            for chunk in ("1", "1000"):
                with self.subTest(text=text, chunk=chunk):
                    status, out, err = self.frame("decode", "--format", "prefix-self", "--hex", "--chunk", chunk, given=text.encode())
                    self.assertEqual((1, [body(0, 16, SUBMIT[4:])]), (status, [json.loads(line) for line in out.splitlines()]))
                    self.assert_one_line(err, "hex")

    def test_the_size_of_the_pieces_changes_nothing(self):
        rng = random.Random(1)
        for spec in ("prefix-self:max=1KiB", "prefix-body:width=1,over=discard,max=90", "header-middle", "varint:max=1KiB", "lines:max=80",
                     "delimiter:2d2d|0a,strip=no", "fixed:7", "base64-lines", "marked-crc", "netstring:max=1KiB",
                     "http-chunk", "cobs", "slip"):
            bodies = [rng.randbytes(rng.randrange(60)) for _ in range(30)]
            stream = b""
            for one in bodies:
                status, out, _ = self.frame("encode", "--format", spec, given=one.hex().encode() + b"\n")
                stream += out + (rng.randbytes(3) if "marked" in spec else b"")
            stream += rng.randbytes(50)
            right = self.frame("decode", "--format", spec, given=stream)
            for chunk in (1, 2, 7, 100, 4096):
                with self.subTest(spec=spec, chunk=chunk):
                    self.assertEqual(right, self.frame("decode", "--format", spec, "--chunk", str(chunk), given=stream))
            self.assertEqual(right, self.frame("decode", "--format", spec, "--hex", given=stream.hex().encode()))


class Encoding(Case):
    FORMATS = ("length-field", "prefix-body:width=2,order=little", "prefix-self:width=3", "length-field:offset=2,prefix=cafe,width=1",
               "varint", "varint:bytes=4", "base64-lines", "base64-lines:delimiter=7c", "marked-crc", "netstring", "http-chunk", "cobs")

    def test_what_is_encoded_decodes_to_itself(self):
        rng = random.Random(2)
        bodies = [b"", b"\n", bytes(range(256))[:200]] + [rng.randbytes(rng.randrange(200)) for _ in range(20)]
        for spec in self.FORMATS:
            with self.subTest(spec=spec):
                told = self.decode(spec, self.encode(spec, *bodies))
                self.assertEqual([one.hex() for one in bodies], [one["body"] for one in told])

    def test_formats_that_take_some_bodies_only(self):
        self.assertEqual(b"one\ntwo\n", self.encode("lines", b"one", b"two"))
        self.assertEqual(b"one;\n", self.encode("delimiter:3b0a|0a,strip=no", b"one;\n"))
        self.assertEqual(b"abcdef", self.encode("fixed:3", b"abc", b"def"))
        self.assertEqual(b"\x01\x00\x02\x05hi", self.encode("header-middle", b"\x01\x00\x02\x05hi"))

    def test_the_frames_are_hex_text_if_asked_for(self):
        status, out, err = self.frame("encode", "--format", "varint", "--hex", given=b"6869\n\n00\n")
        self.assertEqual((0, b"026869\n00\n0100\n", ""), (status, out, err))

    def test_lines_may_have_spaces_and_the_last_one_no_end(self):
        for text in (b"68 69\r\n0A", b"6869\n0a\n", b" 68\t69 \n0a\r\n"):
            status, out, err = self.frame("encode", "--format", "varint", given=text)
            self.assertEqual((0, b"\2hi\1\n", ""), (status, out, err))
        self.assertEqual((0, b"", ""), self.frame("encode", "--format", "varint"))

    def test_a_line_that_makes_no_frame_is_named_and_what_was_before_it_stays(self):
        for spec, bad, told in (
                ("prefix-body:width=1", b"00" * 256, "a body of 256 bytes makes a frame over the limit of 256 bytes"),
                ("varint", b"0", "half a byte"), ("varint", b"xx", "not hex"), ("varint", b"0 0", "not hex"), ("varint", b"6869 \0", "not hex"),
                ("lines", b"610a62", "delimiter cuts"), ("lines", b"610d", "delimiter cuts"),
                ("delimiter:0a,strip=no", b"61", "lacks one"),
                ("header-middle", b"00", "negative"), ("length-field:strip=0", b"0000000561", "another one in its place"),
                ("lines:max=4", b"61616161", "over the limit of 4 bytes")):
            with self.subTest(spec=spec, bad=bad):
                good = {"delimiter:0a,strip=no": b"620a", "header-middle": b"00000000", "length-field:strip=0": b"0000000162"}.get(spec, b"62")
                status, out, err = self.frame("encode", "--format", spec, given=good + b"\n" + bad + b"\n" + good + b"\n")
                self.assertEqual(1, status)
                self.assertIn(bytes.fromhex(good.decode()), out)
                self.assertEqual(out, self.frame("encode", "--format", spec, given=good)[1])
                self.assert_one_line(err, "line 2: ", told)

    def test_a_body_of_another_size_than_the_fixed_one_is_named(self):
        for text in (b"6161\n", b"61616161\n"):
            status, out, err = self.frame("encode", "--format", "fixed:3", given=b"616263\n" + text)
            self.assertEqual((1, b"abc"), (status, out))
            self.assert_one_line(err, "line 2: ", "a frame has 3")


class Vectors(Case):
    """How well-known decoders cut their streams (test/vectors/README.md)."""
    ERRORS = {"E:toolong": "too_long", "E:negative": "too_long", "E:adjusted<header": "too_short", "E:truncated": "truncated"}

    def spec_of(self, case, wanted):
        around = case["off"] + case["len"] + case["adj"]
        limit = case["max"] + (around if case["maxon"] == "field" else 0)
        limit = min(limit, 256 ** case["len"] - 1 + around)
        # One that has frames behind an error goes on.
        errors = [i for i, event in enumerate(wanted) if event in self.ERRORS]
        goes_on = bool(errors) and any(event.startswith("F:") for event in wanted[errors[0]:])
        return (f"length-field:order={'big' if case['be'] else 'little'},width={case['len']},offset={case['off']},adjust={case['adj']},"
                f"strip={case['strip']},max={limit},over={'discard' if goes_on else 'fail'}")

    def test_every_vector_is_answered_whatever_the_size_of_the_pieces(self):
        cases = [json.loads(line) for line in VECTORS.read_text().splitlines()]
        self.assertEqual(28, len(cases))
        for case in cases:
            wanted = [event for chunk in case["out"] for event in chunk]
            stream = "".join(chunk for chunk in case["in"] if chunk != "EOF")
            right = [self.ERRORS.get(event, event.removeprefix("F:")) for event in wanted if event != "EOF"]
            for chunk in ("1", "2", "3", "4096"):
                with self.subTest(id=case["id"], chunk=chunk):
                    is_bad = any(event in self.ERRORS for event in wanted)
                    told = self.frame("decode", "--format", self.spec_of(case, wanted), "--hex", "--chunk", chunk, given=stream.encode())
                    lines = [json.loads(line) for line in told[1].splitlines()]
                    ours = [line.get("error", line.get("body")) for line in lines]
                    if "EOF" not in case["in"] and ours[len(right):] == ["truncated"]:
                        ours.pop()   # here the input ends; there it would go on
                    self.assertEqual(right, ours)
                    self.assertEqual(is_bad, told[0] == 1)


class Options(Case):
    def assert_refused(self, *options, told=""):
        with self.subTest(options=options):
            status, out, err = self.frame(*options, given=b"\0\0\0\0")
            self.assertEqual((2, b""), (status, out), err)
            self.assert_one_line(err, told)

    def test_the_help_teaches_formats_and_shows_examples(self):
        for options in (("--help",), ("decode", "--help")):
            status, out, err = self.frame(*options)
            self.assertEqual((0, ""), (status, err))
            for text in ("Usage: hawser-frame decode|encode", "length-field", "prefix-body", "prefix-self", "header-middle", "varint", "delimiter",
                         "lines", "fixed", "base64-lines", "marked-crc", "netstring", "http-chunk", "cobs", "slip", "over=fail|discard", "Examples:", "Exit status", "--chunk", "--hex"):
                self.assertIn(text, out.decode())

    def test_the_version_is_printed(self):
        status, out, err = self.frame("--version")
        self.assertEqual((0, ""), (status, err))
        self.assertRegex(out.decode(), r"\Ahawser-frame \d+\.\d+\.\d+\n\Z")

    def test_bad_options_are_one_line_and_nothing_on_standard_output(self):
        self.assert_refused(told="decode or encode")
        self.assert_refused("decode", told="--format")
        self.assert_refused("--format", "lines", told="decode or encode")
        self.assert_refused("cut", "--format", "lines", told="'cut' is neither decode nor encode")
        self.assert_refused("decode", "--format")
        self.assert_refused("decode", "--unknown")
        self.assert_refused("decode", "--form", "lines")
        self.assert_refused("decode", "--format", "lines", "extra")
        self.assert_refused("decode", "--format", "lines", "--format", "lines", told="more than once")
        for chunk in ("0", "-1", "", "1KiB", "99999999999"):
            self.assert_refused("decode", "--format", "lines", "--chunk", chunk, told="--chunk")

    def test_bad_formats_are_one_line_and_nothing_on_standard_output(self):
        for spec, told in (("", "unknown format"), ("line", "unknown format 'line'; there are length-field"), ("length-field:width=5", "width"),
                           ("length-field:width=2,adjust=-3", "adjust >= -(offset + width)"), ("length-field:strip=5", "strip <= offset + width"),
                           ("length-field:width=1,max=300", "offset + width + (256^width - 1) + adjust (256)"), ("varint:bytes=6", "4 or 5"),
                           ("delimiter:0d|0d0a", "beginning of"), ("delimiter:zz", "hex"), ("fixed:0", "1 to"), ("marked-crc:max=7", "8 to 65543"), ("netstring:max=2", "3 to 4294967295"), ("cobs:max=1", "2 bytes at least"), ("http-chunk:max=4", "5 to 4294967295"),
                           ("base64-lines:delimiter=2b", "base64"), ("lines:max=1MB", "size"), ("lines:mx=1", "it takes strip, max"),
                           ("a\nb\x1b[2J", "unknown format")):
            for word in ("decode", "encode"):
                self.assert_refused(word, "--format", spec, told=told)


class InAPipe(Case):
    def start_piped(self, *options):
        program = subprocess.Popen([FRAME, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def end():
            program.kill()
            program.wait()
            for stream in (program.stdin, program.stdout, program.stderr):
                with contextlib.suppress(OSError):   # what could not be written any more
                    stream.close()

        self.addCleanup(end)
        return program

    def line_of(self, program):
        ready, _, _ = select.select([program.stdout], [], [], programs.PATIENCE)
        self.assertTrue(ready, "nothing comes out")
        return program.stdout.readline()

    def test_a_frame_is_shown_as_soon_as_it_is_whole(self):
        program = self.start_piped("decode", "--format", "lines")
        for text in (b"one", b"two", b""):
            program.stdin.write(text + b"\n")
            program.stdin.flush()
            self.assertEqual(text.hex(), json.loads(self.line_of(program))["body"])
        program.stdin.close()
        self.assertEqual(0, program.wait(programs.PATIENCE))

    def test_a_body_is_written_as_soon_as_its_line_ends(self):
        program = self.start_piped("encode", "--format", "lines")
        program.stdin.write(b"6869\n616")
        program.stdin.flush()
        self.assertEqual(b"hi\n", self.line_of(program))
        program.stdin.write(b"2\n")
        program.stdin.flush()
        self.assertEqual(b"ab\n", self.line_of(program))

    def test_an_error_that_ends_it_does_not_wait_for_the_end_of_the_input(self):
        for options, given in ((("decode", "--format", "prefix-self"), b"\0\0\0\0"), (("encode", "--format", "varint"), b"x")):
            program = self.start_piped(*options)
            program.stdin.write(given)
            program.stdin.flush()
            self.assertEqual(1, program.wait(programs.PATIENCE))

    def test_it_ends_quietly_when_nobody_reads(self):
        for ignored in (False, True):   # SIGPIPE, as some parents have it
            read_end, write_end = os.pipe()
            with open("/dev/zero", "rb") as zeros:
                program = subprocess.Popen([FRAME, "decode", "--format", "fixed:1"], stdin=zeros, stdout=write_end, stderr=subprocess.PIPE,
                                           restore_signals=not ignored)
            os.close(write_end)
            self.addCleanup(program.kill)
            self.assertTrue(os.read(read_end, 1000))
            os.close(read_end)
            _, err = program.communicate(timeout=programs.PATIENCE)
            self.assertEqual(b"", err)
            self.assertIn(program.returncode, (1, -13))

    def test_a_full_disk_is_told(self):
        path = self.folder / "given"
        path.write_bytes(b"61\n")
        with open("/dev/full", "wb") as full, open(path, "rb") as given:
            program = self.start(FRAME, "encode", "--format", "lines", stdout=full, stdin=given)
        self.assertEqual(1, program.status())
        self.assert_one_line(program.err, "cannot write")

    def test_an_input_that_cannot_be_read_is_told(self):
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        for word in ("decode", "encode"):
            program = self.start(FRAME, word, "--format", "lines", stdin=folder)
            self.assertEqual(1, program.status())
            self.assert_one_line(program.err, "cannot read")

    def most_memory(self, program):
        """What it has ever had at once, in bytes, while it runs."""
        for line in pathlib.Path(f"/proc/{program.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0

    @unittest.skipIf(programs.SANITIZER, "a sanitizer has memory of its own")
    def test_memory_is_bounded_by_the_limit_and_not_by_the_input(self):
        mebibyte = (b"\0\0\x10\0" + b"x" * 4092) * 256   # of frames
        for options, piece, count in ((("decode", "--format", "prefix-self:max=64KiB"), mebibyte, 16),
                                      (("decode", "--format", "prefix-body:max=64KiB,over=discard"), b"\x7f\xff\xff\xff" + bytes(1 << 20), 60),
                                      (("decode", "--format", "marked-crc"), b"\xff\xff\xff\xf0garbage" * (1 << 16), 30),
                                      (("encode", "--format", "lines:max=64KiB"), b"61" * 30_000 + b"\n", 600)):
            with self.subTest(options=options):
                program = self.start_piped(*options)
                drain = self.start("cat", stdin=program.stdout)
                for _ in range(count):
                    program.stdin.write(piece)
                program.stdin.flush()
                self.assertLess(self.most_memory(program), 12 << 20)
                program.stdin.close()
                program.wait(programs.PATIENCE)
                drain.status()

    def test_a_line_without_end_is_refused_at_the_limit_and_not_collected(self):
        program = self.start_piped("encode", "--format", "lines:max=1KiB")
        try:
            for _ in range(1000):
                program.stdin.write(b"61" * 10_000)
        except BrokenPipeError:
            pass
        self.assertEqual(1, program.wait(programs.PATIENCE))
        self.assertIn(b"line 1: a body of 1025 bytes makes a frame over the limit of 1024 bytes", program.stderr.read())


if __name__ == "__main__":
    programs.main()
