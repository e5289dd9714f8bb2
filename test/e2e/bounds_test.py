"""What the options of hawser-server bound beside frames: memory, silence, life, turns, slow clients."""
import time

import programs
import wire

HELLO = wire.packet(wire.CONN, wire.serial(1), b"hawser/1 test")
CONN_ACK = wire.packet(wire.CONN_ACK, wire.serial(1), b"\0")


def ping(number):
    return wire.packet(wire.PING, wire.serial(number))


class Memory(programs.Case):
    def test_the_plan_is_in_the_log(self):
        server = self.start_server("--memory-budget", "256MiB", "--threads", "2", "--max-connections", "1000")
        server.wait_for_line(r"memory: 256\.0 MiB = 20\.0 MiB fixed \+ 1000 connections x 6\.0 KiB \+ 230\.1 MiB for what")

    def test_a_budget_that_holds_no_frame_is_refused_with_the_arithmetic(self):
        status, _, err = self.run_to_end(programs.SERVER, "--listen", "127.0.0.1:0", "--memory-budget", "32MiB",
                                         "--threads", "1", "--max-connections", "1000", "--max-frame", "64MiB")
        self.assertEqual(2, status)
        self.assertRegex(err, r"\Ahawser-server: 151\.9 MiB of memory are needed, and there are 32\.0 MiB: 18\.0 MiB fixed, "
                              r"1000 connections of 6\.0 KiB, and 128\.0 MiB for one frame of 64\.0 MiB while it arrives: "
                              r"raise memory_budget, lower max_connections, or allow shorter frames only \(try --help\)\n\Z")

    def test_frames_whose_arithmetic_overflows_are_refused_in_one_line(self):
        for kind in "lines", "prefix-self:width=8":
            for longest in "9223372036854775808", "18446744073709551615", "4GiB":
                with self.subTest(kind=kind, longest=longest):
                    status, _, err = self.run_to_end(programs.SERVER, "--listen", "127.0.0.1:0", "--format", kind, "--max-frame", longest)
                    self.assertEqual(2, status)
                    self.assertRegex(err, r"\Ahawser-server: [^\n]+\n\Z")


class Life(programs.Case):
    def test_an_old_connection_is_drained(self):
        server = self.start_server("--max-lifetime", "300ms")
        peer = self.connect(server)
        self.assert_serves(peer)
        begin = time.monotonic()
        self.assertEqual(b"", peer.rest())
        self.assertLess(time.monotonic() - begin, 5 * programs.SLOW)
        peer.close()
        server.wait_for_line("as old as a connection may get")
        self.assert_stops_well(server)

    def test_a_client_that_knows_ping_and_is_gone_without_a_word_is_found(self):
        server = self.start_server("--ping-interval", "50ms", "--ping-misses", "2", "--idle-timeout", "60s")
        peer = self.connect(server)
        peer.send(HELLO)
        self.assertEqual(CONN_ACK + ping(1) + ping(2),
                         peer.rest())
        server.wait_for_line("peer answers no ping")
        self.assert_stops_well(server)


class Turns(programs.Case):
    def test_one_frame_and_few_bytes_a_turn_answer_everything_in_order(self):
        server = self.start_server("--turn-frames", "1", "--turn-bytes", "5")
        peer = self.connect(server)
        ids = [wire.serial(number) for number in range(1, 201)]
        peer.send(b"".join(wire.submit(one, b"x") for one in ids))
        answers = b"".join(wire.submit_ack(one) for one in ids)
        self.assertEqual(answers, peer.receive(len(answers)))
        self.assert_stops_well(server)


class WhatMakesNoSense(programs.Case):
    def test_is_refused_in_one_line(self):
        for option, value in (("--slow-consumer", "later"), ("--turn-frames", "0"), ("--turn-bytes", "0"),
                              ("--ping-misses", "0"), ("--ping-misses", "256"), ("--memory-budget", "much"),
                              ("--max-lifetime", "-1s"), ("--request-timeout", "soon")):
            with self.subTest(option=option, value=value):
                status, _, err = self.run_to_end(programs.SERVER, option, value)
                self.assertEqual(2, status)
                self.assertRegex(err, rf"\Ahawser-server: [^\n]*{option}[^\n]*\n\Z")

    def test_every_policy_is_taken(self):
        for policy in ("wait", "drop-newest", "drop-oldest", "coalesce", "close"):
            with self.subTest(policy=policy):
                server = self.start_server("--slow-consumer", policy)
                self.assert_serves(self.connect(server))
                self.assert_stops_well(server)


if __name__ == "__main__":
    programs.main()
