"""examples/submit.py, the client in another language, against the sample server and against what is none."""
import os
import pathlib
import random
import socket
import sys
import threading

import fake_server
import programs
import wire

SUBMIT = pathlib.Path(os.environ.get("HAWSER_EXAMPLES", pathlib.Path(__file__).parents[2] / "examples")) / "submit.py"


class Relay:
    """Forwards each connection to a server, and cuts the bytes of both directions into pieces of the sizes given."""

    def __init__(self, port, sizes):
        self._port = port
        self._sizes = sizes
        self._sockets = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            self._sockets += [client, server]
            for source, target in ((client, server), (server, client)):
                target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._forward, args=(source, target), daemon=True).start()

    def _forward(self, source, target):
        try:
            while piece := source.recv(self._sizes()):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass   # one of the two is gone

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            one.close()


class SubmitExample(programs.Case):
    def submit(self, *arguments):
        return self.run_to_end(sys.executable, SUBMIT, *arguments)

    def test_it_is_about_forty_lines(self):
        lines = [line for line in SUBMIT.read_text().splitlines() if line.strip()]
        self.assertLessEqual(len(lines), 45)

    def test_every_payload_is_acked(self):
        server = self.start_server()
        status, out, err = self.submit(server.address, "hello", "", "gr\u00fc\u00dfe", "x" * 5000)
        self.assertEqual((0, ""), (status, err))
        self.assertEqual("".join(f"submit ack[{number:08d}] is 0\n" for number in range(1, 5)), out)
        server.wait_for_line("recv submit: id = 00000001, payload=hello$")
        server.wait_for_line(r"recv submit: id = 00000003, payload=gr\\xc3\\xbc\\xc3\\x9fe$")

    def test_acks_that_cannot_be_printed_are_one_line_and_status_1(self):
        server = self.start_server()
        buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with open(os.devnull, "rb") as for_reading:
            program = self.start(sys.executable, SUBMIT, server.address, "hello", stdout=for_reading, env=buffered)
        self.assertEqual(1, program.status())
        self.assertRegex(program.err, r"\A[^\n]*submit\.py: [^\n]*Bad file descriptor\n\Z")

    def test_it_has_payloads_of_its_own(self):
        status, out, err = self.submit(self.start_server().address)
        self.assertEqual((0, 3, ""), (status, out.count(" is 0\n"), err))

    def test_it_survives_having_its_bytes_cut_anywhere(self):
        server = self.start_server("--log-level", "warning")
        seeded = random.Random(4)
        for sizes in (lambda: 1, lambda: 2, lambda: 3, *[lambda: seeded.randint(1, 9)] * 5, lambda: seeded.randint(1, 40)):
            relay = Relay(server.port, sizes)
            self.addCleanup(relay.close)
            payloads = ["p" * seeded.randint(0, 40) for _ in range(20)]
            status, out, err = self.submit(relay.address, *payloads)
            self.assertEqual((0, 20, ""), (status, out.count(" is 0\n"), err))

    def test_an_answer_that_is_not_good_is_one_line_and_status_1(self):
        def answers(data):
            return lambda connection, _: (connection.receive_frame(), connection.send(data), connection.close_write(),
                                          connection.rest())

        for data in (b"", wire.submit_ack(b"00000001", 1), wire.submit_ack(b"00000009"), wire.submit_ack(b"00000001")[:9],
                     2 * wire.submit_ack(b"00000001"), wire.packet(wire.PONG, b"00000001"), b"\xff" * 20,
                     wire.packet(wire.CONN_ACK, b"00000001", b"\0")):
            with fake_server.FakeServer(answers(data)) as server:
                status, _, err = self.submit(server.address, "one", "two")
            self.assertEqual(1, status, data)
            self.assertRegex(err, r"\A[^\n]+\n\Z")

    def test_a_server_that_is_not_there_is_one_line_and_status_1(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            status, _, err = self.submit("127.0.0.1:%d" % taken.getsockname()[1])
        self.assertEqual(1, status)
        self.assertRegex(err, r"\A[^\n]+\n\Z")


if __name__ == "__main__":
    programs.main()
