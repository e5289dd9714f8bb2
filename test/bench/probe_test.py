"""The probe tells a server that does the benchmark's work from one that only seems to."""
import pathlib
import socket
import sys
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from measure import probe   # noqa: E402: from that folder

LENGTH = 4


class Server:
    """A right one; each method is a thing that a subclass can do wrong."""

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        waiting = bytearray()
        with connection:
            try:
                while data := connection.recv(1 << 16):
                    waiting += data
                    if not self.answer(connection, waiting):
                        return
            except OSError:
                pass   # the probe was content earlier, or is gone

    def answer(self, connection, waiting):
        """Takes the whole frames off the front; False ends the connection."""
        replies = []
        good = True
        while good and len(waiting) >= LENGTH:
            length = int.from_bytes(waiting[:LENGTH], "big")
            good = self.allows(length)
            if not good or len(waiting) < max(length, probe.HEAD.size):
                break
            good = self.takes(waiting[LENGTH])
            if good:
                replies.append(self.ack(bytes(waiting[LENGTH + 1:probe.HEAD.size])))
                del waiting[:max(length, probe.HEAD.size)]
        self.send(connection, b"".join(self.in_order(replies)))
        return good

    def send(self, connection, data):
        connection.sendall(data)

    def allows(self, length):
        return probe.HEAD.size <= length <= probe.MAX_FRAME

    def takes(self, command):
        return command == probe.SUBMIT

    def ack(self, id):
        return probe.HEAD.pack(probe.ACK.size, probe.SUBMIT_ACK, int.from_bytes(id, "big")) + bytes([probe.OK])

    def in_order(self, replies):
        return replies


class Probe(unittest.TestCase):
    def setUp(self):
        patience, probe.PATIENCE = probe.PATIENCE, 2
        self.addCleanup(setattr, probe, "PATIENCE", patience)

    def refuses(self, kind, why, thoroughly=False):
        with kind() as server, self.assertRaisesRegex(probe.Wrong, why):
            probe.check(server.port, thoroughly)

    def test_a_right_server_passes(self):
        probe.PATIENCE = 60   # nothing is waited for in vain
        with Server() as server:
            probe.check(server.port, thoroughly=True)

    def test_an_ack_with_another_id_is_wrong(self):
        class Constant(Server):
            def ack(self, id):
                return super().ack(bytes(8))
        self.refuses(Constant, "one submit is acked: the answer is")

    def test_acks_out_of_order_are_wrong(self):
        class Backwards(Server):
            def in_order(self, replies):
                return reversed(replies)
        self.refuses(Backwards, "pipelined submits")

    def test_an_ack_held_back_for_an_unfinished_frame_is_wrong(self):
        class Holding(Server):
            def answer(self, connection, waiting):
                return self._has_rest(waiting) or super().answer(connection, waiting)

            def _has_rest(self, waiting):
                at = 0
                while len(waiting) - at >= LENGTH:
                    at += max(int.from_bytes(waiting[at:at + LENGTH], "big"), LENGTH)
                return at != len(waiting) and len(waiting) < 1000
        self.refuses(Holding, "cut at each byte: .*timed out")

    def test_a_limit_below_the_longest_frame_is_wrong(self):
        class Small(Server):
            def allows(self, length):
                return super().allows(length) and length < probe.MAX_FRAME
        self.refuses(Small, "longest frame")

    def test_a_length_too_small_that_is_answered_is_wrong(self):
        class Lenient(Server):
            def allows(self, length):
                return length <= probe.MAX_FRAME
        self.refuses(Lenient, "length out of range .*answers after a length of 0")

    def test_a_length_too_great_that_is_waited_for_is_wrong(self):
        class Patient(Server):
            def allows(self, length):
                return length >= probe.HEAD.size
        self.refuses(Patient, "goes on after a length of 1048577")

    def test_another_command_that_is_answered_is_wrong(self):
        class Any(Server):
            def takes(self, command):
                return True
        self.refuses(Any, "another command")

    def test_a_server_that_gives_up_who_reads_late_is_wrong(self):
        class Impatient(Server):
            def send(self, connection, data):
                connection.settimeout(0.05)
                super().send(connection, data)
                connection.settimeout(None)
        self.refuses(Impatient, "a peer that reads late", thoroughly=True)

    def test_a_server_that_is_not_there_is_wrong(self):
        with Server() as server:
            gone = server.port
        with self.assertRaises(probe.Wrong):
            probe.check(gone)


if __name__ == "__main__":
    unittest.main()
