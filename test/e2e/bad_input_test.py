"""What breaks the protocol ends its own connection, quickly and silently; everything else goes on."""
import random
import re
import signal
import struct
import time

import programs
import wire

LIMIT = 1 << 20
ID = b"00000001"


def length(value):
    return struct.pack(">I", value)


def shown(data):
    """As the log shows it: at most 16 bytes."""
    return data[:16].hex(" ")


# What is sent, the reason in the log, and whether it is a frame at all.
BREACHES = {
    "length 0": (length(0), "length smaller than its own header", False),
    "length 3": (length(3) + b"abc", "length smaller than its own header", False),
    "length 4, no packet": (length(4), "packet shorter than its fields", True),
    "length 5, a command alone": (length(5) + b"\x02", "packet shorter than its fields", True),
    "length 12, a short id": (wire.packet(wire.SUBMIT, ID[:7]), "packet shorter than its fields", True),
    "length 2^31": (length(1 << 31), "frame longer than the limit", False),
    "length 2^32-1": (length((1 << 32) - 1), "frame longer than the limit", False),
    "one above the limit": (length(LIMIT + 1), "frame longer than the limit", False),
    "an unknown command": (wire.packet(0x7f, ID), "unknown command", True),
    "command 0": (wire.packet(0x00, ID), "unknown command", True),
    "a conn_ack": (wire.packet(wire.CONN_ACK, ID, b"\0"), "packet without a handler", True),
    "a submit_ack": (wire.submit_ack(ID), "packet without a handler", True),
    "a go_away": (wire.packet(wire.GO_AWAY, bytes(8), length(1000)), "packet without a handler", True),
    "a ping with more behind it": (wire.packet(wire.PING, ID, b"x"), "bytes behind the last field", True),
    "a pong with more behind it": (wire.packet(wire.PONG, ID, b"x"), "bytes behind the last field", True),
    "a short ping": (wire.packet(wire.PING, b"123"), "packet shorter than its fields", True),
    "text of another protocol": (b"GET / HTTP/1.1\r\n\r\n", "frame longer than the limit", False),
}

# The end of the stream, or of the connection, at a bad moment.
ENDS = {
    "in a header": (length(16)[:3], "peer closed inside a frame"),
    "after a header": (length(16), "peer closed inside a frame"),
    "in a body": (wire.submit(ID, b"abc")[:-1], "peer closed inside a frame"),
    "in a body of the greatest length": (length(LIMIT) + bytes(1000), "peer closed inside a frame"),
}


