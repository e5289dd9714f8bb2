"""hawser-swarm against servers that misbehave: each fault is counted under its own name, and the exit status is 1."""
import threading

import fake_server
import programs
import wire

FIRST, SECOND = wire.serial(1), wire.serial(2)

# Short, but a good server's ack is never so late.
TIMEOUT = 0.5 * programs.SLOW
TIMEOUT_OPTION = f"{int(TIMEOUT * 1000)}ms"


class Faults(programs.Case):
    def run_against(self, serve, *options, expect_status=1):
        with fake_server.FakeServer(serve) as server:
            swarm = self.run_swarm(server.address, "--interval", "0", "--timeout", TIMEOUT_OPTION, *options)
            server.close()
        self.server = server
        self.assertEqual(expect_status, swarm.process.returncode, swarm.out + swarm.err)
        self.assertRegex(swarm.out, r"(?m)^not ok: " if expect_status else r"(?m)^ok: every ")
        return swarm

    def run_one(self, serve, count=2, *options, **expected):
        """One client with a window of 1."""
        swarm = self.run_against(serve, "--clients", "1", "--count", str(count), *options)
        self.assert_counts(swarm, **expected)
        return swarm

    def test_the_fake_server_can_be_good(self):
        swarm = self.run_against(fake_server.ack_everything, "--clients", "2", "--count", "5", expect_status=0)
        self.assert_counts(swarm, sent=10, acked=10)

    def test_a_second_ack_is_a_duplicate(self):
        def serve(connection, _):
            while frame := connection.receive_frame():
                connection.send(2 * wire.submit_ack(frame[5:13]))

        swarm = self.run_one(serve, 3, sent=3, acked=3, duplicate=3)
        self.assertIn("the result of submit ack[00000001] is 0 (duplicate)", swarm.out)

    def test_a_second_ack_after_the_last_first_one_is_still_seen(self):
        def serve(connection, _):
            connection.receive_frame()
            connection.send(wire.submit_ack(FIRST))
            self.assertIsNone(connection.receive_frame())   # it has closed its sending half
            connection.send(wire.submit_ack(FIRST))

        self.run_one(serve, 1, sent=1, acked=1, duplicate=1)

    def test_an_ack_with_another_result_is_wrong(self):
        for result in (1, 2, 255):
            def serve(connection, _):
                while frame := connection.receive_frame():
                    connection.send(wire.submit_ack(frame[5:13], result if frame[5:13] == FIRST else 0))

            swarm = self.run_one(serve, 2, sent=2, acked=1, wrong=1)
            self.assertIn(f"the result of submit ack[00000001] is {result} (wrong", swarm.out)

    def test_an_ack_with_an_id_that_was_never_sent_is_unknown(self):
        strange = [wire.serial(2), wire.serial(99999999), b"00000000", b"0000001\0", b"\xff" * 8, b"+0000001", b" 0000001",
                   b"0x000001", b"abcdefgh"]

        def serve(connection, _):
            frame = connection.receive_frame()
            for identity in strange:
                connection.send(wire.submit_ack(identity))
            connection.send(wire.submit_ack(frame[5:13]))
            connection.receive_frame()

        swarm = self.run_one(serve, 1, sent=1, acked=1, unknown=len(strange))
        self.assertIn(r"submit ack[\xff\xff\xff\xff\xff\xff\xff\xff] is 0 (unknown", swarm.out)

    def test_a_submit_that_is_never_acked_is_missing_and_frees_its_place(self):
        def serve(connection, _):
            while frame := connection.receive_frame():
                if frame[5:13] != FIRST:
                    connection.send(wire.submit_ack(frame[5:13]))

        swarm = self.run_one(serve, 3, sent=3, acked=2, missing=1)
        first, second, third = self.server.times[0]
        self.assertGreater(second - first, TIMEOUT * 0.9)
        self.assertLess(third - second, TIMEOUT * 0.9)
        self.assertIn("[client 1]: exit with trouble: answers are missing", swarm.out)

    def test_never_acking_anything_makes_everything_missing(self):
        self.run_one(fake_server.never_answer, 3, sent=3, missing=3)

    def test_an_ack_that_comes_after_its_timeout_is_late(self):
        def serve(connection, _):
            connection.receive_frame()
            second = connection.receive_frame()   # which is sent when the first one is missing
            connection.send(wire.submit_ack(FIRST) + wire.submit_ack(second[5:13]))
            connection.receive_frame()

        swarm = self.run_one(serve, 2, sent=2, acked=1, missing=1, late=1)
        self.assertIn("the result of submit ack[00000001] is 0 (late)", swarm.out)

    def test_a_late_ack_after_the_last_submit_is_still_seen(self):
        def serve(connection, _):
            connection.receive_frame()
            self.assertIsNone(connection.receive_frame())
            connection.send(wire.submit_ack(FIRST))

        self.run_one(serve, 1, sent=1, missing=1, late=1)

    def test_an_ack_on_the_wrong_connection_is_unknown_there_and_missing_here(self):
        connections = {}
        both = threading.Barrier(2, timeout=programs.PATIENCE)

        def serve(connection, number):
            connections[number] = connection
            frame = connection.receive_frame()
            both.wait()
            if number == 0:   # acks its first, then gets the second, which is acked on the other connection
                connection.send(wire.submit_ack(frame[5:13]))
                second = connection.receive_frame()
                connections[1].send(wire.submit_ack(second[5:13]) + wire.submit_ack(FIRST))
            while frame := connection.receive_frame():
                connection.send(wire.submit_ack(frame[5:13]))

        swarm = self.run_against(serve, "--clients", "2", "--count", "3")
        self.assert_counts(swarm, sent=6, acked=5, missing=1, unknown=1)

    def test_acks_in_another_order_are_fine(self):
        def serve(connection, _):
            identities = [connection.receive_frame()[5:13] for _ in range(8)]
            connection.send(b"".join(wire.submit_ack(identity) for identity in reversed(identities)))
            connection.receive_frame()

        swarm = self.run_against(serve, "--clients", "1", "--count", "8", "--window", "8", expect_status=0)
        self.assert_counts(swarm, sent=8, acked=8)

    def test_acks_that_come_a_byte_at_a_time_are_fine(self):
        def serve(connection, _):
            while frame := connection.receive_frame():
                for byte in wire.submit_ack(frame[5:13]):
                    connection.send(bytes([byte]))

        swarm = self.run_against(serve, "--clients", "2", "--count", "10", "--window", "4", expect_status=0)
        self.assert_counts(swarm, sent=20, acked=20)

    def test_garbage_is_an_error_and_what_it_hides_is_missing(self):
        for garbage in (b"\xff" * 20, b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(20), b"\0\0\0\3abc"):
            def serve(connection, _):
                connection.receive_frame()
                connection.send(garbage)
                connection.receive_frame()

            swarm = self.run_one(serve, 2, sent=1, missing=1, errors=1, unsent=1)
            self.assertIn("connection lost", swarm.out)

    def test_a_packet_that_is_none_is_an_error(self):
        for bad in (wire.frame(b""), wire.frame(b"\x7f" + FIRST), wire.frame(b"\x82" + FIRST),
                    wire.frame(b"\x82" + FIRST + b"\0\0")):
            def serve(connection, _):
                frame = connection.receive_frame()
                connection.send(bad + wire.submit_ack(frame[5:13]))
                connection.receive_frame()

            swarm = self.run_against(serve, "--clients", "1", "--count", "1")
            self.assertEqual(1, swarm.report["errors"], swarm.out)

    def test_half_an_ack_and_the_end_is_an_error(self):
        def serve(connection, _):
            connection.receive_frame()
            connection.send(wire.submit_ack(FIRST)[:7])
            connection.close_write()
            connection.rest()

        swarm = self.run_one(serve, 2, sent=1, missing=1, errors=1, unsent=1)
        self.assertIn("inside a frame", swarm.out)

    def test_half_an_ack_and_silence_is_missing(self):
        def serve(connection, _):
            connection.receive_frame()
            connection.send(wire.submit_ack(FIRST)[:7])
            connection.rest()

        self.run_one(serve, 1, sent=1, missing=1)

    def test_a_server_that_closes_at_once_is_an_error(self):
        def serve(connection, number):
            if number == 1:
                connection.reset()

        swarm = self.run_against(serve, "--clients", "3", "--count", "2")
        report = swarm.report
        self.assertLessEqual(report["sent"], 3 * 1)
        self.assert_counts(swarm, sent=report["sent"], missing=report["sent"], errors=3, unsent=6 - report["sent"])

    def test_a_server_that_closes_halfway_is_an_error(self):
        def serve(connection, _):
            for _ in range(10):
                fake_server.answer(connection, connection.receive_frame())

        swarm = self.run_against(serve, "--clients", "2", "--count", "20")
        report = swarm.report
        self.assert_counts(swarm, sent=report["sent"], acked=20, missing=report["sent"] - 20, errors=2, unsent=40 - report["sent"])
        self.assertLessEqual(report["missing"], 2)

    def test_one_bad_connection_does_not_disturb_the_others(self):
        def serve(connection, number):
            if number == 2:
                connection.send(b"\xff" * 8)
                connection.rest()
            else:
                fake_server.ack_everything(connection, number)

        swarm = self.run_against(serve, "--clients", "5", "--count", "20", "--window", "2")
        report = swarm.report
        lost = report["sent"] - 80
        self.assertLessEqual(lost, 2)
        self.assert_counts(swarm, sent=report["sent"], acked=80, missing=lost, errors=1, unsent=20 - lost)
        self.assertEqual(4, swarm.out.count(": exit ok\n"))

    def test_the_window_is_what_may_wait_and_no_more(self):
        for window in (1, 4, 32):
            swarm = self.run_against(fake_server.never_answer, "--clients", "2", "--count", str(2 * window),
                                     "--window", str(window), "--quiet")
            self.assert_counts(swarm, sent=4 * window, missing=4 * window)
            for times in self.server.times:
                begun = times[0]
                self.assertLess(times[window - 1] - begun, TIMEOUT * 0.9, "the whole window at once")
                self.assertGreater(times[window] - begun, TIMEOUT * 0.9, "the rest only when the first are missing")

    def test_a_window_is_refilled_as_acks_come(self):
        def serve(connection, _):
            window = [connection.receive_frame()[5:13] for _ in range(4)]
            for _ in range(16):   # one ack, one more submit
                connection.send(wire.submit_ack(window.pop(0)))
                window.append(connection.receive_frame()[5:13])
            for identity in window:
                connection.send(wire.submit_ack(identity))
            self.assertIsNone(connection.receive_frame())

        swarm = self.run_against(serve, "--clients", "1", "--count", "20", "--window", "4", expect_status=0)
        self.assert_counts(swarm, sent=20, acked=20)

    def test_the_length_of_a_frame_is_said_also_when_pushing_it_has_written_others(self):
        swarm = self.run_against(fake_server.ack_everything, "--clients", "1", "--count", "60", "--window", "60", "--payload-size", "10000",
                                 expect_status=0)
        self.assertEqual(60, swarm.out.count(", frame length = 10013\n"))

    def test_with_a_rate_the_window_only_caps_what_is_in_flight(self):
        swarm = self.run_against(fake_server.never_answer, "--clients", "1", "--count", "6", "--rate", "10000",
                                 "--window", "3", "--quiet")
        self.assert_counts(swarm, sent=6, missing=6)
        times = self.server.times[0]
        self.assertLess(times[2] - times[0], TIMEOUT * 0.9)
        self.assertGreater(times[3] - times[0], TIMEOUT * 0.9)


if __name__ == "__main__":
    programs.main()
