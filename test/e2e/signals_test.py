"""SIGINT and SIGTERM: what was received is answered, every answer arrives, and the exit status says how it went. And the others."""
import os
import re
import signal
import threading
import time
import unittest

import programs
import wire

# Connections that are closed by the server wait this long for their peer to close too.
LINGER = 1.0


class Submitter(threading.Thread):
    """Submits as fast as it can until the server ends the connection, and reads the acks: at once, or at its leisure."""

    def __init__(self, connection, batch, leisurely):
        super().__init__(daemon=True)
        self.connection = connection
        self.batch = batch
        self.pause = 0.005 if leisurely else 0   # 3 MB a second: the acks that wait outlive the linger
        self.received = bytearray()
        self.ended = threading.Event()
        self.reading = threading.Thread(target=self.read, daemon=True)

    def run(self):
        self.reading.start()
        number = 1
        try:
            while not self.ended.is_set():
                self.connection.send(wire.submits(number, number + self.batch - 1, b"under load"))
                number += self.batch
        except OSError:
            pass   # the server reads no more
        self.reading.join(programs.PATIENCE)

    def read(self):
        try:
            while piece := self.connection.socket.recv(1 << 14):
                self.received += piece
                time.sleep(self.pause)
        except ConnectionResetError:
            pass
        self.ended.set()

    def acks(self):
        """How many came, all in order."""
        count, rest = divmod(len(self.received), 14)
        assert rest == 0 and self.received == wire.acks(1, count), f"{count} acks, not in order, or half of one"
        return count