class BadInput(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "2", "--log-ration", "0")   # each has its line
        self.good = self.connect(self.server)
        self.served = 0
        self.serve()
        self.before = self.server.descriptors()

    def serve(self):
        """The good client goes on undisturbed."""
        self.served += 1
        self.assert_serves(self.good, self.served)

    def tearDown(self):
        self.serve()
        programs.until(lambda: self.server.descriptors() == self.before, "descriptors given back")
        self.server.signal(signal.SIGTERM)
        self.assertEqual(b"", self.good.rest())
        self.good.close()
        self.assertEqual(0, self.server.status(), self.server.err[-2000:])
        self.assertEqual(1, len(self.server.lines("1 connections to drain")), self.server.err[-1000:])

    def ending_of(self, peer, port):
        line = self.server.wait_for_line(rf"connection \d+ from 127.0.0.1:{port} ended: ")
        self.assertEqual(1, len(self.server.lines(rf"127.0.0.1:{port} ended")))
        return line

    def breach(self, before, bad, answers):
        peer = self.connect(self.server)
        port = peer.socket.getsockname()[1]
        self.serve()
        begun = time.monotonic()
        peer.send(before + bad)
        received = peer.rest()
        took = time.monotonic() - begun
        self.assertEqual(answers, received)
        self.assertLess(took, programs.SOON)
        line = self.ending_of(peer, port)
        self.serve()
        return line

    def test_a_breach_ends_its_connection_within_a_second_with_nothing_sent_and_one_line(self):
        for name, (bad, reason, is_frame) in BREACHES.items():
            with self.subTest(name):
                line = self.breach(b"", bad, b"")
                self.assertIn(f"ended: {reason}", line)
                self.assertIn(f"(offset 0, bytes {shown(bad)})", line)
                self.assertIn(" warning ", line)

    def test_acks_earned_by_good_frames_before_a_breach_arrive(self):
        for count in (1, 7, 500):
            before = wire.submits(1, count, b"good")
            for name, (bad, reason, is_frame) in BREACHES.items():
                with self.subTest(name, count=count):
                    line = self.breach(before, bad, wire.acks(1, count))
                    self.assertIn(f"ended: {reason}", line)
                    self.assertIn(f"(offset {len(before)}, bytes {shown(bad)})", line)
                    self.assertIn(f"{count + is_frame} frames in", line)
                    self.assertIn(f"{count} out", line)

    def test_what_follows_a_breach_is_not_looked_at(self):
        for name, (bad, reason, is_frame) in BREACHES.items():
            with self.subTest(name):
                self.assertIn(reason, self.breach(b"", bad + wire.submits(1, 3), b""))
        self.assertEqual([], self.server.lines(r"recv submit: id = 00000001, payload=$"))

    def test_a_breach_with_much_behind_it_ends_all_the_same(self):
        for _ in range(3):
            peer = self.connect(self.server)
            port = peer.socket.getsockname()[1]
            try:
                peer.send(wire.submits(1, 10) + wire.packet(0x7f, ID) + bytes(4 << 20))
            except (ConnectionResetError, BrokenPipeError):
                pass
            self.assertEqual(wire.acks(1, 10), peer.rest())
            self.assertIn("unknown command (offset 130", self.ending_of(peer, port))

    def test_the_end_of_the_stream_inside_a_frame_is_told_and_answered_with_the_end(self):
        for before, answers in ((b"", b""), (wire.submits(1, 5), wire.acks(1, 5))):
            for name, (bad, reason) in ENDS.items():
                with self.subTest(name):
                    peer = self.connect(self.server)
                    port = peer.socket.getsockname()[1]
                    begun = time.monotonic()
                    peer.send(before + bad)
                    peer.close_write()
                    self.assertEqual(answers, peer.rest())
                    self.assertLess(time.monotonic() - begun, programs.SOON)
                    self.assertIn(f"ended: {reason}", self.ending_of(peer, port))
                    self.serve()

    def test_a_peer_that_resets_is_one_line(self):
        for sent in (b"", wire.submits(1, 1)[:7], wire.submits(1, 3), length(LIMIT) + bytes(100_000)):
            peer = self.connect(self.server)
            port = peer.socket.getsockname()[1]
            programs.until(lambda: self.server.descriptors() > self.before, "it is accepted")
            peer.send(sent)
            peer.reset()
            line = self.ending_of(peer, port)
            self.assertRegex(line, "reset|closed|[Bb]roken")
            self.serve()
            programs.until(lambda: self.server.descriptors() == self.before, "descriptors given back")

    def test_a_peer_that_resets_before_its_answers_are_written_is_one_line(self):
        for _ in range(20):
            peer = self.connect(self.server)
            port = peer.socket.getsockname()[1]
            self.assert_serves(peer)
            peer.send(wire.submits(2, 2000))
            peer.reset()
            self.ending_of(peer, port)
        self.serve()

    def test_garbage_ends_its_own_connection_only(self):
        random_bytes = random.Random(20)
        for _ in range(200 if programs.SLOW == 1 else 60):
            garbage = random_bytes.randbytes(random_bytes.randint(4, 3000))
            if random_bytes.random() < 0.7:   # a believable length, so that the packet is looked at too
                garbage = length(random_bytes.randint(4, len(garbage) + 4)) + garbage
            peer = self.connect(self.server)
            port = peer.socket.getsockname()[1]
            try:
                peer.send(garbage)
                peer.close_write()
            except OSError:
                pass   # it was quicker
            peer.rest()
            self.ending_of(peer, port)
            peer.close()
        self.serve()

    def test_garbage_behind_good_frames_costs_none_of_their_acks(self):
        random_bytes = random.Random(21)
        for _ in range(100 if programs.SLOW == 1 else 30):
            count = random_bytes.randint(1, 50)
            garbage = b"\xff" + random_bytes.randbytes(random_bytes.randint(3, 200))
            self.breach(wire.submits(1, count), garbage, wire.acks(1, count))

    def test_memory_does_not_follow_what_headers_claim(self):
        claim, count = 64 << 20, 40
        server = self.start_server("--threads", "2", "--max-frame", "64MiB", "--log-level", "warning")
        claimants = [self.connect(server) for _ in range(count)]
        for peer in claimants:
            self.assert_serves(peer)
        before = server.memory()

        def assert_small(what):
            used, asked = (now - then for now, then in zip(server.memory(), before))
            # A sanitizer keeps its books about each byte, and takes what it needs for that beforehand.
            self.assertLess(used, 128 << 20 if programs.SANITIZER else 8 << 20, what)
            if not programs.SANITIZER:
                self.assertLess(asked, claim, what)

        for peer in claimants:
            peer.send(length(claim) + b"\x02" + ID)
        for _ in range(count):
            liar = self.connect(server)
            liar.send(length((1 << 32) - 1) + bytes(100))
            self.assertEqual(b"", liar.rest())
        assert_small(f"bytes more after {count} claims of 64 MiB")
        for peer in claimants:
            peer.send(bytes(20_000))   # more than a waiting connection copies aside
        for peer in (self.connect(server) for _ in range(4)):   # by then both threads have seen the rest
            self.assert_serves(peer)
        assert_small(f"bytes more after 20,000 bytes for each of {count} claims of 64 MiB")

    def test_bad_input_leaves_the_connection_count_where_it_was(self):
        for _ in range(5):
            for bad, *_ in BREACHES.values():
                peer = self.connect(self.server)
                peer.send(bad)
                peer.rest()
                peer.close()
        numbers = [int(re.search(r"connection (\d+) ", line)[1]) for line in self.server.lines(" ended: ")]
        self.assertEqual(len(numbers), len(set(numbers)))


if __name__ == "__main__":
    programs.main()
