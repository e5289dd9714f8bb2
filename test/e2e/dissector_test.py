"""The dissector in real tshark, on what the real server, the real swarm and Python say to each other.

What goes over the wire is read twice: by tshark with the dissector, and by a few lines of Python here. The two must agree on
every field of every frame. Where a raw socket is allowed (root; CAP_NET_RAW) the loopback interface itself is recorded, so
that Wireshark sees the kernel's own segments; elsewhere a relay between the two sides records what passes. One
conversation is recorded in both ways. Neither is left out in silence: the test says on standard error which it used.
"""
import base64
import os
import pathlib
import struct
import sys
import time
import zlib

import capture
import programs
import wire


def path_of(name, variable):
    return os.path.join(programs.BIN, name) if programs.BIN else os.environ[variable]


DESCRIBE = path_of("hawser-describe", "HAWSER_DESCRIBE")
THERMOMETERS = pathlib.Path(path_of("thermometer_server", "HAWSER_THERMOMETER")).parent
EVERY_KIND = os.environ["HAWSER_EVERY_KIND"]
LUA = pathlib.Path(__file__).parents[2] / "libpacket/lua"
print("captured:", "on the loopback interface" if capture.may_listen() else "through a relay: no right to a raw socket",
      file=sys.stderr)

NAMES = {wire.CONN: "conn", wire.CONN_ACK: "conn_ack", wire.SUBMIT: "submit", wire.SUBMIT_ACK: "submit_ack",
         wire.PING: "ping", wire.PONG: "pong", wire.GO_AWAY: "go_away"}


def with_colons(data):
    return ":".join(f"{octet:02x}" for octet in data)


def fields_of(body):
    """What the dissector must say of the body of a good packet of the default protocol; its ID is ASCII."""
    name, rest = NAMES[body[0]], body[9:]
    fields = {"hawser.command": f"0x{body[0]:02x}", f"hawser.{name}.id": body[1:9].decode()}
    if body[0] in (wire.CONN, wire.SUBMIT):
        fields[f"hawser.{name}.payload"] = with_colons(rest)
    elif body[0] in (wire.CONN_ACK, wire.SUBMIT_ACK):
        fields[f"hawser.{name}.result"] = str(rest[0])
    elif body[0] == wire.GO_AWAY:
        fields[f"hawser.{name}.milliseconds"] = str(int.from_bytes(rest, "big"))
    return fields


def bodies_of(stream):
    """The bodies in a stream of the default protocol."""
    while stream:
        length = int.from_bytes(stream[:4], "big")
        yield stream[4:length]
        stream = stream[length:]


def packet_fields(frame):
    """Without what is said of the frame around the packet, and of the capture."""
    return {key: value for key, value in frame.items() if "." in key and ".frame." not in key}


def with_branches(fields):
    """With what is in trees below them; what is there more than once is a list."""
    found = {}

    def add(key, value):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                for pair in one.items():
                    add(*pair)
            else:
                found.setdefault(key, []).append(one)

    add("", fields)
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def body(command, identity, rest=b""):
    return bytes([command]) + identity + rest


def prefix_little(data):   # length-field:order=little,width=2,offset=1,adjust=1,strip=4
    return b"\x7e" + struct.pack("<H", len(data)) + b"\x7f" + data


def varint(data):
    length, prefix = len(data), b""
    while length > 0x7f:
        prefix, length = prefix + bytes([length & 0x7f | 0x80]), length >> 7
    return prefix + bytes([length]) + data


def marked(data):
    return b"\xff\xff" + struct.pack(">H", len(data)) + data + struct.pack(">H", zlib.crc32(data) >> 16) + b"\xff\xfe"


def cobs(data):
    """Of blocks of 254 bytes at most."""
    made = b""
    for part in (data + b"\0").split(b"\0")[:-1]:
        while len(part) >= 254:
            made, part = made + b"\xff" + part[:254], part[254:]
        made += bytes([len(part) + 1]) + part
    return made + b"\0"


def slip(data):
    return data.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def netstring(data):
    return b"%d:%s," % (len(data), data)


def base64_line(data):
    return base64.b64encode(data) + b"\n"


