"""What the dissector remembers of a connection, and that it is of that connection, of that direction, and no more.

Conversations made by hand, read by real tshark in each way in which Wireshark goes over a capture: once; twice, with a tree in
the first pass and without one, where a dissector cannot ask for `tcp.stream`; and again, out of order, as one who clicks on rows.
All of them must come to the same.
"""
import base64
import os
import socket
import struct
import zlib

import capture
import programs
import wire

DESCRIBE = os.path.join(programs.BIN, "hawser-describe") if programs.BIN else os.environ["HAWSER_DESCRIBE"]
PORT = 8888
CLIENT = 40000


def ping(number):
    return wire.packet(wire.PING, wire.serial(number))


def pong(number):
    return wire.packet(wire.PONG, wire.serial(number))


def body(command, number):
    return bytes([command]) + wire.serial(number)


def over_the_limit(size, rest=b""):
    """The begin of a frame of that size."""
    return struct.pack(">I", size) + rest


NOT_READ, TOO_LONG, NO_FRAME = "not read", "too long", "no frame"

# A format; how a body is written in it; and what is no frame in it, so that nothing behind can be read.
FAILURES = (
    ("prefix-self:max=40", wire.frame, over_the_limit(1000), TOO_LONG),
    ("prefix-self:max=40", wire.frame, over_the_limit(3), NO_FRAME),   # shorter than itself
    ("length-field:order=little,width=2,max=40", lambda data: struct.pack("<H", len(data)) + data, b"\xff\xff", TOO_LONG),
    ("varint:max=40", lambda data: bytes([len(data)]) + data, b"\x80\x00", NO_FRAME),
    ("lines:max=40", lambda data: data + b"\r\n", 60 * b"x", TOO_LONG),
    ("delimiter:1e,max=40", lambda data: data + b"\x1e", 60 * b"x", TOO_LONG),
    ("base64-lines:max=40", lambda data: base64.b64encode(data) + b"\n", b"A===\n", NO_FRAME),
    ("netstring:max=40", lambda data: b"%d:%s," % (len(data), data), b"05:hello,", NO_FRAME),
    ("netstring:max=40", lambda data: b"%d:%s," % (len(data), data), b"99", TOO_LONG),
    ("http-chunk:max=40", lambda data: b"%x\r\n%s\r\n" % (len(data), data), b"5\n", NO_FRAME),
    ("http-chunk:max=40", lambda data: b"%x\r\n%s\r\n" % (len(data), data), b"ff", TOO_LONG),
    ("cobs:max=40", lambda data: bytes([len(data) + 1]) + data + b"\0", 60 * b"x", TOO_LONG),
    ("slip:max=40", lambda data: data + b"\xc0", 60 * b"x", TOO_LONG),
)


class Conversation(capture.Recording):
    """Made by hand; its segments may be lost, come twice, or in another order."""

    def __init__(self, *streams, begins=True):
        super().__init__(PORT)
        if begins:
            self.open(CLIENT)
        for pieces in streams:
            for piece in pieces:
                self.add(CLIENT, piece)

    def say(self, *pieces, client=CLIENT, from_server=False):
        for piece in pieces:
            self.add(client, piece, from_server)
        return self

    def say_in_datagrams(self, *pieces, client=CLIENT):
        for piece in pieces:
            udp = struct.pack(">HHHH", client, PORT, 8 + len(piece), 0) + piece
            address = bytes([127, 0, 0, 1])
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0, address, address)
            self.packets.append(bytes(12) + b"\x08\x00" + ip + udp)
        return self

    def add_at(self, offset, data):
        """Where it is said how far behind what was added last; that stays the last."""
        way = (CLIENT, PORT)
        kept = self._next[way]
        self._next[way] += offset
        self.add(CLIENT, data)
        self._next[way] = kept

    def skip(self, size):
        self._next[(CLIENT, PORT)] += size

    def again(self):
        """A new connection from the same port, with sequence numbers of its own."""
        for way in ((PORT, CLIENT), (CLIENT, PORT)):
            self._next[way] += 100_000_000
        self.open(CLIENT)
        return self


