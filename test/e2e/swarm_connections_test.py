"""The connections of hawser-swarm: how fast they are made, how long they live, where they come from, on how many threads."""
import os
import resource
import threading
import time
import unittest

import fake_server
import programs
import wire


class Log:
    """What a fake server saw: when each connection came, from where, and how many submits it brought."""

    def __init__(self, life=None):
        self.came, self.hosts, self.submits = [], [], []
        self._life = life       # submits after which the server ends a connection without a word
        self._lock = threading.Lock()

    def __call__(self, connection, number):
        with self._lock:
            self.came.append(time.monotonic())
            self.hosts.append(connection.socket.getpeername()[0])
        count = 0
        while frame := connection.receive_frame():
            if count == self._life:
                break
            count += 1
            fake_server.answer(connection, frame)
        with self._lock:
            self.submits.append(count)


def with_descriptors(limit):
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))}


class Connections(programs.Case):
    def run_against(self, log, *options, status=0):
        with fake_server.FakeServer(log) as server:
            swarm = self.run_swarm(server.address, "--quiet", *options)
            server.close()
        self.assertEqual(status, swarm.process.returncode, swarm.out + swarm.err)
        return swarm

    def test_a_connect_rate_spreads_them(self):
        log = Log()
        self.run_against(log, "--clients", "20", "--count", "1", "--connect-rate", "40")
        self.assertEqual(20, len(log.came))
        self.assertGreaterEqual(max(log.came) - min(log.came), 19 / 40 / 2)   # the first may be accepted late

    def test_a_load_begins_for_each_client_when_it_is_to_connect(self):
        # 20 clients, one more every 50 ms; each has 10 requests a second: what is due before is nobody's.
        log = Log()
        swarm = self.run_against(log, "--clients", "20", "--connect-rate", "20", "--rate", "200", "--duration", "2s", "--window", "100")
        self.assertAlmostEqual(400 - 20 * 10 * 0.95 / 2, swarm.report["sent"], delta=25)
        self.assertEqual(swarm.report["sent"], swarm.report["acked"])

    def test_a_load_that_is_over_before_all_are_connected_is_refused(self):
        status, _, err = self.run_to_end(programs.SWARM, "--connect", ":1", "--clients", "100", "--connect-rate", "10", "--duration", "2s")
        self.assertEqual((2, "hawser-swarm: the load is over before the --connect-rate has connected all clients (try --help)\n"), (status, err))

    def test_a_connection_has_a_life_and_its_client_goes_on_with_another(self):
        log = Log()
        swarm = self.run_against(log, "--clients", "4", "--life", "200ms", "--interval", "5ms", "--duration", "1500ms")
        # In 1.5 s a client has one of up to 200 ms, and then 6 or 7 more.
        self.assertGreaterEqual(len(log.came), 4 * 6 / programs.SLOW)
        self.assertLessEqual(len(log.came), 4 * 10)
        self.assertEqual(swarm.report["sent"], sum(log.submits))
        self.assertEqual(swarm.report["sent"], swarm.report["acked"])

    def test_each_connection_counts_its_ids_from_one(self):
        ids = []

        def serve(connection, _):
            while frame := connection.receive_frame():
                ids.append(frame[5:13])
                fake_server.answer(connection, frame)

        self.run_against(serve, "--clients", "1", "--life", "150ms", "--interval", "10ms", "--count", "40")
        self.assertEqual(40, len(ids))
        self.assertGreaterEqual(ids.count(wire.serial(1)), 3)

    def test_a_lost_connection_is_an_error_and_made_anew_only_if_asked(self):
        log = Log(life=3)
        swarm = self.run_against(log, "--clients", "1", "--count", "8", "--interval", "0", status=1)
        self.assertEqual(1, len(log.came))
        self.assert_counts(swarm, sent=4, acked=3, missing=1, errors=1, unsent=4)
        log = Log(life=3)
        swarm = self.run_against(log, "--clients", "1", "--count", "8", "--interval", "0", "--reconnect", status=1)
        self.assertEqual(2, len(log.came))
        self.assert_counts(swarm, sent=8, acked=6, missing=2, errors=2)

    def test_a_server_that_comes_back_is_found_again(self):
        server = self.start_server("--log-level", "warning")
        swarm = self.start_swarm(server.address, "--clients", "3", "--interval", "10ms", "--duration", "4s", "--reconnect", "--quiet")
        time.sleep(1)
        port = server.port
        self.assertEqual(0, server.stop())
        time.sleep(0.5)
        again = self.start_server(listen=(f"127.0.0.1:{port}",))
        self.assertEqual(1, swarm.status())   # there was a time without a server
        self.assertGreater(swarm.report["errors"], 0)
        self.assertGreater(swarm.report["acked"], 200)
        self.assertEqual(0, again.stop())
        self.assertGreater(again.last_words()[2], 100)   # frames that came in

    def test_pings_of_a_later_connection_keep_their_interval(self):
        pings = []

        def serve(connection, number):
            while frame := connection.receive_frame():
                if frame[4] == wire.PING:
                    pings.append(number)
                fake_server.answer(connection, frame)

        self.run_against(serve, "--clients", "1", "--connect-rate", "1", "--life", "400ms", "--ping-interval", "100ms", "--interval", "10ms",
                         "--duration", "2s")
        self.assertLessEqual(max(pings.count(number) for number in set(pings)), 4)

    def test_a_server_that_takes_nothing_cannot_hold_it_up(self):
        held = threading.Event()

        def serve(connection, _):
            held.wait(programs.PATIENCE)

        for how in (["--duration", "1s"], ["--life", "300ms", "--duration", "1s"]):
            begun_at = time.monotonic()
            with fake_server.FakeServer(serve) as server:
                swarm = self.run_swarm(server.address, "--clients", "1", "--interval", "0", "--window", "100000", "--payload-size", "8KiB",
                                       "--timeout", "500ms", "--quiet", *how)
                took = time.monotonic() - begun_at
                held.set()
                server.close()
            held.clear()
            self.assertEqual(1, swarm.process.returncode)
            self.assertLess(took, 10 * programs.SLOW, swarm.out)   # the write stall limit is 30 s
            self.assertEqual(swarm.report["sent"], swarm.report["missing"])

    def test_they_come_from_the_addresses_that_are_named(self):
        log = Log()
        self.run_against(log, "--clients", "9", "--count", "1", "--source", "127.0.3.0/30", "--source", "127.0.4.7")
        self.assertEqual(sorted(3 * ["127.0.3.1", "127.0.3.2", "127.0.4.7"]), sorted(log.hosts))

    def test_an_address_that_is_not_here_is_an_error(self):
        status, _, err = self.run_to_end(programs.SWARM, "--connect", "127.0.0.1:1", "--clients", "1", "--source", "192.0.2.1", "--quiet")
        self.assertEqual(1, status)
        self.assertIn("cannot connect to 127.0.0.1:1: Cannot assign requested address", err)

    def test_what_is_no_address_is_refused_in_a_line(self):
        status, _, err = self.run_to_end(programs.SWARM, "--connect", ":1", "--source", "here")
        self.assertEqual((2, "hawser-swarm: --source: 'here' is no address and no block of them, as in 127.0.1.0/24 (try --help)\n"), (status, err))

    def test_more_clients_than_descriptors_are_refused_before_anything_is_sent(self):
        limited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128))}
        refused = self.start(programs.SWARM, "--connect", ":1", "--clients", "200", **limited)
        self.assertEqual(2, refused.status())
        self.assertIn("200 clients need 220 descriptors, and this process may have 128 (ulimit -n)", refused.err)
        log = Log()   # the soft limit is raised
        with fake_server.FakeServer(log) as server:
            swarm = self.start_swarm(server.address, "--clients", "90", "--count", "1", "--quiet", **limited)
            self.assertEqual(0, swarm.status(), swarm.out)
            server.close()
        self.assertEqual(90, len(log.came))

    @unittest.skipIf("undefined" in programs.SANITIZER, "that sanitizer needs descriptors for itself")
    def test_what_nobody_has_said_is_as_much_as_there_are_descriptors_for(self):
        server = self.start_server("--max-frame", "64KiB")
        for limit, options in ((24, ()), (21, ()), (24, ("--threads", "64"))):
            with self.subTest(limit=limit, options=options):
                swarm = self.start_swarm(server.address, "--count", "2", "--interval", "0", "--quiet", *options, **with_descriptors(limit))
                self.assertEqual(0, swarm.status(), swarm.err)
                self.assertIn(swarm.report["connections"], range(1, 5))
        swarm = self.start_swarm(server.address, "--attack", "zero-length", "--p99-within", "5s", "--quiet", "--max-frame", "64KiB",
                                 **with_descriptors(100))
        self.assertEqual(0, swarm.status(4 * programs.PATIENCE), swarm.err)
        self.assertEqual([100 - 64 - 5], [row["attackers"]["connections"] for row in swarm.report])
        for options, told in ((("--attackers", "50"), "50 attackers need 115"), (("--clients", "60"), "60 clients need 125"),
                              (("--clients", "20", "--attackers", "20"), "20 attackers and 20 clients need 104")):
            swarm = self.start_swarm(server.address, "--attack", "zero-length", *options, **with_descriptors(100))
            self.assertEqual(2, swarm.status())
            self.assertEqual(f"hawser-swarm: {told} descriptors, and this process may have 100 (ulimit -n) (try --help)\n", swarm.err)

    def test_several_threads_are_one_swarm(self):
        server = self.start_server("--threads", "2")
        swarm = self.run_swarm(server.address, "--clients", "7", "--count", "20", "--interval", "0", "--threads", "3")
        self.assertEqual(0, swarm.process.returncode, swarm.out[-2000:] + swarm.err)
        self.assert_counts(swarm, sent=140, acked=140)
        for client in range(1, 8):   # lines are whole, and in order for each client
            lines = [line for line in swarm.out.splitlines() if line.startswith(f"[client {client}]: ")]
            self.assertEqual(f"[client {client}]: dial ok", lines[0])
            self.assertEqual(f"[client {client}]: exit ok", lines[-1])
            self.assertEqual(2 + 2 * 20, len(lines))

    def test_several_threads_share_one_rate(self):
        server = self.start_server("--log-level", "warning")
        swarm = self.run_swarm(server.address, "--clients", "8", "--threads", "4", "--rate", "800", "--duration", "1s", "--window", "50", "--quiet")
        self.assert_counts(swarm, sent=800, acked=800)

    def test_a_program_has_as_many_threads_as_it_was_told(self):
        server = self.start_server("--log-level", "warning")

        def most_threads(*options):   # a sanitizer has one of its own
            swarm = self.start_swarm(server.address, "--clients", "8", "--count", "10", "--interval", "100ms", "--quiet", *options)
            most = 0
            while swarm.process.poll() is None:
                try:
                    most = max(most, len(os.listdir(f"/proc/{swarm.process.pid}/task")))
                except FileNotFoundError:
                    break
                time.sleep(0.02)
            self.assertEqual(0, swarm.status())
            return most

        self.assertEqual(3, most_threads("--threads", "4") - most_threads("--threads", "1"))


if __name__ == "__main__":
    programs.main()