class Dissector(programs.Case):
    def script(self, *arguments, program=DESCRIBE):
        status, text, err = self.run_to_end(program, *arguments)
        self.assertEqual((0, ""), (status, err))
        path = self.folder / "script.lua"
        path.write_text(text)
        return path

    def hawser(self, *options):
        return self.script("dissector", *options)

    def converse(self, server, recorder, pieces, answer_bytes):
        """Sends the pieces in segments of their own, and takes this many bytes of answers."""
        host, port = recorder.address.split(":")
        connection = self.connect(server, port=int(port))
        for piece in pieces:
            connection.send(piece)
            time.sleep(0.002)   # or the kernel may join them
        answers = connection.receive(answer_bytes)
        self.assertEqual(answer_bytes, len(answers))
        connection.close_write()
        connection.rest()
        return answers

    # The default protocol.

    def assert_tells_all(self, recorded, script, *options):
        """Every frame that Python finds, in its order, with its fields; and none besides."""
        frames = capture.dissect(recorded, script, "hawser", *options)
        streams = recorded.streams()
        self.assertEqual(sum(len(list(bodies_of(stream))) for stream in streams.values()), len(frames))
        for ports, stream in streams.items():
            shown = [packet_fields(frame) for frame in frames if frame["ports"] == ports]
            self.assertEqual([fields_of(one) for one in bodies_of(stream)], shown)
        return frames

    def check_swarm(self, recorder_type):
        server = self.start_server("--log-ration", "0")
        recorder = recorder_type(server.port)
        swarm = self.run_swarm(recorder.address, "--clients", 3, "--count", 40, "--interval", 0, "--window", 8, "--hello",
                               "--payload-size", 100)
        self.assert_counts(swarm, sent=120, acked=120)
        self.assert_stops_well(server)
        frames = self.assert_tells_all(recorder.finish(), self.hawser())
        self.assertEqual(120, sum("hawser.submit.payload" in frame for frame in frames))
        self.assertEqual(120, sum(frame.get("hawser.submit_ack.result") == "0" for frame in frames))
        self.assertEqual(3, sum("hawser.conn.id" in frame for frame in frames))
        # The third opinion: the server's own.
        logged = server.lines("recv submit: ")
        self.assertEqual(120, len(logged))
        for number in range(1, 41):
            payloads = [bytes.fromhex(f["hawser.submit.payload"].replace(":", "")) for f in frames if f.get("hawser.submit.id") == f"{number:08d}"]
            for payload in payloads:
                self.assertTrue(any(f"id = {number:08d}, payload={payload[:40].decode()}" in line for line in logged), payload)

    def test_a_swarm_and_a_server_through_a_relay(self):
        self.check_swarm(capture.Relay)

    def test_a_swarm_and_a_server_on_the_interface(self):
        if not capture.may_listen():
            print("not recorded on the interface: no right to a raw socket; the relay's test has the same conversation", file=sys.stderr)
            return
        self.check_swarm(capture.Live)

    def test_a_frame_cut_into_bytes_is_one_frame_and_several_in_a_segment_are_several(self):
        server = self.start_server()
        recorder = capture.best(server.port)
        cut = wire.submit(b"00000001", b"abc") + wire.packet(wire.PING, b"00000002")
        together = wire.submits(3, 9, b"together")
        half, rest = together[:-10], together[-10:] + wire.packet(wire.CONN, b"00000010", b"hawser/1") + wire.submit(b"00000011")
        self.converse(server, recorder, [bytes([octet]) for octet in cut] + [half, rest], 9 * 14 + 13 + 14)
        recorded = recorder.finish()
        script = self.hawser()
        frames = self.assert_tells_all(recorded, script)
        first = frames[0]
        self.assertEqual(("00000001", "61:62:63"), (first["hawser.submit.id"], first["hawser.submit.payload"]))
        self.assertGreater(int(first["cut into"]), 1)
        third = next(frame for frame in frames if frame.get("hawser.submit.id") == "00000003")
        self.assertGreaterEqual(sum(frame["shown in"] == third["shown in"] for frame in frames), 6)
        # Wireshark goes over a capture twice; the second time it has to come to the same.
        self.assertEqual(frames, capture.dissect(recorded, script, "hawser", "-2"))

    def test_what_is_malformed_is_marked_and_said(self):
        server = self.start_server()
        recorder = capture.best(server.port)
        breaches = {
            wire.packet(0x7f, b"00000001"): "unknown command 0x7f",
            wire.packet(wire.PING, b"00000001", b"!"): "ping goes on behind its last field, by 1",
            wire.frame(b"\x02" + b"0000000"): "submit ends inside its field id",
            wire.frame(b""): "0 bytes, too few for a command",
            bytes(4): "a length of 0, which is less than the 4 bytes that it counts itself",
            b"\x00\x10\x00\x01": "a frame of 1048577 bytes, over the limit of 1048576",
            b"\xff\xff\xff\xff": "a frame of 4294967295 bytes, over the limit of 1048576",
        }
        for breach in breaches:
            self.converse(server, recorder, [wire.submit(b"00000001", b"fine"), breach], 14)
        frames = capture.dissect(recorder.finish(), self.hawser(), "hawser")
        marked_as = [frame["hawser.malformed"] for frame in frames if "hawser.malformed" in frame]
        self.assertEqual(sorted(breaches.values()), sorted(marked_as))
        for frame in frames:
            if "hawser.malformed" in frame:
                self.assertEqual("Malformed Packet", frame["hawser.malformed_tree"]["_ws.malformed"])
            else:
                self.assertIn(frame["hawser.command"], ("0x02", "0x82"))
        self.assertEqual(2 * len(breaches), sum("hawser.malformed" not in frame for frame in frames))

    def test_an_answer_that_ends_too_early_is_marked(self):
        recorded = capture.Recording(8888)
        recorded.open(40000)
        recorded.add(40000, wire.packet(wire.GO_AWAY, b"00000000", b"\x00\x00\x03"), from_server=True)
        recorded.add(40000, wire.packet(wire.GO_AWAY, b"00000000", b"\x00\x00\x03\xe8"), from_server=True)
        broken, good = capture.dissect(recorded, self.hawser(), "hawser")
        self.assertEqual("go_away ends inside its field milliseconds", broken["hawser.malformed"])
        self.assertEqual("1000", good["hawser.go_away.milliseconds"])

    def test_an_id_that_is_no_text_is_escaped(self):
        recorded = capture.Recording(8888)
        recorded.open(40000)
        for identity in (b"\x00\xff\n|\\\"ab", "gr\u00fc\u00dfe!".encode(), b"\xc3(\xed\xa0\x80a:b", b"abc\0\0\0\0\0"):
            recorded.add(40000, wire.submit(identity))
        shown = [frame["hawser.submit.id"] for frame in capture.dissect(recorded, self.hawser(), "hawser")]
        self.assertEqual(['\\x00\\xff\\x0a|\\x5c"ab', "gr\u00fc\u00dfe!", "\\xc3(\\xed\\xa0\\x80a:b", "abc"], shown)

    def test_ports_come_from_the_preference_and_the_info_column_says_what_is_in_a_segment(self):
        recorded = capture.Recording(7321)
        recorded.open(40000)
        recorded.add(40000, wire.submit(b"00000001", b"abc") + wire.packet(wire.PING, b"00000002"))
        recorded.add(40000, wire.submit_ack(b"00000001", 1) + wire.packet(0x7f, b"00000001"), from_server=True)
        recorded.add(40000, wire.submits(3, 14))
        rows = capture.run_tshark(recorded, self.hawser(), "-o", "hawser.ports:7000-7400", "-T", "fields", "-e", "_ws.col.Protocol",
                                  "-e", "_ws.col.Info", "-Y", "hawser").splitlines()
        self.assertEqual(["HAWSER\tsubmit id=00000001; ping id=00000002",
                          "HAWSER\tsubmit_ack id=00000001 result=error; [malformed: unknown command 0x7f]"], rows[:2])
        self.assertTrue(rows[2].endswith("submit id=00000012; and 2 more"), rows[2])
        by_value = capture.run_tshark(recorded, self.hawser("--port", 7321), "-Y", 'hawser.submit_ack.result == "error"')
        self.assertEqual(1, len(by_value.splitlines()))

    # Other formats.

    def check_format(self, spec, frame, pieces_of=lambda whole: [whole]):
        """The real server, asked in this format; what every field of every packet was."""
        server = self.start_server("--format", spec)
        recorder = capture.best(server.port)
        asked = [body(wire.SUBMIT, b"00000001", b"a" * 300), body(wire.PING, b"00000002"), body(wire.CONN, b"00000003"),
                 body(wire.SUBMIT, b"00000004", bytes(range(32, 127)))]
        answered = [body(wire.SUBMIT_ACK, b"00000001", b"\0"), body(wire.PONG, b"00000002"),
                    body(wire.CONN_ACK, b"00000003", b"\0"), body(wire.SUBMIT_ACK, b"00000004", b"\0")]
        frames_sent = [frame(one) for one in asked]
        expected = b"".join(frame(one) for one in answered)
        self.assertEqual(expected, self.converse(server, recorder, pieces_of(frames_sent), len(expected)))
        recorded, script = recorder.finish(), self.hawser("--format", spec)
        frames = capture.dissect(recorded, script, "hawser")
        self.assertEqual(frames, capture.dissect(recorded, script, "hawser", "-2"))
        good = [packet_fields(one) for one in frames if "hawser.malformed" not in one]
        for bodies in (asked, answered):
            of_side = [one for one in good if one in [fields_of(b) for b in bodies]]
            self.assertEqual([fields_of(b) for b in bodies], of_side)
        self.assertEqual(len(asked) + len(answered), len(good))
        return [one for one in frames if "hawser.malformed" in one]

    @staticmethod
    def cut_up(frames):
        """Inside a length, inside a frame, and several together."""
        return list(capture.segments(b"".join(frames), 1, 1, 100, 1, 210))

    def test_little_endian_lengths(self):
        spec = "length-field:order=little,width=2,offset=1,adjust=1,strip=4,prefix=7e00007f"
        self.assertEqual([], self.check_format(spec, prefix_little, self.cut_up))

    def test_varint(self):
        self.assertEqual([], self.check_format("varint:max=4KiB", varint, self.cut_up))

    def test_a_varint_behind_a_byte_of_another_meaning(self):
        # As MQTT has it: all of a frame is the packet, so here each is malformed, but cut where it should be.
        sizes = (0, 1, 127, 128, 300, 16384)
        stream = b"".join(b"\x30" + varint(b"x" * size) for size in sizes)
        recorded = capture.Recording(8888)
        recorded.open(40000)
        for piece in capture.segments(stream, 1, 2, 700):
            recorded.add(40000, piece)
        frames = capture.dissect(recorded, self.script("mqtt", program=EVERY_KIND), "weather")
        self.assertEqual([str(size) for size in sizes], [one["weather.frame.length"] for one in frames])

    def test_lines_of_text(self):
        self.assertEqual([], self.check_format("delimiter:0d0a|1e", lambda data: data + b"\r\n", self.cut_up))

    def test_base64_lines(self):
        self.assertEqual([], self.check_format("base64-lines", base64_line, self.cut_up))

    def test_netstrings(self):
        self.assertEqual([], self.check_format("netstring", netstring, self.cut_up))

    def test_chunks_of_http(self):
        self.assertEqual([], self.check_format("http-chunk", chunk, self.cut_up))
        # With extensions, and zeros before a size.
        ping = body(wire.PING, b"00000001")
        stream = b"".join(head + b"\r\n" + ping + b"\r\n" for head in (b"9;a=b; c=\"d\"", b"0009", b"9 ;x"))
        for frames in self.side_by_side("http-chunk", [[stream], list(capture.segments(stream, *[1] * 20)), list(capture.segments(stream, 25, 3))]):
            self.assertEqual(3 * ["00000001"], [one["hawser.ping.id"] for one in frames])

    def test_cobs_and_slip(self):
        noise = {"cobs": b"\0\0\xffspoilt\0", "slip": b"\xc0\xdbspoilt\xc0"}
        for spec, frame in (("cobs", cobs), ("slip", slip)):
            with self.subTest(spec=spec):
                self.assertEqual([], self.check_format(spec, frame, self.cut_up))
                wrong = self.check_format(spec, frame, lambda frames: self.cut_up([noise[spec] + one for one in frames]))
                self.assertEqual(with_colons(4 * noise[spec]), ":".join(one["hawser.frame.skipped"] for one in wrong))

    def test_marked_frames_with_garbage_between(self):
        # Garbage, a mark that begins nothing, a frame with a spoilt byte, and one inside of what only looked like one.
        spoilt = bytearray(marked(body(wire.PING, b"00000009")))
        spoilt[8] ^= 1
        garbage = [b"noise", b"\xff", bytes(spoilt), b"\xff\xff\x00\x20"]

        def between(frames):
            return self.cut_up([part for pair in zip(garbage, frames) for part in pair])

        wrong = self.check_format("marked-crc:max=4KiB", marked, between)
        skipped = ":".join(one["hawser.frame.skipped"] for one in wrong)   # garbage is shown in the segment where it comes
        self.assertEqual(with_colons(b"".join(garbage)), skipped)
        reasons = {one["hawser.frame.skipped"]: one["hawser.malformed"] for one in wrong}
        self.assertEqual("no mark of a frame's begin", wrong[0]["hawser.malformed"])
        self.assertRegex(reasons[with_colons(spoilt)], "a checksum of 0x[0-9a-f]{4} where the data has 0x[0-9a-f]{4}")

    def test_a_false_mark_that_waits_for_later_segments_hides_nothing(self):
        first, second = marked(body(wire.PING, b"00000001")), marked(body(wire.PING, b"00000002"))
        stream = b"\xff\xff\x00\x04" + first + b"\xff\xff\x00\x14" + second + first
        ways = [list(capture.segments(stream, *sizes)) for sizes in ((9, 5), (30, 6, 14), (5, 20, 7, 9), (22, 3, 3, 3, 20))]
        for passes in ((), ("-2",)):
            for frames in self.side_by_side("marked-crc", ways, *passes):
                self.assertEqual(["ff:ff:00:04", "00000001", "ff:ff:00:14", "00000002", "00000001"],
                                 [one.get("hawser.frame.skipped") or one["hawser.ping.id"] for one in frames])

    def test_false_marks_that_share_an_end_do_not_stop_wireshark(self):
        # Each looks whole but for its checksum, over nearly all that follows.
        marks = b"".join(b"\xff\xff" + struct.pack(">H", 65530 - 4 * n) for n in range(16383))
        frames = self.one_sided("marked-crc", marks + b"\0\0\0\0\xff\xfe" + marked(body(wire.PING, b"00000001")))
        self.assertEqual("00000001", frames[-1]["hawser.ping.id"])
        self.assertIn("a checksum of ", frames[0]["hawser.malformed"])

    def side_by_side(self, spec, streams, *options):
        """What is shown of each of these streams; one is a list of what its segments have in them."""
        recorded = capture.Recording(8888)
        for client, pieces in enumerate(streams, 40000):
            recorded.open(client)
            for piece in pieces:
                recorded.add(client, piece)
        frames = capture.dissect(recorded, self.hawser("--format", spec), "hawser", *options)
        return [[one for one in frames if one["ports"][0] == client] for client in range(40000, 40000 + len(streams))]

    def one_sided(self, spec, *pieces):
        return self.side_by_side(spec, [pieces])[0]

    def test_a_frame_over_the_limit_that_is_passed_over_hides_nothing_behind_it(self):
        ping = wire.packet(wire.PING, b"00000001")
        stream = ping + struct.pack(">I", 1000) + bytes(996) + ping
        ways = [list(capture.segments(stream, *sizes)) for sizes in ((), (13, 100, 500), (15, 1000), (13 + 1000,), (13 + 999, 3))]
        for frames in self.side_by_side("prefix-self:max=100,over=discard", ways):
            self.assertEqual(2, sum("hawser.ping.id" in one for one in frames))
            skipped = [one for one in frames if "hawser.malformed" in one]
            self.assertEqual(1000, sum(one["hawser.frame.skipped"].count(":") + 1 for one in skipped))

    def test_what_a_codec_refuses_is_marked(self):
        good = body(wire.PING, b"00000001")
        for spec, stream, why in (
                ("varint", varint(good) + b"\x80\x00", "a length that is written in more bytes than it needs"),
                ("varint", varint(good) + b"\xff\xff\xff\xff\xff", "a length that does not end within 5 bytes"),
                ("varint:max=100", varint(good) + b"\x64", "a frame of 101 bytes, over the limit of 100"),
                ("lines:max=20", good + b"\r\n" + 20 * b"x", "no delimiter within the limit of 20 bytes"),
                ("base64-lines", base64_line(good) + b"A===\n", "a line that is no base64: a character that base64 has not"),
                ("base64-lines", base64_line(good) + b"AB==\n", "a line that is no base64: bits left over in the last character"),
                ("base64-lines", base64_line(good) + b"ABC\n", "a line that is no base64: 3 characters, no multiple of 4"),
                ("http-chunk", chunk(good) + b"x", "no size in hex"),
                ("http-chunk", chunk(good) + b"0" * 17, "a size of more than 16 digits"),
                ("http-chunk:max=20", chunk(good) + b"10", "a frame of 22 bytes, over the limit of 20"),
                ("http-chunk:max=20", chunk(good) + b"9;23456789", "a frame of 21 bytes, over the limit of 20"),
                ("http-chunk", chunk(good) + b"9;" + b"x" * 255, "a size and extensions of more than 256 bytes"),
                ("http-chunk", chunk(good) + b"1\na\n", "no CR LF behind the size and its extensions"),
                ("http-chunk", chunk(good) + b"1\rx", "no CR LF behind the size and its extensions"),
                ("http-chunk", chunk(good) + b"1\r\nabc", "no CR LF behind the body"),
                ("http-chunk", chunk(good) + b"0\r\na: b\r\n\r\n", "no CR LF behind the body"),
                ("cobs:max=20", cobs(good) + b"x" * 20, "no end of a frame within the limit of 20 bytes"),
                ("cobs", cobs(good) + b"\0\3a\0", "a code that leads past the end of its frame"),
                ("cobs:max=20", cobs(good) + bytes(20), "ends of frames, and nothing between them"),
                ("slip:max=20", slip(good) + b"x" * 20, "no end of a frame within the limit of 20 bytes"),
                ("slip", slip(good) + b"\xdb\xc0", "an escape DB without DC or DD behind it"),
                ("slip", slip(good) + b"\xdb.\xc0", "an escape DB without DC or DD behind it"),
                ("netstring", netstring(good) + b"05:", "a size with a zero before it"),
                ("netstring", netstring(good) + b"5;", "a size that is none, or has no colon behind it"),
                ("netstring", netstring(good) + b"x", "a size that is none, or has no colon behind it"),
                ("netstring", netstring(good) + b"1:ab", "no comma behind the body"),
                ("netstring:max=20", netstring(good) + b"17", "a frame of 21 bytes, over the limit of 20"),
                ("prefix-body:width=8", struct.pack(">Q", len(good)) + good + b"\xff" * 8,
                 "a frame of 18446744073709551616 bytes, over the limit of 1048576")):
            frames = self.one_sided(spec, stream)
            self.assertEqual(["00000001", why], [one.get("hawser.malformed") or one["hawser.ping.id"] for one in frames], spec)

    def test_a_frame_is_put_together_however_it_is_cut(self):
        wanted = wire.submit(b"00000001", b"abc")
        ways = [[wanted], [bytes([octet]) for octet in wanted], [wanted[:4], wanted[4:]], [wanted[:3], wanted[3:5], wanted[5:]]]
        shown = self.side_by_side("prefix-self", ways)
        for pieces, (frame,) in zip(ways, shown, strict=True):
            self.assertEqual(len(pieces), int(frame["cut into"] or 1))
            self.assertEqual(packet_fields(shown[0][0]), packet_fields(frame))

    def test_a_fixed_length(self):
        frames = self.one_sided("fixed:9", *capture.segments(b"".join(body(wire.PING, wire.serial(n)) for n in range(1, 5)), 4, 10))
        self.assertEqual([f"{n:08d}" for n in range(1, 5)], [one["hawser.ping.id"] for one in frames])

    def test_a_frame_as_long_as_the_limit_comes_in_many_segments(self):
        payload = os.urandom(1048576 - wire.SUBMIT_OVERHEAD)
        (frame,) = self.one_sided("prefix-self", *capture.segments(wire.submit(b"00000001", payload), 2, *[30000] * 34))
        self.assertEqual(36, int(frame["cut into"]))
        self.assertEqual("1048576", frame["hawser.frame.length"])

    def test_each_file_that_it_is_made_of_is_lua_by_itself(self):
        files = sorted(LUA.glob("*.lua"))
        self.assertGreater(len(files), 5)
        script = self.folder / "script.lua"
        script.write_text("".join(f"assert(loadfile([[{path}]]))\n" for path in files))   # compiled, and not run
        capture.run_tshark(capture.Recording(8888), script)

    # Protocols of other people.

    def test_the_protocol_of_the_tutorial(self):
        port_file = self.folder / "port"
        server = self.start(THERMOMETERS / "thermometer_server", "--listen", "127.0.0.1:0", "--port-file", port_file)
        programs.until(port_file.exists, "the port file")
        recorder = capture.best(int(port_file.read_text()))
        status, _, err = self.run_to_end(THERMOMETERS / "thermometer_client", "--connect", recorder.address)
        self.assertEqual((0, ""), (status, err))
        server.signal(15)
        server.status()
        recorded = recorder.finish()
        frames = capture.dissect(recorded, self.script("dissector", program=THERMOMETERS / "thermometer_describe"), "thermometer")
        asked = [one for (_, target), stream in recorded.streams().items() if target == recorded.port for one in bodies_of(stream)]
        self.assertGreater(len(asked), 0)
        readings = [packet_fields(one) for one in frames if "thermometer.reading.sensor" in one]
        for sent, shown in zip(asked, readings, strict=True):
            sensor, millicelsius, length = struct.unpack(">HiB", sent[9:16])
            self.assertEqual({"thermometer.command": "0x20", "thermometer.reading.id": sent[1:9].decode(),
                              "thermometer.reading.sensor": str(sensor), "thermometer.reading.millicelsius": str(millicelsius),
                              "thermometer.reading.place.length": str(length),
                              "thermometer.reading.place": sent[16:16 + length].decode()}, shown)
        self.assertEqual(len(asked), sum("thermometer.reading_ack.result" in one for one in frames))

    def test_every_kind_of_field(self):
        whole = (struct.pack("<HHi", 7, 0x102, -123456) + b"\xff" + struct.pack(">Q", 2**63 - 1) + struct.pack("<Q", 2**64 - 1) +
                 struct.pack(">q", -2**53 - 1) + b"boat\0\0\0\0" + bytes(range(16)) + b"\x04quay" + b"\x00\x03\x00\x01\x02" +
                 b"\x02" + struct.pack(">hh", -5, 6) + struct.pack(">H", 2) + struct.pack(">i", 40) + b"\x02\x01a\x02bc" +
                 struct.pack(">i", -41) + b"\x00" + "gr\u00fc\u00df dich".encode())
        recorded = capture.Recording(8888)
        recorded.open(40000)
        recorded.add(40000, varint(whole))
        recorded.add(40000, b"\x04\x00" + struct.pack("<HH", 8, 0x8102), from_server=True)
        script = self.script("varint", "length-field:order=little,width=2", program=EVERY_KIND)
        (report, ack) = capture.dissect(recorded, script, "weather")
        self.assertEqual(("8", "0x8102"), (ack["weather.ack.version"], ack["weather.command"]))
        for name, value in {
                "version": "7", "celsius": "-123456", "unit": "-1", "huge": str(2**63 - 1), "ticks": str(2**64 - 1),
                "moment": str(-2**53 - 1), "ship": "boat", "key": with_colons(range(16)), "place.length": "4", "place": "quay",
                "blob.length": "3", "blob": "00:01:02", "note": "gr\u00fc\u00df dich"}.items():
            self.assertEqual(value, report["weather.report." + name], name)
        rows = capture.run_tshark(recorded, script, "-d", f"tcp.port=={recorded.port},weather", "-Y", "weather.report.version", "-T", "fields", "-E", "occurrence=a",
                                  *[word for name in ("history", "history.count", "track.north", "track.tags", "track.tags.length")
                                    for word in ("-e", "weather.report." + name)])
        self.assertEqual(["-5,6", "2", "40,-41", "a,bc", "1,2"], rows.rstrip("\n").split("\t"))
        text = capture.run_tshark(recorded, script, "-d", f"tcp.port=={recorded.port},weather", "-O", "weather")
        for line in ("unit: unknown (-1)", f"huge: {2**63 - 1} (most)", "command: report (0x0102)", "track: 2 elements", "track[1]"):
            self.assertIn(line, text)

    # Types of fields: bodies as a peer would send them, in varint frames.

    def shown(self, *bodies):
        recorded = capture.Recording(8888)
        recorded.open(40000)
        for one in bodies:
            recorded.add(40000, varint(one))
        script = self.script("fields", program=EVERY_KIND)
        frames = capture.dissect(recorded, script, "fields")
        self.assertEqual(frames, capture.dissect(recorded, script, "fields", "-2"))
        self.assertEqual(len(bodies), len(frames))
        return [{key.removeprefix("fields."): value for key, value in with_branches(packet_fields(one)).items()} for one in frames]

    def assert_shows(self, wanted, frame):
        self.assertEqual(wanted, {key: value for key, value in frame.items() if key in wanted}, frame)
        self.assertNotIn("malformed", frame)

    def test_numbers_of_every_width(self):
        whole = (b"\x01\x01\x02\x03" + b"\xfe\xff\xff" + b"\x80\0\0\0\x01" + b"\0\0\0\0\0\0\x80" + b"\xff\xff\xfe" +
                 struct.pack(">f", -1.5) + struct.pack("<d", 53.625))
        good, *cut = self.shown(whole, *[whole[:size] for size in range(1, len(whole))])
        self.assert_shows({"measured.station": "66051", "measured.offset": "-2", "measured.ticks": str(2**39 + 1),
                           "measured.drift": str(-2**55), "measured.where": str(0xfffffe), "measured.celsius": "-1.5", "measured.latitude": "53.625"}, good)
        for one in cut:
            self.assertRegex(one["malformed"], "measured ends inside its field [a-z]+")

    def test_texts_that_end_with_a_nul(self):
        whole = b"\x02ferry\0\0\x02abc\0\0HH-1"
        good, *cut = self.shown(whole, *[whole[:size] for size in range(1, len(whole))])
        self.assert_shows({"greeting.who": "ferry", "greeting.mine": "", "greeting.words.count": "2", "greeting.words": ["abc", ""],
                           "greeting.on": "HH-1"}, good)
        for one in cut:
            self.assertRegex(one["malformed"], "greeting ends inside its field [a-z]+")
        wrong, = self.shown(b"\x02ten letter\0")
        self.assertEqual("greeting has a bad field who: a text without a NUL in its 10 bytes", wrong["malformed"])

    def test_bits_and_what_depends_on_them(self):
        def packet(flags, rarely, number, *rest):
            return b"\x03" + bytes([flags]) + struct.pack("<Q", rarely) + struct.pack(">h", number) + b"".join(rest)

        whole = packet(0x8c, 2**63 | 0x4200, -1, b"\0\4gone", b"\0\7\x0b", b"\2\x10\x55\x0f", b"me")
        none = packet(0x10, 1, 1)
        good, bare, more, *cut = self.shown(whole, none, none + b"!", *[whole[:size] for size in range(1, len(whole) - 2)])
        self.assert_shows({"connecting.flags": "0x8c", "connecting.flags.clean": "0", "connecting.flags.will": "1", "connecting.flags.quality": "1",
                           "connecting.flags.named": "1", "connecting.rarely.middle": str(0x42), "connecting.rarely.top": "1",
                           "connecting.will": "gone", "connecting.at.row": "7", "connecting.at.column": "11", "connecting.parts.count": "2",
                           "connecting.parts.more": "85", "connecting.name": "me"}, good)
        self.assert_shows({"connecting.flags.quality": "2", "connecting.rarely.top": "0", "connecting.rarely.low": "1"}, bare)
        self.assertNotIn("connecting.will.length", bare)
        self.assertEqual("connecting goes on behind its last field, by 1", more["malformed"])
        for one in cut:
            self.assertRegex(one["malformed"], "connecting ends inside its field [a-z]+")

    def test_elements_without_a_count(self):
        parameters = b"\0\1\2ab\0\2\0"
        whole = b"\x04" + struct.pack(">H", len(parameters)) + parameters + b"\x03\0\7\x09" + b"\0\3\1c"
        good, none, spots, *cut = self.shown(whole, b"\x04\0\0\0", b"\x05\0\1\2\0\3\4", *[whole[:size] for size in range(1, len(whole) - 4)])
        self.assert_shows({"tagged.properties.length": "8", "tagged.properties.tag": ["1", "2"], "tagged.properties.value": ["61:62", ""],
                           "tagged.spots.length": "3", "tagged.spots.row": "7", "tagged.spots.column": "9", "tagged.more.tag": "3", "tagged.more.value": "63"}, good)
        self.assert_shows({"tagged.properties.length": "0", "tagged.spots.length": "0"}, none)
        self.assert_shows({"spotted.spots.row": ["1", "3"], "spotted.spots.column": ["2", "4"]}, spots)
        for one in cut:
            self.assertRegex(one["malformed"], "tagged ends inside its field [a-z]+")
        uneven = "tagged has a bad field %s: elements that do not end where their length says"
        why = [one["malformed"] for one in self.shown(b"\x04\0\4\0\1\2a", b"\x04\0\0\4\0\1\2\0", b"\x04\0\0\0\0\1\2a", b"\x05\0\1\2\0")]
        self.assertEqual([uneven % "properties", uneven % "spots", "tagged ends inside its field more", "spotted ends inside its field spots"], why)

    def test_what_may_be_missing(self):
        front = b"\x06\0\2me\xff\xff\xff\0"
        whole = front + b"\0\2" + b"\2de" + b"\0\7\x09"
        ends = [len(front), len(front) + 2, len(front) + 5, len(whole)]
        frames = self.shown(*[whole[:size] for size in range(1, len(whole) + 1)])
        self.assertEqual(ends, [size for size, one in enumerate(frames, 1) if "malformed" not in one])
        self.assert_shows({"lacking.client": "me", "lacking.key.length": "-1", "lacking.mine.length": "0", "lacking.version": "2", "lacking.locale": "de",
                           "lacking.at.row": "7", "lacking.at.column": "9"}, frames[-1])
        self.assertNotIn("lacking.key", frames[-1])
        self.assertNotIn("lacking.version", frames[ends[0] - 1])
        wrong, = self.shown(b"\x06\xff\xfe")
        self.assertEqual("lacking has a bad field client: a length of -2", wrong["malformed"])

    def test_varints(self):
        most = b"\xff" * 9 + b"\1"
        whole = b"\x07" + b"\xac\2" + most + most + b"\xff\1" + b"\2hi" + b"\1\0\7\x09" + b"\4\5\xff\xff\3" + b"\6abc"
        good, null, *cut = self.shown(whole, b"\x07\0\0\2\3\0\0\0\1", *[whole[:size] for size in range(1, len(whole))])
        self.assert_shows({"packed.count": "300", "packed.ticks": str(2**64 - 1), "packed.delta": str(-2**63), "packed.tiny": "-128", "packed.name.length": "2",
                           "packed.name": "hi", "packed.spots.count": "1", "packed.spots.column": "9", "packed.numbers.length": "4",
                           "packed.numbers": ["5", "65535"], "packed.key.length": "3", "packed.key": "61:62:63"}, good)
        self.assert_shows({"packed.delta": "1", "packed.tiny": "-2", "packed.name.length": "0", "packed.key.length": "-1"}, null)
        self.assertNotIn("packed.key", null)
        for one in cut:
            self.assertRegex(one["malformed"], "packed ends inside its field [a-z]+")
        why = [one["malformed"] for one in self.shown(b"\x07\x80\0", b"\x07\xff\xff\xff\xff\x10", b"\x07\0\0\0\0\0\0\0\3", b"\x07\0\0\0\0\0\0\1\x80")]
        self.assertEqual(["packed has a bad field count: a varint that is written in more bytes than it needs",
                          "packed has a bad field count: a varint of more than 32 bits", "packed has a bad field key: a length of -2",
                          "packed has a bad field numbers: elements that do not end where their length says"], why)

    def test_a_codec_of_a_users_own(self):
        whole = (struct.pack("<HHi", 7, 0x102, 1) + bytes(1 + 8 + 8 + 8 + 8 + 16) + b"\0\0\0\0" + struct.pack(">H", 0) + b"a note")
        recorded = capture.Recording(8888)
        recorded.open(40000)
        stream = netstring(whole) + netstring(whole + b", and another")
        for piece in capture.segments(stream, 13):
            recorded.add(40000, piece)
        recorded.add(40000, netstring(struct.pack("<HH", 8, 0x8102)), from_server=True)
        recorded.add(40000, b"x:")   # and no netstring
        frames = capture.dissect(recorded, self.script("netstring", program=EVERY_KIND), "weather")
        self.assertEqual(["a note", "a note, and another"], [one["weather.report.note"] for one in frames if "weather.report.note" in one])
        self.assertEqual(["8"], [one["weather.ack.version"] for one in frames if "weather.ack.version" in one])
        text = capture.run_tshark(recorded, self.script("netstring", program=EVERY_KIND), "-d", f"tcp.port=={recorded.port},weather", "-O", "weather")
        self.assertIn("no netstring", text)

    def test_a_long_array_does_not_hide_what_is_behind_it(self):
        whole = (struct.pack("<HHi", 7, 0x102, 1) + bytes(1 + 8 + 8 + 8 + 8 + 16) + b"\0\0\0\0" +
                 struct.pack(">H", 65535) + 65535 * struct.pack(">iB", 40, 0) + b"the end")
        recorded = capture.Recording(8888)
        recorded.open(40000)
        recorded.add(40000, varint(whole))
        (frame,) = capture.dissect(recorded, self.script("varint", program=EVERY_KIND), "weather")
        self.assertEqual("the end", frame["weather.report.note"])
        self.assertNotIn("weather.malformed", frame)

    def test_where_segments_are_not_put_together_it_says_so(self):
        recorded = capture.Recording(8888)
        recorded.open(40000)
        for piece in capture.segments(wire.submits(1, 2, b"abc"), 20):
            recorded.add(40000, piece)
        text = capture.run_tshark(recorded, self.hawser(), "-o", "tcp.desegment_tcp_streams:FALSE", "-O", "hawser")
        self.assertIn("The hawser protocol, submit id=00000001", text)
        self.assertIn("The hawser protocol, a frame that goes on in segments", text)

    def test_a_body_cut_anywhere_is_malformed_and_nothing_worse(self):
        whole = struct.pack("<HHi", 7, 0x102, 1) + bytes(1 + 8 + 8 + 8 + 8 + 16) + b"\x01a\x00\x01b\x01\x00\x01\x00\x01\x00\x00\x00\x02\x01\x01c"
        recorded = capture.Recording(8888)
        recorded.open(40000)
        for size in range(len(whole) + 1):
            recorded.add(40000, varint(whole[:size]))
        # Counts that claim what is not there.
        recorded.add(40000, varint(whole[:57] + b"\xff" + whole[58:]))
        recorded.add(40000, varint(whole[:62] + b"\xff\xff" + whole[63:]))
        frames = capture.dissect(recorded, self.script("varint", program=EVERY_KIND), "weather")
        self.assertEqual(len(whole) + 3, len(frames))
        self.assertEqual([len(whole)], [at for at, one in enumerate(frames) if "weather.malformed" not in one])


if __name__ == "__main__":
    programs.main()
