"""Does a server answer as the benchmark's work asks? Before it is measured, and by hand:

    probe.check(port)                                    # raises probe.Wrong
    python3 bench/measure/probe.py PROGRAM [OPTION...]   # starts it, checks it, also what takes longer, ends it

To a submit the server answers a submit_ack with the same id, in order, however the bytes were cut. A length out of range or
another command ends the connection (docs/wire-format.md).
"""
import contextlib
import pathlib
import random
import re
import select
import socket
import struct
import subprocess
import sys
import threading

PATIENCE = 20   # seconds for one answer; a virtual machine may just be starting
MAX_FRAME = 1 << 20
SUBMIT, SUBMIT_ACK, OK = 0x02, 0x82, 0
HEAD = struct.Struct(">IBQ")   # length, command, id
ACK = struct.Struct(">IBQB")
BAD_LENGTHS = (0, 3, 4, HEAD.size - 1, MAX_FRAME + 1, 1 << 31, (1 << 32) - 1)


class Wrong(Exception):
    """What the server did that it should not do."""


def check(port, thoroughly=False):
    for one in (*CHECKS, *(LONG_CHECKS if thoroughly else ())):
        try:
            one(port)
        except (Wrong, OSError) as error:
            raise Wrong(f"{one.__name__.replace('_', ' ')}: {error}") from error


def one_submit_is_acked(port):
    with Client(port) as client:
        client.send(submit(1, b"x" * 32))
        client.expect_ack(1)


def a_submit_without_a_payload_is_acked(port):
    with Client(port) as client:
        client.send(submit(1))
        client.expect_ack(1)


def a_thousand_pipelined_submits_are_acked_in_order(port):
    with Client(port) as client:
        client.send(b"".join(submit(id, b"x" * (id % 64)) for id in range(1000)))
        client.expect_acks(range(1000))


def a_frame_may_be_cut_at_each_byte(port):
    """The ack of the frame before the cut one comes first: then the server has seen the cut, and held nothing back for it."""
    frame = submit(2, b"payload")
    with Client(port) as client:
        for cut in range(1, len(frame)):
            client.send(submit(1) + frame[:cut])
            client.expect_ack(1)
            client.send(frame[cut:])
            client.expect_ack(2)


def any_cut_of_a_stream_gives_the_same_acks(port):
    chance = random.Random(1)
    stream = b"".join(submit(id, bytes(chance.randrange(200))) for id in range(2000))
    with Client(port) as client:
        while stream:
            count = chance.randrange(1, 3000)
            client.send(stream[:count])
            stream = stream[count:]
        client.expect_acks(range(2000))


def the_longest_frame_is_acked_among_short_ones(port):
    with Client(port) as client:
        for id in range(0, 9, 3):
            client.send(submit(id) + submit(id + 1, b"x" * (MAX_FRAME - HEAD.size)) + submit(id + 2, b"y"))
            client.expect_acks(range(id, id + 3))


def a_length_out_of_range_ends_the_connection(port):
    for length in BAD_LENGTHS:
        with Client(port) as client:
            client.send(struct.pack(">IBQ", length, SUBMIT, 1))
            client.expect_end(f"after a length of {length}")


def another_command_ends_the_connection(port):
    with Client(port) as client:
        client.send(HEAD.pack(HEAD.size, 0x7f, 1))
        client.expect_end("after command 7f")


def other_connections_go_on_after_that(port):
    with Client(port) as client, Client(port) as breaking:
        breaking.send(HEAD.pack(0, 0, 0))
        breaking.expect_end("after a length of 0")
        client.send(submit(1))
        client.expect_ack(1)


def peers_that_leave_in_the_middle_do_no_harm(port):
    for cut in (0, 2, 7, 20):
        with Client(port) as leaving:
            leaving.send(submit(1, b"x" * 32)[:cut])
    with Client(port) as resetting:
        resetting.end_with_a_reset()
        resetting.send(submit(1) * 1000)
    one_submit_is_acked(port)


def a_peer_that_reads_late_gets_every_ack(port):
    """More of them than all buffers between the two hold: the server has to wait for it, and it for nothing else."""
    many = range(1_000_000)
    with Client(port) as client:
        client.receive_little()
        rest = client.send_until_it_stops(b"".join(map(submit, many)))
        threading.Thread(target=client.send_what_it_takes, args=(rest,), daemon=True).start()
        client.expect_acks(many)


CHECKS = (one_submit_is_acked, a_submit_without_a_payload_is_acked, a_thousand_pipelined_submits_are_acked_in_order,
          a_frame_may_be_cut_at_each_byte, any_cut_of_a_stream_gives_the_same_acks, the_longest_frame_is_acked_among_short_ones,
          a_length_out_of_range_ends_the_connection, another_command_ends_the_connection, other_connections_go_on_after_that,
          peers_that_leave_in_the_middle_do_no_harm)
LONG_CHECKS = (a_peer_that_reads_late_gets_every_ack,)


def submit(id, payload=b""):
    return HEAD.pack(HEAD.size + len(payload), SUBMIT, id) + payload


class Client:
    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._received.close()
        self._socket.close()

    def send(self, data):
        self._socket.sendall(data)

    def send_until_it_stops(self, data):
        """What is left when the other side has taken nothing for half a second."""
        rest = memoryview(data)
        while rest and select.select([], [self._socket], [], 0.5)[1]:
            rest = rest[self._socket.send(rest[:1 << 16]):]
        return rest

    def send_what_it_takes(self, data):
        with contextlib.suppress(OSError):   # whoever misses the answers says so
            self._socket.sendall(data)

    def expect_acks(self, ids):
        for id in ids:
            self.expect_ack(id)

    def expect_ack(self, id):
        expected = ACK.pack(ACK.size, SUBMIT_ACK, id, OK)
        got = self._received.read(ACK.size)
        if got != expected:
            raise Wrong(f"the answer is {got.hex(' ') or 'the end'}, not {expected.hex(' ')}")

    def receive_little(self):
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)

    def end_with_a_reset(self):
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def expect_end(self, when):
        try:
            got = self._received.read(1)
        except ConnectionResetError:
            return   # it closed with bytes of ours unread
        except TimeoutError as error:
            raise Wrong(f"the connection goes on {when}") from error
        if got:
            raise Wrong(f"it answers {when}")


def main(command):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()
        listening = re.fullmatch(r"listening (\d+)\n", line)
        if not listening:
            raise Wrong(f"its first line is {line!r}, not 'listening PORT'")
        check(int(listening[1]), thoroughly=True)
        if server.poll() is not None:
            raise Wrong(f"it has ended by itself, with {server.returncode}")
    except Wrong as error:
        return str(error)
    finally:
        server.terminate()
        server.wait(PATIENCE)
    print(f"{len(CHECKS) + len(LONG_CHECKS)} checks passed")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
    import command_line
    command_line.watch_standard_output("probe.py")
    sys.exit(main(sys.argv[1:]))