def what(piece):
    """A ping and a pong by their number; of all else what is said."""
    for name in ("hawser.ping.id", "hawser.pong.id"):
        if name in piece:
            return int(piece[name])
    if "hawser.malformed" not in piece:
        return NOT_READ
    return TOO_LONG if "limit" in piece["hawser.malformed"] else NO_FRAME


class DissectorConnections(programs.Case):
    def hawser(self, *options, more=""):
        status, text, err = self.run_to_end(DESCRIBE, "dissector", *options)
        self.assertEqual((0, ""), (status, err))
        path = self.folder / "script.lua"
        path.write_text(text + more)
        return path

    def assert_shows(self, wanted, recorded, spec, *options, settings=(), answers=(), more=""):
        """Of what the client sent, in every way in which Wireshark goes over a capture, and of what the server sent."""
        script = self.hawser("--format", spec, *options, more=more)
        chosen = [word for name, value in settings for word in ("-o", f"{name}:{value}")]
        ways = {" ".join(way): capture.dissect(recorded, script, "hawser", *way, *chosen, filtered=False)
                for way in ((), ("-2",), ("-2", "-R", "tcp or udp"))}
        backwards = range(len(recorded.packets), 0, -1)
        clicked = capture.click(recorded, script, "hawser", [*backwards, *reversed(backwards)], settings)
        for which, begin, end in (("backwards", 0, len(clicked) // 2), ("again", len(clicked) // 2, None)):
            ways[which] = sorted(clicked[begin:end], key=lambda frame: frame["shown in"])
        for way, frames in ways.items():
            for from_server, expected in ((False, wanted), (True, list(answers))):
                of_side = [what(frame) for frame in frames if (frame["ports"][0] == PORT) == from_server]
                self.assertEqual(expected, of_side, f"{spec} {way!r}, from the server: {from_server}")

    def test_the_next_connection_from_the_same_port_is_another_one(self):
        recorded = Conversation([ping(1), over_the_limit(1000, bytes(300)), bytes(300)]).again().say(ping(2), ping(3)[:7], ping(3)[7:])
        self.assert_shows([1, TOO_LONG, TOO_LONG, 2, 3], recorded, "prefix-self:max=100,over=discard")

    def test_each_of_many_connections_from_one_port_has_its_own(self):
        recorded = Conversation([ping(1), over_the_limit(500, bytes(96))])
        recorded.again().say(ping(2), over_the_limit(100, bytes(50)), bytes(46) + ping(3))
        recorded.again().say(over_the_limit(300, bytes(196)), bytes(100) + ping(4), ping(5)).again().say(ping(6))
        wanted = [1, TOO_LONG, 2, TOO_LONG, TOO_LONG, 3, TOO_LONG, TOO_LONG, 4, 5, 6]
        self.assert_shows(wanted, recorded, "prefix-self:max=60,over=discard")

    def test_behind_a_failure_nothing_of_that_direction_is_a_packet(self):
        for spec, frame, broken, reason in FAILURES:
            def asks(number):
                return frame(body(wire.PING, number))

            def answers(number):
                return frame(body(wire.PONG, number))

            recorded = Conversation([asks(1) + broken + asks(2), asks(3)]).say(answers(1), from_server=True)
            recorded.say(asks(4), bytes(9)).say(answers(2), from_server=True)
            recorded.again().say(asks(5), asks(6)[:5], asks(6)[5:]).say(answers(3), from_server=True)
            self.assert_shows([1, reason] + 3 * [NOT_READ] + [5, 6], recorded, spec, answers=[1, 2, 3])

    def test_what_looks_like_a_ping_inside_a_frame_over_the_limit_is_none(self):
        recorded = Conversation([over_the_limit(1000, bytes(10)), ping(1), ping(2) + ping(3)])
        self.assert_shows([TOO_LONG, NOT_READ, NOT_READ], recorded, "prefix-self:max=40")
        self.assert_shows([TOO_LONG] * 3, recorded, "prefix-self:max=40,over=discard")

    def test_what_fails_when_it_is_put_together_has_failed(self):
        recorded = Conversation([ping(1) + b"\0", b"\0", b"\x10\0" + ping(2), ping(3)]).again().say(ping(4))
        self.assert_shows([1, TOO_LONG, NOT_READ, 4], recorded, "prefix-self:max=40")

    def test_a_server_s_answers_are_read_in_their_format_behind_a_failure_of_the_client_and_the_other_way_round(self):
        answers = [pong(1), pong(2), over_the_limit(1000), pong(3)]
        recorded = Conversation().say(answers[0], from_server=True).say(b"x\n", b"A===\n").say(answers[1], from_server=True)
        recorded.say(b"AzAwMDAwMDA5\n").say(*answers[2:], from_server=True)
        self.assert_shows([NO_FRAME, NOT_READ, NOT_READ], recorded, "base64-lines", "--answer-format", "prefix-self:max=40",
                          answers=[1, 2, TOO_LONG, NOT_READ])

    def test_both_directions_pass_over_what_is_theirs(self):
        recorded = Conversation([over_the_limit(100, bytes(40))]).say(over_the_limit(200, bytes(100)), from_server=True)
        recorded.say(bytes(56) + ping(1)).say(bytes(50), from_server=True).say(ping(2)).say(bytes(46) + pong(1), pong(2), from_server=True)
        self.assert_shows([TOO_LONG, TOO_LONG, 1, 2], recorded, "prefix-self:max=40,over=discard",
                          answers=[TOO_LONG] * 3 + [1, 2])

    def test_connections_side_by_side_are_apart(self):
        recorded = Conversation([over_the_limit(1000)])
        recorded.open(CLIENT + 1)
        recorded.say(ping(1), client=CLIENT + 1).say(ping(2)).say(ping(3), ping(4), client=CLIENT + 1)
        for discard, skipped in (("", NOT_READ), (",over=discard", TOO_LONG)):
            self.assert_shows([TOO_LONG, 1, skipped, 3, 4], recorded, "prefix-self:max=40" + discard)

    def test_a_capture_that_begins_behind_the_handshake(self):
        recorded = Conversation([ping(1), over_the_limit(1000), ping(2)], begins=False).say(pong(1), from_server=True)
        self.assert_shows([1, TOO_LONG, NOT_READ], recorded, "prefix-self:max=40", answers=[1])
        recorded = Conversation([ping(1), over_the_limit(100, bytes(60)), bytes(36) + ping(2)], begins=False)
        self.assert_shows([1, TOO_LONG, TOO_LONG, 2], recorded, "prefix-self:max=40,over=discard")

    def test_a_capture_that_begins_inside_a_frame_is_read_on_if_the_user_says_so(self):
        recorded = Conversation([b"the end of a frame", ping(1), ping(2)[:8], ping(2)[8:]], begins=False)
        self.assert_shows([TOO_LONG] + 3 * [NOT_READ], recorded, "prefix-self:max=40")
        self.assert_shows([TOO_LONG, 1, 2], recorded, "prefix-self:max=40", settings=[("hawser.go_on", "TRUE")])

    def test_what_is_sent_again_is_not_counted_twice(self):
        recorded = Conversation([ping(1), over_the_limit(1000, bytes(96))])
        for _ in range(3):
            recorded.say(bytes(300))
            recorded.add_at(-300, bytes(300))
        recorded.add_at(-600, bytes(100))
        recorded.say(ping(2))
        recorded.add_at(-13, ping(2))
        for in_order in ("TRUE", "FALSE"):
            self.assert_shows([1] + 4 * [TOO_LONG] + [2], recorded, "prefix-self:max=100,over=discard",
                              settings=[("tcp.reassemble_out_of_order", in_order)])

    def test_what_comes_in_another_order_is_read_in_the_right_one(self):
        recorded = Conversation([over_the_limit(400, bytes(96))])
        recorded.add_at(200, bytes(100))
        recorded.add_at(100, bytes(100))
        recorded.add_at(300, ping(1))
        recorded.add_at(0, bytes(100))
        recorded.skip(313)
        recorded.say(ping(2))
        self.assert_shows([TOO_LONG, TOO_LONG, 1, 2], recorded, "prefix-self:max=100,over=discard")
        recorded = Conversation([ping(1)])
        recorded.add_at(13, ping(2))
        recorded.say(over_the_limit(1000, bytes(9)))
        recorded.skip(13)
        recorded.say(ping(3))
        self.assert_shows([1, TOO_LONG, NOT_READ], recorded, "prefix-self:max=100")

    def test_where_segments_are_not_put_together_a_failure_may_be_none(self):
        # The second segment begins inside a frame.
        recorded = Conversation([ping(1) + ping(2)[:6], ping(2)[6:] + ping(3), ping(4)])
        self.assert_shows([1, NOT_READ, TOO_LONG, 4], recorded, "prefix-self:max=40", settings=[("tcp.desegment_tcp_streams", "FALSE")])

    def test_without_tcp_a_connection_is_what_wireshark_takes_for_one(self):
        recorded = Conversation(begins=False).say_in_datagrams(ping(1), over_the_limit(1000), ping(2))
        recorded.say_in_datagrams(ping(3), client=CLIENT + 1).say_in_datagrams(ping(4)).say_in_datagrams(ping(5), client=CLIENT + 1)
        self.assert_shows([1, TOO_LONG, NOT_READ, 3, NOT_READ, 5], recorded, "prefix-self:max=40",
                          more='DissectorTable.get("udp.port"):add(8888, proto)\n')

    def test_a_real_client_that_is_reset_inside_a_frame_and_comes_back_from_its_port(self):
        server = self.start_server("--format", "prefix-self:max=100,over=discard")
        recorder = capture.best(server.port)
        source = ("127.0.0.77", 0)   # an address of our own: nobody takes its port
        for number in range(1, 4):
            with socket.socket() as client:
                client.settimeout(programs.PATIENCE)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))   # closing is a reset
                client.bind(source)
                source = client.getsockname()
                client.connect(("127.0.0.1", int(recorder.address.rpartition(":")[2])))
                client.sendall(ping(number))
                self.assertEqual(pong(number), client.recv(13, socket.MSG_WAITALL))
                client.sendall(over_the_limit(1000, bytes(50)))
        recorded = recorder.finish()
        script = self.hawser("--format", "prefix-self:max=100,over=discard")
        for way in ((), ("-2",)):
            shown = capture.dissect(recorded, script, "hawser", *way, port=server.port, filtered=False)
            asked = [what(frame) for frame in shown if frame["ports"][1] == server.port]
            answered = [what(frame) for frame in shown if frame["ports"][0] == server.port]
            self.assertEqual(([1, TOO_LONG, 2, TOO_LONG, 3, TOO_LONG], [1, 2, 3]), (asked, answered), way)

    def test_garbage_between_frames_ends_nothing(self):
        def frame(number):
            data = body(wire.PING, number)
            return b"\xff\xff" + struct.pack(">H", len(data)) + data + struct.pack(">H", zlib.crc32(data) >> 16) + b"\xff\xfe"

        recorded = Conversation([frame(1), b"noise", frame(2) + b"\xff\xff\xff\xff", frame(3)]).again().say(frame(4))
        self.assert_shows([1, NO_FRAME, 2, TOO_LONG, 3, 4], recorded, "marked-crc:max=100")

    def test_frames_of_one_length_cannot_fail(self):
        recorded = Conversation([body(wire.PING, 1)[:4], body(wire.PING, 1)[4:] + b"\x7f" + bytes(8) + body(wire.PING, 2)])
        self.assert_shows([1, NO_FRAME, 2], recorded, "fixed:9")


if __name__ == "__main__":
    programs.main()
