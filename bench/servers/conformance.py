#!/usr/bin/env python3
"""Whether a server of the benchmark does the work: what is fast because it is wrong, counts for nothing.

    bench/servers/conformance.py build/bench-build/bin/bench-epoll-server --threads 2

Any program that prints "listening PORT" will do, in any language. Exit status: 0 if all holds.
"""
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import unittest

COMMAND = []
MOST = 1024 * 1024


def submit(number, payload=b""):
    return struct.pack(">IB8s", 13 + len(payload), 2, b"%08d" % number) + payload


def ack(number):
    return struct.pack(">IB8sB", 14, 0x82, b"%08d" % number, 0)


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
        word, port = cls.server.stdout.readline().split()
        assert word == "listening"
        cls.port = int(port)

    @classmethod
    def tearDownClass(cls):
        ended = cls.server.poll()
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(30)
        cls.server.stdout.close()
        assert ended is None, f"the server ended by itself with {ended}"

    def dial(self):
        client = socket.create_connection(("127.0.0.1", self.port), 10)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.addCleanup(client.close)
        return client

    def assert_gets(self, client, expected):
        got = bytearray()
        while len(got) < len(expected):
            more = client.recv(1 << 20)
            self.assertTrue(more, f"closed after {len(got)} of {len(expected)} bytes")
            got += more
        self.assertTrue(got == expected, "other answers than those that were due")

    def assert_closed(self, client):
        """An end or a reset, and no answer before it."""
        try:
            self.assertEqual(client.recv(1), b"")
        except ConnectionResetError:
            pass

    def test_a_submit_is_answered(self):
        client = self.dial()
        for number, size in enumerate((0, 3, 32, 1000)):
            client.sendall(submit(number, b"x" * size))
            self.assert_gets(client, ack(number))

    def test_bytes_one_by_one_are_the_same_frames(self):
        client = self.dial()
        for byte in submit(1, b"abc") + submit(2):
            client.sendall(bytes([byte]))
        self.assert_gets(client, ack(1) + ack(2))

    def test_any_split_gives_the_same_answers(self):
        client = self.dial()
        chance = random.Random(1)
        stream = b"".join(submit(i, bytes(chance.randrange(200))) for i in range(2000))
        at = 0
        while at < len(stream):
            count = chance.randrange(1, 3000)
            client.sendall(stream[at:at + count])
            at += count
        self.assert_gets(client, b"".join(ack(i) for i in range(2000)))

    def test_the_longest_frames_are_answered_among_small_ones(self):
        client = self.dial()
        for number in range(0, 12, 3):
            client.sendall(submit(number) + submit(number + 1, b"x" * (MOST - 13)) + submit(number + 2, b"y"))
        self.assert_gets(client, b"".join(ack(i) for i in range(12)))

    def test_a_peer_that_reads_late_gets_every_answer(self):
        client = self.dial()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
        count = 1_000_000
        sender = threading.Thread(target=client.sendall, args=(b"".join(submit(i) for i in range(count)),))
        sender.start()
        sender.join(0.5)   # more than all buffers between the two hold
        self.assert_gets(client, b"".join(ack(i) for i in range(count)))
        sender.join()

    def test_a_length_out_of_range_closes(self):
        for length in (0, 3, 4, 12, MOST + 1, 1 << 31, (1 << 32) - 1):
            with self.subTest(length=length):
                client = self.dial()
                client.sendall(struct.pack(">I", length) + submit(1)[4:])
                self.assert_closed(client)

    def test_another_command_closes(self):
        client = self.dial()
        client.sendall(struct.pack(">IB8s", 13, 0x82, b"00000001"))
        self.assert_closed(client)

    def test_peers_that_leave_in_the_middle_do_no_harm(self):
        for cut in (0, 2, 7, 20):
            self.dial().sendall(submit(1, b"x" * 32)[:cut])
        quitter = self.dial()
        quitter.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))   # a reset
        quitter.sendall(submit(1) * 1000)
        quitter.close()
        client = self.dial()
        client.sendall(submit(7))
        self.assert_gets(client, ack(7))


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(0 if sys.argv[1:] == ["--help"] else 2)
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
