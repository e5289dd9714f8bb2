"""Submits, conns and pings as bytes on a socket, and what comes back: docs/wire-format.md from outside."""
import threading
import time

import programs
import wire


class Answers(programs.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "2")
        self.peer = self.connect(self.server)

    def test_the_worked_example_byte_for_byte(self):
        self.assert_answers(self.peer, bytes.fromhex("00 00 00 10  02  30 30 30 30 30 30 30 31  61 62 63"),
                            bytes.fromhex("00 00 00 0e  82  30 30 30 30 30 30 30 31  00"))
        line = self.server.wait_for_line("recv submit")
        self.assertTrue(line.endswith("recv submit: id = 00000001, payload=abc"), line)

    def test_a_submit_without_payload_is_acked(self):
        self.assert_answers(self.peer, bytes.fromhex("0000000d 02 3030303030303031"),
                            bytes.fromhex("0000000e 82 3030303030303031 00"))

    def test_a_conn_is_answered_with_result_0_whenever_and_however_often_it_comes(self):
        for payload in (b"", b"hawser/1", b"hawser/1 and more", b"who are you", bytes(1000)):
            for identity in (wire.serial(1), wire.serial(1), b"\0" * 8):
                self.assert_answers(self.peer, wire.packet(wire.CONN, identity, payload),
                                    wire.packet(wire.CONN_ACK, identity, b"\0"))
            self.assert_serves(self.peer)

    def test_a_ping_is_answered_with_a_pong_that_has_its_id(self):
        for identity in (wire.serial(1), b"00000000", b"\xff" * 8):
            self.assert_answers(self.peer, wire.packet(wire.PING, identity), wire.packet(wire.PONG, identity))

    def test_a_pong_is_no_breach(self):
        self.assert_answers(self.peer, wire.packet(wire.PONG, wire.serial(9)) + wire.submit(wire.serial(1)),
                            wire.submit_ack(wire.serial(1)))

    def test_an_id_is_eight_opaque_bytes(self):
        identities = [bytes(8), b"\xff" * 8, bytes(range(8)), b"\n\r\x1b[2J\\\"", b"00000000", b"99999999", b"abcdefgh",
                      b"        ", b"00000007", b"00000007"]   # not unique, not in order, not digits
        sent = b"".join(wire.submit(identity, b"x") for identity in identities)
        self.assert_answers(self.peer, sent, b"".join(wire.submit_ack(identity) for identity in identities))

    def test_ids_and_payloads_are_escaped_in_the_log(self):
        identity, payload = b"\x00\n\x1b[\\\xff\x7f1", b"line\nfeed \x1b[31m red \\ \x00 \xe2\x82\xac"
        self.assert_answers(self.peer, wire.submit(identity, payload), wire.submit_ack(identity))
        line = self.server.wait_for_line("recv submit")
        self.assertTrue(line.endswith(r"recv submit: id = \x00\x0a\x1b[\\\xff\x7f1, payload="
                                      r"line\x0afeed \x1b[31m red \\ \x00 \xe2\x82\xac"), line)
        raw = self.server.err_path.read_bytes()
        self.assertTrue(all(0x20 <= byte < 0x7f or byte == 0x0a for byte in raw), raw)

    def test_a_long_payload_is_cut_in_the_log_and_its_length_told(self):
        self.assert_answers(self.peer, wire.submit(wire.serial(1), b"p" * 5000), wire.submit_ack(wire.serial(1)))
        line = self.server.wait_for_line("recv submit")
        self.assertLess(len(line), 300)
        self.assertIn("p" * 20, line)
        self.assertIn("5000 bytes", line)

    def test_every_payload_length_around_a_boundary_is_acked(self):
        limit = 1 << 20
        overhead = wire.SUBMIT_OVERHEAD
        lengths = [0, 1, 2, 3, 4, 255, 256, 4095 - overhead, 4096 - overhead, 4097 - overhead, 65535 - overhead,
                   65536 - overhead, 65537 - overhead, 65535, 65536, limit - overhead - 1, limit - overhead]
        for number, length in enumerate(lengths, 1):
            with self.subTest(length=length):
                self.assert_answers(self.peer, wire.submit(wire.serial(number), b"\xa5" * length),
                                    wire.submit_ack(wire.serial(number)))


