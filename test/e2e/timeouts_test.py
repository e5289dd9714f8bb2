"""Peers that are silent, slow or do not read: each ends by its own time-out, not before, and not much later."""
import contextlib
import time

import programs
import wire

ID = b"00000001"

# Short, and yet long against what a slow machine needs for a step.
SHORT = 0.5 * programs.SLOW
# What a busy machine may add.
GRACE = 1.5 * programs.SLOW


def option(seconds):
    return f"{int(seconds * 1000)}ms"


class Timeouts(programs.Case):
    @contextlib.contextmanager
    def takes(self, least, most):
        begun = time.monotonic()
        yield
        took = time.monotonic() - begun
        self.assertGreaterEqual(took, least * 0.98)
        self.assertLess(took, most)

    def assert_ended(self, server, peer, why):
        port = peer.socket.getsockname()[1]
        line = server.wait_for_line(rf"127.0.0.1:{port} ended: ")
        self.assertIn(f"ended: {why};", line)
        self.assertIn(" warning ", line)

    def assert_cut(self, server, peer, why, after=SHORT):
        """It ends with nothing sent, about this long after now."""
        with self.takes(after, after + GRACE):
            self.assertEqual(b"", peer.rest())
        self.assert_ended(server, peer, why)

    def test_a_connection_that_never_sends_anything_ends_by_the_first_packet_timeout(self):
        server = self.start_server("--first-packet-timeout", option(SHORT))
        self.assert_cut(server, self.connect(server), "first frame not complete in time")
        self.assert_serves(self.connect(server))

    def test_a_first_packet_that_dribbles_in_ends_by_the_first_packet_timeout(self):
        server = self.start_server("--first-packet-timeout", option(SHORT))
        peer = self.connect(server)
        with self.takes(SHORT, SHORT + GRACE):
            self.dribble(peer, wire.submit(ID, bytes(10_000)))
        self.assert_ended(server, peer, "first frame not complete in time")

    def test_a_first_packet_in_time_leaves_the_other_timeouts_to_count(self):
        server = self.start_server("--first-packet-timeout", option(SHORT))
        peer = self.connect(server)
        self.assert_serves(peer)
        time.sleep(2 * SHORT)
        self.assert_serves(peer)

    def test_silence_between_frames_ends_by_the_idle_timeout(self):
        server = self.start_server("--idle-timeout", option(SHORT))
        peer = self.connect(server)
        self.assert_serves(peer)
        self.assert_cut(server, peer, "idle for too long")

    def test_a_connection_in_conversation_is_not_idle(self):
        server = self.start_server("--idle-timeout", option(SHORT), "--frame-timeout", option(SHORT))
        submitting, pinging = self.connect(server), self.connect(server)
        end = time.monotonic() + 3 * SHORT
        while time.monotonic() < end:
            self.assert_serves(submitting)
            self.assert_answers(pinging, wire.packet(wire.PING, ID), wire.packet(wire.PONG, ID))
            time.sleep(SHORT / 5)
        self.assert_cut(server, pinging, "idle for too long", SHORT * 0.7)
        self.assert_ended(server, submitting, "idle for too long")

    def test_idle_is_not_slow_each_has_its_own_timeout(self):
        server = self.start_server("--idle-timeout", option(SHORT), "--frame-timeout", option(4 * SHORT))
        peer = self.connect(server)
        self.assert_serves(peer)
        peer.send(wire.submit(ID, b"abc")[:-1])
        time.sleep(2 * SHORT)
        self.assert_answers(peer, b"c", wire.submit_ack(ID))

    def test_a_frame_that_is_never_finished_ends_by_the_frame_timeout(self):
        server = self.start_server("--frame-timeout", option(SHORT))
        for begun in (b"\0", wire.submit(ID, b"abc")[:-1]):
            peer = self.connect(server)
            self.assert_serves(peer)
            peer.send(begun)
            self.assert_cut(server, peer, "frame not complete in time")

    def test_a_frame_that_dribbles_in_ends_by_the_frame_timeout_all_the_same(self):
        server = self.start_server("--frame-timeout", option(2 * SHORT), "--idle-timeout", option(SHORT))
        peer = self.connect(server)
        self.assert_serves(peer)
        with self.takes(2 * SHORT, 2 * SHORT + GRACE):
            self.dribble(peer, wire.submit(ID, bytes(10_000)))
        self.assert_ended(server, peer, "frame not complete in time")

    def dribble(self, peer, data):
        """A byte now and then, until the server has had enough."""
        peer.socket.settimeout(SHORT / 20)
        for byte in data:
            try:
                peer.send(bytes([byte]))
                self.assertEqual(b"", peer.socket.recv(1))
                return
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                return
        self.fail("the server took it all")

    def test_slow_frames_are_fine_as_long_as_each_is_in_time(self):
        server = self.start_server("--frame-timeout", option(SHORT), "--idle-timeout", option(SHORT))
        peer = self.connect(server)
        self.assert_serves(peer)
        for _ in range(5):
            message = wire.submit(ID, b"abc")
            for piece in (message[:6], message[6:]):
                time.sleep(SHORT / 3)
                peer.send(piece)
            self.assertEqual(wire.submit_ack(ID), peer.receive(14))

    def test_a_timeout_of_0_is_off(self):
        server = self.start_server("--first-packet-timeout", "0", "--frame-timeout", "0", "--idle-timeout", "0")
        silent, unfinished, idle = (self.connect(server) for _ in range(3))
        self.assert_serves(unfinished)
        self.assert_serves(idle)
        unfinished.send(wire.submit(ID, b"abc")[:-1])
        time.sleep(SHORT)
        unfinished.send(b"c")
        self.assertEqual(wire.submit_ack(ID), unfinished.receive(14))
        self.assert_serves(silent)
        self.assert_serves(idle)

    def test_a_peer_that_takes_nothing_ends_by_the_write_stall_timeout(self):
        path = self.folder / "socket"   # unix: small buffers
        server = self.start_server("--write-stall-timeout", option(SHORT), "--max-frame", "4KiB", "--outbound-cap", "4KiB",
                                   "--idle-timeout", "100ms", "--log-level", "warning", listen=[f"unix:{path}", "127.0.0.1:0"])
        peer = self.connect_unix(path)
        good = self.connect(server)
        with self.takes(SHORT, SHORT + 2 * GRACE):
            peer.socket.settimeout(programs.PATIENCE)
            with self.assertRaises((BrokenPipeError, ConnectionResetError)):
                while True:   # answers pile up, then the server reads no more, then it has waited enough
                    peer.send(wire.submits(1, 1000))
        server.wait_for_line(r"unix.* ended: peer takes too little of what waits for it;")
        self.assert_serves(good)

    def test_a_peer_that_reads_slowly_but_reads_is_not_stalled(self):
        path = self.folder / "socket"
        server = self.start_server("--write-stall-timeout", option(2 * SHORT), "--max-frame", "4KiB", "--outbound-cap", "4KiB",
                                   "--log-level", "warning", listen=[f"unix:{path}"])
        peer = self.connect_unix(path)
        sent = 0
        peer.socket.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            while True:   # until both directions are full
                sent += peer.socket.send(wire.submits(1, 1))
        peer.socket.settimeout(programs.PATIENCE)
        self.assertEqual(0, sent % len(wire.submits(1, 1)))
        left = sent // len(wire.submits(1, 1)) * 14
        step = left // 16   # eight make half: a unix socket is called writable only when three quarters are free
        for _ in range(8):   # four times the time-out
            left -= len(peer.receive(step))
            time.sleep(SHORT)
        self.assertEqual(left, len(peer.receive(left)))
        self.assert_serves(peer)


if __name__ == "__main__":
    programs.main()