class Drain(programs.Case):
    def test_both_signals_end_an_idle_server_with_status_0(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = self.start_server()
            begun = time.monotonic()
            self.assertEqual(0, server.stop(number))
            self.assertLess(time.monotonic() - begun, programs.SOON)
            self.assertEqual([0, 0, 0, 0], server.last_words())

    # Of g++ 12: what comes between two of the functions that it stands in front of is taken from the kernel, and never handed on.
    @unittest.skipIf(programs.SANITIZER == "thread", "the thread sanitizer loses a signal now and then")
    def test_a_signal_as_soon_as_the_port_file_is_there_is_a_drain_too(self):
        for _ in range(50 if programs.SLOW == 1 else 10):
            server = self.owned(programs.Server([], self.folder, ["127.0.0.1:0"]))
            while not server.port_path.exists():   # as soon as can be
                self.assertIsNone(server.process.poll(), server.err)
            server.signal(signal.SIGTERM)
            self.assertEqual(0, server.status())

    def test_idle_connections_get_the_end_and_nothing_else(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = self.start_server("--threads", "2")
            fresh = [self.connect(server) for _ in range(5)]
            served = [self.connect(server) for _ in range(5)]
            for peer in served:
                self.assert_serves(peer)
            begun = time.monotonic()
            server.signal(number)
            for peer in fresh + served:
                self.assertEqual(b"", peer.rest())
                peer.close()
            self.assertEqual(0, server.status())
            self.assertLess(time.monotonic() - begun, LINGER + programs.SOON)
            self.assertEqual([0, 5, 5], server.last_words()[1:])

    def test_a_connection_that_does_not_close_is_waited_for_only_a_little(self):
        server = self.start_server()
        peer = self.connect(server)
        self.assert_serves(peer)
        begun = time.monotonic()
        self.assertEqual(0, server.stop())
        self.assertLess(time.monotonic() - begun, LINGER + programs.SOON)
        self.assertEqual(b"", peer.rest())

    def test_a_drain_timeout_shorter_than_that_forces_nobody_that_has_its_answers(self):
        for grace in ("0ms", "1ms", "100ms"):
            server = self.start_server("--drain-timeout", grace)
            peers = [self.connect(server) for _ in range(5)]
            for peer in peers:
                self.assert_serves(peer)
            time.sleep(0.1)   # until the kernels agree that the answers have arrived
            self.assertEqual(0, server.stop(), server.err[-2000:])
            self.assertEqual([5, 0, 5, 5], server.last_words())
            server.wait_for_line("5 out; 0 unanswered$")
            for peer in peers:
                self.assertEqual(b"", peer.rest())

    def test_nobody_gets_in_any_more(self):
        server = self.start_server()
        peer = self.connect(server)
        self.assert_serves(peer)
        server.signal(signal.SIGTERM)
        self.assertEqual(b"", peer.rest())
        with self.assertRaises(ConnectionRefusedError):
            self.connect(server)
        peer.close()
        self.assertEqual(0, server.status())

    def test_what_was_received_before_the_signal_is_answered(self):
        server = self.start_server("--threads", "2", "--log-ration", "0")
        peers = [self.connect(server) for _ in range(10)]
        for peer in peers:
            peer.send(wire.submits(1, 100) + wire.submit(wire.serial(101))[:-1])
        server.signal(signal.SIGTERM)
        received = [peer.rest() for peer in peers]
        for peer in peers:
            peer.close()
        self.assertEqual(0, server.status())
        for data in received:
            self.assertEqual(wire.acks(1, 100)[:len(data)], data)
            self.assertEqual(0, len(data) % 14)
        acks = sum(len(data) for data in received) // 14
        self.assertEqual([acks, acks], server.last_words()[2:])
        self.assertEqual(acks, len(server.lines("recv submit")))

    def test_under_load_every_submit_that_was_taken_is_acked(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for leisurely in (False, True):
                with self.subTest(number, leisurely=leisurely):
                    server = self.start_server("--threads", "2", "--drain-timeout", "2m", "--max-frame", "64KiB",
                                               "--outbound-cap", "64KiB")
                    clients = [Submitter(self.connect(server), batch, leisurely) for batch in (1, 10, 10, 100, 100, 1000)]
                    for client in clients:
                        client.start()
                    programs.until(lambda: all(len(client.received) > 10_000 for client in clients), "load")
                    self.assertEqual(0, server.stop(seconds=4 * programs.PATIENCE), server.err[-2000:])
                    for client in clients:
                        client.join(programs.PATIENCE)
                    # Each frame in is a submit that was handled; its ack went out, and arrived.
                    acks = sum(client.acks() for client in clients)
                    self.assertEqual([len(clients), 0, acks, acks], server.last_words())

    def test_under_load_of_a_swarm_it_ends_well_and_loses_nothing_that_it_took(self):
        server = self.start_server("--threads", "2", "--drain-timeout", "20s", "--log-ration", "0")
        swarm = self.start_swarm(server.address, "--clients", "20", "--count", "1000000", "--interval", "0",
                                 "--window", "16", "--quiet")
        server.wait_for_line("recv submit", count=2000)
        self.assertEqual(0, server.stop(), server.err[-2000:])
        self.assertEqual(1, swarm.status(2 * programs.PATIENCE))
        drained, cut, frames_in, frames_out = server.last_words()
        self.assertEqual((20, 0), (drained, cut))
        report = swarm.report
        self.assertEqual(frames_in, frames_out)
        self.assertEqual(frames_out, report["acked"])
        self.assertEqual(report["sent"], report["acked"] + report["missing"])
        self.assertLessEqual(report["missing"], 20 * 16)
        self.assertEqual(20, report["errors"])
        for other in ("duplicate", "wrong", "unknown", "late"):
            self.assertEqual(0, report[other])


def ignored(process):
    """The signals that it ignores."""
    with open(f"/proc/{process.pid}/status") as status:
        mask = int(re.search(r"^SigIgn:\s*([0-9a-f]+)", status.read(), re.M)[1], 16)
    return {number for number in range(1, 32) if mask >> (number - 1) & 1}


class Stray(programs.Case):
    STRAY = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)

    def test_signals_that_nobody_planned_do_nothing_to_a_server(self):
        server = self.start_server()
        peer = self.connect(server)
        for number in self.STRAY:
            server.signal(number)
            self.assert_serves(peer)
            self.assert_serves(self.connect(server))
        self.assertEqual(set(), ignored(server.process) & set(self.STRAY))   # or who is started from it would ignore them too
        peer.close()
        self.assertEqual(0, server.stop())

    def test_what_is_ignored_from_the_start_stays_ignored(self):
        numbers = (signal.SIGHUP, signal.SIGINT)   # nohup, and a shell that starts one in the background

        def ignore():
            for number in numbers:
                signal.signal(number, signal.SIG_IGN)

        server = self.start_server(preexec_fn=ignore)
        self.assertLessEqual(set(numbers), ignored(server.process))
        for number in numbers:
            server.signal(number)
        self.assert_serves(self.connect(server))
        self.assertEqual(0, server.stop())


class GoAway(programs.Case):
    NOTICE = wire.packet(wire.GO_AWAY, b"00000000", (1000).to_bytes(4, "big"))

    def test_only_clients_that_pinged_or_said_hawser_1_are_told_to_go_away(self):
        server = self.start_server("--threads", "2")
        identity = wire.serial(1)
        greetings = {
            "nothing": (b"", b""),
            "a submit": (wire.submit(identity), wire.submit_ack(identity)),
            "an empty conn": (wire.packet(wire.CONN, identity), wire.packet(wire.CONN_ACK, identity, b"\0")),
            "another conn": (wire.packet(wire.CONN, identity, b"hawser/"), wire.packet(wire.CONN_ACK, identity, b"\0")),
            "not at the start": (wire.packet(wire.CONN, identity, b" hawser/1"), wire.packet(wire.CONN_ACK, identity, b"\0")),
            "a pong": (wire.packet(wire.PONG, identity), b""),
            "hawser/1": (wire.packet(wire.CONN, identity, b"hawser/1"), wire.packet(wire.CONN_ACK, identity, b"\0")),
            "hawser/1 and more": (wire.packet(wire.CONN, identity, b"hawser/1 x"), wire.packet(wire.CONN_ACK, identity, b"\0")),
            "a ping": (wire.packet(wire.PING, identity), wire.packet(wire.PONG, identity)),
        }
        told = {"hawser/1", "hawser/1 and more", "a ping"}
        peers = {}
        for name, (sent, answer) in greetings.items():
            peers[name] = self.connect(server)
            self.assert_answers(peers[name], sent, answer)
        programs.until(lambda: server.lines("recv submit"), "the submit in the log")
        probe = self.connect(server)
        self.assert_serves(probe)
        server.signal(signal.SIGTERM)
        for name, peer in peers.items():
            data = peer.rest()
            peer.close()
            if name in told:
                self.assertEqual(self.NOTICE[:13], data[:13], name)
                self.assertEqual(len(self.NOTICE), len(data), name)
            else:
                self.assertEqual(b"", data, name)
        probe.close()
        self.assertEqual(0, server.status())


class Force(programs.Case):
    """A client that takes none of its answers and never closes."""

    def start_stuck(self, *options):
        path = self.folder / "socket"   # unix: small buffers
        server = self.start_server("--max-frame", "4KiB", "--outbound-cap", "4KiB", *options,
                                   listen=[f"unix:{path}"])
        stuck = self.connect_unix(path)
        stuck.socket.settimeout(0.3 * programs.SLOW)
        with self.assertRaises(TimeoutError):
            while True:
                stuck.send(wire.submits(1, 1000))
        return server

    def test_it_is_cut_after_the_drain_timeout_and_the_status_is_3(self):
        server = self.start_stuck("--drain-timeout", "700ms")
        begun = time.monotonic()
        self.assertEqual(3, server.stop())
        took = time.monotonic() - begun
        self.assertGreater(took, 0.6)
        self.assertLess(took, 0.7 + 1.5 * programs.SLOW)
        self.assertRegex(server.lines("server stopped")[0], r"warning server stopped: 0 .* 1 cut; .* out; [1-9]\d+ unanswered$")

    def test_a_second_signal_ends_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM), (signal.SIGINT, signal.SIGINT)):
            server = self.start_stuck("--drain-timeout", "5m")
            server.signal(first)
            path = self.folder / "socket"
            programs.until(lambda: not os.path.exists(path), "the first signal")
            server.signal(second)   # of the same Ctrl-C: a process group and a supervisor both pass it on
            time.sleep(0.6)
            self.assertIsNone(server.process.poll())
            begun = time.monotonic()
            self.assertEqual(3, server.stop(second))
            self.assertLess(time.monotonic() - begun, 1.5 * programs.SLOW)

    def test_others_are_drained_meanwhile(self):
        server = self.start_stuck("--drain-timeout", "3s")
        good = self.connect_unix(self.folder / "socket")
        self.assert_serves(good)
        server.signal(signal.SIGTERM)
        self.assertEqual(b"", good.rest())
        good.close()
        self.assertEqual(3, server.status())
        self.assertEqual([1, 1], server.last_words()[:2])


if __name__ == "__main__":
    programs.main()