class Pieces(programs.Case):
    """TCP cuts where it likes."""

    CONVERSATION = (wire.packet(wire.CONN, b"greeting", b"hi") + wire.submit(b"00000001", b"payload")
                    + wire.packet(wire.PING, b"\0\0\0\0\0\0\0\1") + wire.submit(b"00000002"))
    ANSWERS = (wire.packet(wire.CONN_ACK, b"greeting", b"\0") + wire.submit_ack(b"00000001")
               + wire.packet(wire.PONG, b"\0\0\0\0\0\0\0\1") + wire.submit_ack(b"00000002"))
    PAUSE = 0.002   # so that the pieces do not meet again on their way

    def setUp(self):
        super().setUp()
        self.server = self.start_server("--threads", "2", "--log-level", "warning")

    def test_ten_thousand_submits_in_one_write_are_all_acked_in_order(self):
        count = 10_000
        peer = self.connect(self.server)
        expected = wire.acks(1, count)
        writer = threading.Thread(target=peer.send, args=(wire.submits(1, count, b"in one write"),), daemon=True)
        writer.start()
        received = peer.receive(len(expected))
        writer.join(programs.PATIENCE)
        self.assertTrue(expected == received, f"{len(received)} of {len(expected)} bytes, or others")

    def test_one_byte_at_a_time(self):
        peer = self.connect(self.server)
        for byte in self.CONVERSATION:
            peer.send(bytes([byte]))
            time.sleep(self.PAUSE)
        self.assertEqual(self.ANSWERS, peer.receive(len(self.ANSWERS)))

    def test_a_cut_at_every_position(self):
        peer = self.connect(self.server)
        for cut in range(1, len(self.CONVERSATION)):
            peer.send(self.CONVERSATION[:cut])
            time.sleep(self.PAUSE)
            peer.send(self.CONVERSATION[cut:])
            self.assertEqual(self.ANSWERS, peer.receive(len(self.ANSWERS)), f"cut at {cut}")

    def test_answers_to_what_is_whole_come_while_the_rest_is_on_its_way(self):
        peer = self.connect(self.server)
        peer.send(wire.submits(1, 3) + wire.submit(wire.serial(4))[:-1])
        self.assertEqual(wire.acks(1, 3), peer.receive(len(wire.acks(1, 3))))
        peer.send(wire.submit(wire.serial(4))[-1:])
        self.assertEqual(wire.acks(4, 4), peer.receive(len(wire.acks(4, 4))))

    def test_who_closes_its_sending_half_gets_all_answers_and_then_the_end(self):
        for count in (1, 1000):
            peer = self.connect(self.server)
            peer.send(wire.submits(1, count))
            peer.close_write()
            self.assertTrue(wire.acks(1, count) == peer.rest(), f"{count} submits")

    def test_who_closes_its_sending_half_and_reads_late_gets_them_too(self):
        count = 200_000 if programs.SLOW == 1 else 20_000
        peer = self.connect(self.server)
        peer.send(wire.submits(1, 1))
        writer = threading.Thread(target=lambda: (peer.send(wire.submits(2, count)), peer.close_write()), daemon=True)
        writer.start()
        self.assertEqual(wire.acks(1, 1), peer.receive(14))
        writer.join(0.3 * programs.SLOW)   # the server's answers pile up meanwhile
        self.assertTrue(wire.acks(2, count) == peer.rest())
        writer.join(programs.PATIENCE)

    def test_who_closes_without_a_word_gets_the_end_without_a_word(self):
        peer = self.connect(self.server)
        peer.close_write()
        self.assertEqual(b"", peer.rest())

    def test_many_connections_at_once_each_get_their_own_answers(self):
        peers = [self.connect(self.server) for _ in range(50)]
        for number, peer in enumerate(peers):
            peer.send(wire.submits(1000 * number + 1, 1000 * number + 20))
        for number, peer in enumerate(peers):
            expected = wire.acks(1000 * number + 1, 1000 * number + 20)
            self.assertEqual(expected, peer.receive(len(expected)))


if __name__ == "__main__":
    programs.main()
