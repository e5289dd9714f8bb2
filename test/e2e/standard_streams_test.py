"""Programs whose standard streams are closed, or lead to nobody."""
import os
import struct

import programs
import wire

TALK = programs.path_of("hawser-talk")
CLOSED = [[], [0], [1], [2], [0, 1], [0, 1, 2]]


def without(numbers):
    def close():
        for number in numbers:
            os.close(number)

    return close


def leads_to_a_socket(program, numbers):
    return [number for number in numbers if os.readlink(f"/proc/{program.process.pid}/fd/{number}").startswith("socket:")]


class StandardStreams(programs.Case):
    def test_a_server_without_them_talks_to_peers_of_its_protocol_only(self):
        for closed in CLOSED:
            with self.subTest(closed=closed):
                server = self.start_server(preexec_fn=without(closed))
                self.assertEqual([], leads_to_a_socket(server, range(3)))
                bad = self.connect(server)
                bad.send(struct.pack(">I", 1))   # a line in the log
                self.assertEqual(b"", bad.rest())
                self.assert_serves(self.connect(server))
                self.assert_stops_well(server)

    def test_a_talk_without_them_ends(self):
        server = self.start_server()
        for closed in CLOSED:
            with self.subTest(closed=closed):
                talk = self.start(TALK, "--connect", server.address, "--format", "prefix-self", preexec_fn=without(closed))
                self.assertEqual(0, talk.status(), talk.err)

    def test_a_server_whose_log_nobody_reads_any_more_goes_on(self):
        reader, writer = os.pipe()
        with open(writer, "wb", buffering=0) as err:
            server = self.start_server(stderr=err)
        os.close(reader)
        good = self.connect(server)
        bad = self.connect(server)
        bad.send(struct.pack(">I", 1))
        self.assertEqual(b"", bad.rest())
        self.assert_serves(good)
        good.close()
        self.assertEqual(0, server.stop())

    def test_a_talk_whose_replies_nobody_reads_any_more_ends(self):
        server = self.start_server()
        reader, writer = os.pipe()
        os.close(reader)
        ask, asked = os.pipe()
        with open(ask, "rb", buffering=0) as questions, open(writer, "wb", buffering=0) as out, open(asked, "wb", buffering=0) as asks:
            talk = self.start(TALK, "--connect", server.address, "--format", "prefix-self", stdin=questions, stdout=out)
            asks.write(b":hex " + wire.submit(wire.serial(1))[4:].hex(" ").encode() + b"\n")
            self.assertEqual(1, talk.status(), talk.err)   # though the input has not ended

    def test_who_writes_to_nobody_ends(self):
        bodies = self.folder / "bodies"
        bodies.write_bytes(b"6869\n" * 100_000)
        reader, writer = os.pipe()
        os.close(reader)
        with open(bodies, "rb") as given, open(writer, "wb", buffering=0) as out:
            frames = self.start(programs.path_of("hawser-frame"), "encode", "--format", "varint", stdin=given, stdout=out)
        self.assertGreaterEqual(frames.status(), 0)   # by itself
        self.assertEqual("", frames.err)


if __name__ == "__main__":
    programs.main()
