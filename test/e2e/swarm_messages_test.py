"""hawser-swarm speaking protocols that it knows nothing of: templates, files, and answers matched by order or by a number."""
import re
import select
import struct
import time

import fake_server
import programs
import wire


def body(frame):
    return frame[4:]


def echo(connection, _):
    while frame := connection.receive_frame():
        connection.send(frame)


class Messages(programs.Case):
    def run_against(self, serve, *options, status=0):
        with fake_server.FakeServer(serve) as server:
            swarm = self.run_swarm(server.address, *([] if "--interval" in options else ["--interval", "0"]), "--timeout", "1s", *options)
            server.close()
        self.sent = [body(frame) for frames in server.received for frame in frames]
        self.assertEqual(status, swarm.process.returncode, swarm.out + swarm.err)
        return swarm

    def assert_refused(self, message, *options):
        status, out, err = self.run_to_end(programs.SWARM, "--connect", ":1", *options)
        self.assertEqual((2, "", f"hawser-swarm: {message} (try --help)\n"), (status, out, err))

    def test_a_template_has_hex_text_counters_and_random_fields(self):
        template = '01 ff{counter:2}{counter:2} "hi there" {random:4} {letters:2-5} 0a'
        swarm = self.run_against(echo, "--clients", "1", "--count", "50", "--message", template, "--echo")
        self.assert_counts(swarm, sent=50, acked=50)
        randoms, lengths = set(), set()
        for number, sent in enumerate(self.sent, 1):
            found = re.fullmatch(rb"\x01\xff(..)(..)hi there(.{4})([a-z]{2,5})\n", sent, re.DOTALL)
            self.assertTrue(found, sent)
            self.assertEqual((struct.pack(">H", number),) * 2, found.group(1, 2))
            randoms.add(found[3])
            lengths.add(len(found[4]))
        self.assertEqual(50, len(randoms))
        self.assertEqual({2, 3, 4, 5}, lengths)

    def test_counters_of_every_kind(self):
        for field, expected in (("counter:1", bytes([1, 2, 3])), ("counter:3:le", b"\1\0\0\2\0\0\3\0\0"), ("counter:5:decimal", b"000010000200003"),
                                ("counter:8", struct.pack(">3Q", 1, 2, 3))):
            self.run_against(echo, "--clients", "1", "--count", "3", "--message", "{" + field + "}")
            self.assertEqual(expected, b"".join(self.sent))

    def test_a_counter_goes_round_where_it_is_full(self):
        swarm = self.run_against(echo, "--clients", "1", "--count", "600", "--message", "{counter:1}", "--match", "0:1", "--window", "10", "--echo")
        self.assert_counts(swarm, sent=600, acked=600)
        self.assertEqual([n % 255 + 1 for n in range(600)], [sent[0] for sent in self.sent])

    def test_no_more_may_wait_for_their_answers_than_have_numbers(self):
        for options in (["{counter:1}"], ["{counter:4}", "--match", "0:1"], ["{counter:4}", "--message", "{counter:1}", "--match", "0:4"]):
            self.assert_refused("--window is 256, and the numbers of the messages end at 255: no more than that can be told apart",
                                "--window", "256", "--message", *options)
        swarm = self.run_against(echo, "--clients", "1", "--count", "9", "--window", "9", "--message", "{counter:1:decimal}", "--match", "0:1:decimal")
        self.assert_counts(swarm, sent=9, acked=9)

    def test_several_messages_are_sent_in_turn(self):
        self.run_against(echo, "--clients", "1", "--count", "5", "--message", "aa", "--message", '"b"', "--message", "cc 01")
        self.assertEqual([b"\xaa", b"b", b"\xcc\1", b"\xaa", b"b"], self.sent)

    def test_a_message_from_a_file_is_sent_as_it_is(self):
        path = self.folder / "login.bin"
        path.write_bytes(bytes(range(256)))
        self.run_against(echo, "--clients", "1", "--count", "2", "--message", f"@{path}", "--echo")
        self.assertEqual(2 * [bytes(range(256))], self.sent)

    def test_a_message_without_a_counter_gets_its_number_where_the_answer_has_it(self):
        path = self.folder / "query.bin"
        path.write_bytes(b"Q" + 4 * b"." + b"tail")
        swarm = self.run_against(echo, "--clients", "1", "--count", "3", "--message", f"@{path}", "--match", "1:4:decimal", "--echo")
        self.assert_counts(swarm, sent=3, acked=3)
        self.assertEqual([b"Q0001tail", b"Q0002tail", b"Q0003tail"], self.sent)

    def test_answers_in_another_order_are_matched_by_their_number(self):
        def serve(connection, _):
            for _ in range(2):
                frames = [connection.receive_frame() for _ in range(5)]
                for frame in reversed(frames):
                    connection.send(wire.frame(b"ok" + body(frame)[1:3]))
            while connection.receive_frame():
                pass

        swarm = self.run_against(serve, "--clients", "1", "--count", "10", "--window", "5", "--message", "07 {counter:2:le}", "--match", "2:2:le")
        self.assert_counts(swarm, sent=10, acked=10)

    def test_answers_that_are_none_by_their_number_are_unknown_duplicate_or_too_short(self):
        def serve(connection, _):
            number = body(connection.receive_frame())
            connection.send(wire.frame(number) + wire.frame(number) + wire.frame(b"\x77\x77") + wire.frame(b"\0\0") + wire.frame(b"\1"))
            connection.receive_frame()

        swarm = self.run_against(serve, "--clients", "1", "--count", "1", "--message", "{counter:2}", "--match", "0:2", status=1)
        self.assert_counts(swarm, sent=1, acked=1, duplicate=1, unknown=2, errors=1)

    def test_answers_come_in_order_if_nothing_is_said_and_one_too_many_is_unknown(self):
        def serve(connection, _):
            connection.receive_frame()
            connection.send(wire.frame(b"yes"))
            connection.receive_frame()
            connection.send(wire.frame(b"yes") + wire.frame(b"and no"))
            connection.receive_frame()

        swarm = self.run_against(serve, "--clients", "1", "--count", "2", "--message", "01", status=1)
        self.assert_counts(swarm, sent=2, acked=2, unknown=1)

    def test_in_order_a_greeting_that_nobody_asked_for_is_unknown_and_moves_nothing(self):
        def serve(connection, _):
            connection.send(wire.frame(b"welcome"))
            while connection.receive_frame():
                connection.send(wire.frame(b"yes"))

        def then(connection, _):   # between two requests, too
            connection.receive_frame()
            connection.send(wire.frame(b"yes") + wire.frame(b"by the way"))
            while connection.receive_frame():
                connection.send(wire.frame(b"yes"))

        for server in (serve, then):
            swarm = self.run_against(server, "--clients", "1", "--count", "4", "--interval", "50ms", "--message", "01", status=1)
            self.assert_counts(swarm, sent=4, acked=4, unknown=1)

    def test_in_order_an_answer_that_is_late_stays_with_its_request(self):
        def serve(connection, _):
            connection.receive_frame()
            connection.receive_frame()   # sent when the first is missing
            connection.send(wire.frame(b"late") + wire.frame(b"in time"))
            connection.receive_frame()

        swarm = self.run_against(serve, "--clients", "1", "--count", "2", "--message", "01", status=1)
        self.assert_counts(swarm, sent=2, acked=1, missing=1, late=1)

    def test_an_answer_without_the_expected_bytes_is_wrong(self):
        def serve(connection, _):
            for answer in (b"\1\0\0", b"\1\0\7", b"\1\0"):   # good, another result, too short for one
                connection.receive_frame()
                connection.send(wire.frame(answer))
            connection.receive_frame()

        swarm = self.run_against(serve, "--clients", "1", "--count", "3", "--message", "01", "--good", "1:0000", status=1)
        self.assert_counts(swarm, sent=3, acked=1, wrong=2)

    def test_a_fast_server_that_changes_a_byte_is_wrong(self):
        def serve(connection, _):
            for index in range(10):
                frame = bytearray(connection.receive_frame())
                if index == 6:
                    frame[-1] ^= 1
                connection.send(bytes(frame))
            connection.receive_frame()

        swarm = self.run_against(serve, "--clients", "1", "--count", "10", "--message", "{counter:4} {random:100}", "--match", "0:4", "--echo", status=1)
        self.assert_counts(swarm, sent=10, acked=9, wrong=1)

    def test_submits_may_be_echoed_too(self):
        swarm = self.run_against(echo, "--clients", "2", "--count", "20", "--window", "4", "--echo", "--payload-size", "50")
        self.assert_counts(swarm, sent=40, acked=40)

        def swap(connection, _):   # the payload of the one with the id of the other
            one, other = connection.receive_frame(), connection.receive_frame()
            connection.send(wire.submit(one[5:13], other[13:]) + wire.submit(other[5:13], other[13:]))
            connection.receive_frame()

        swarm = self.run_against(swap, "--clients", "1", "--count", "2", "--window", "2", "--echo", status=1)
        self.assert_counts(swarm, sent=2, acked=1, wrong=1)

    def test_other_frames_than_ours(self):
        def serve(connection, _):
            while len(header := connection.receive(2)) == 2:
                connection.send(header + connection.receive(struct.unpack("<H", header)[0]))

        swarm = self.run_against(serve, "--clients", "2", "--count", "10", "--format", "prefix-body:width=2,order=little", "--message", '{counter:4} "x"', "--match", "0:4", "--echo")
        self.assert_counts(swarm, sent=20, acked=20)

    def test_what_comes_by_itself_is_no_answer_if_that_is_said(self):
        def serve(connection, _):
            while frame := connection.receive_frame():
                connection.send(wire.frame(b"\xffbeat") + wire.frame(b"\0\0\xfe"))
                time.sleep(0.1)
                connection.send(frame)

        for message in (["--message", "01 {counter:4}"], ["--message", "01 {counter:4}", "--match", "1:4"], []):
            swarm = self.run_against(serve, "--clients", "1", "--count", "3", "--ignore", "0:ff", "--ignore", "2:fe", "--echo", "--quiet", *message)
            self.assert_counts(swarm, sent=3, acked=3)
            self.assertEqual(6, swarm.report["ignored"])
            self.assertGreaterEqual(swarm.report["latency_us"]["p50"], 0.1e6)
            self.assertIn("\n6 frames ignored, as they are no answers\n", swarm.out)

    def test_a_login_comes_first_and_once_a_connection_and_is_not_measured(self):
        early = []

        def serve(connection, _):
            self.assertRegex(body(connection.receive_frame()), rb"^login 000[12]$")
            connection.send(wire.frame(b"beat"))
            time.sleep(0.15)
            early.extend(select.select([connection.socket], [], [], 0)[0])
            connection.send(wire.frame(b"ok, come in"))
            echo(connection, 0)

        swarm = self.run_against(serve, "--clients", "2", "--interval", "10ms", "--duration", "1s", "--life", "400ms", "--message", '"ping" {counter:2}',
                                 "--first", '"login " {counter:4:decimal}', "--first-good", "0:6f6b", "--ignore", "0:62656174", "--echo", "--quiet")
        report = swarm.report
        self.assertEqual([], early)
        logins = [one for one in self.sent if one.startswith(b"login")]
        self.assertGreaterEqual(report["connections"], 4)
        self.assertEqual(report["connections"], len(logins))
        self.assertEqual({b"login 0001", b"login 0002"}, set(logins))
        self.assertEqual(report["sent"], len(self.sent) - len(logins))
        self.assert_counts(swarm, sent=report["sent"], acked=report["sent"])
        self.assertEqual(report["connections"], report["ignored"])
        self.assertLess(report["latency_us"]["p50"], 0.1e6)

    def test_a_connection_whose_login_is_not_well_answered_has_failed(self):
        def refuse(connection, _):
            connection.receive_frame()
            connection.send(wire.frame(b"go away"))
            self.assertIsNone(connection.receive_frame())

        for serve, why in ((refuse, r"the first message had no good answer, but go away"), (fake_server.never_answer, "the first message was not answered"),
                           (lambda connection, _: connection.receive_frame(), "connection lost: ")):
            swarm = self.run_against(serve, "--clients", "2", "--count", "3", "--message", "01", "--first", '"hi"', "--first-good", "0:6f6b", "--quiet", status=1)
            self.assert_counts(swarm, errors=2, unsent=6)
            self.assertTrue(swarm.report["first_error"].startswith(why), swarm.report["first_error"])
            self.assertEqual([b"hi", b"hi"], self.sent)
            self.assertIn(f"hawser-swarm: {why}", swarm.err)

    def test_every_client_has_a_number_in_its_login_or_none_is_sent(self):
        for counter, most in (("counter:1", 255), ("counter:1:decimal", 9), ("counter:2:decimal", 99)):
            first = ("--first", f'"hi " {{{counter}}}')
            self.assert_refused(f"--first: a client's number is in its {{counter}}, which has room for {most}, and there are {most + 1} clients",
                                "--clients", str(most + 1), *first)
        self.run_against(echo, "--clients", "9", "--count", "1", "--message", "01", "--first", '"hi " {counter:1:decimal}')
        self.assertEqual([f"hi {number}".encode() for number in range(1, 10)], sorted(one for one in self.sent if one != b"\1"))

    def test_without_an_idea_of_a_good_one_any_answer_to_the_login_will_do(self):
        def serve(connection, _):
            connection.send(connection.receive_frame())
            fake_server.ack_everything(connection, 0)

        swarm = self.run_against(serve, "--clients", "1", "--count", "3", "--first", "00")   # submits go with it as well
        self.assert_counts(swarm, sent=3, acked=3)
        self.assertEqual(b"\0", self.sent[0])
        self.assertEqual(4, len(self.sent))

    def test_a_length_is_that_of_the_whole_message(self):
        for field, read in (("length:2", lambda raw: int.from_bytes(raw[:2], "big")), ("length:3:le", lambda raw: int.from_bytes(raw[:3], "little")),
                            ("length:4:decimal", lambda raw: int(raw[:4]))):
            self.run_against(echo, "--clients", "1", "--count", "20", "--message", "{" + field + "} 00ff {letters:0-9} {counter:1}", "--echo")
            self.assertEqual([len(one) for one in self.sent], [read(one) for one in self.sent])
            self.assertGreater(len({len(one) for one in self.sent}), 1)

    def test_lines_whose_template_can_have_no_end_within_are_sent(self):
        def serve(connection, _):
            while raw := connection.socket.recv(1000):
                connection.socket.sendall(raw)

        swarm = self.run_against(serve, "--clients", "1", "--count", "300", "--format", "lines", "--message", '{counter:4:decimal} {letters:0-9} " "', "--echo", "--quiet")
        self.assert_counts(swarm, sent=300, acked=300)

    def test_a_template_that_the_format_cannot_carry_is_refused_before_anything_is_sent(self):
        for spec, template in (("lines", '"one" 0a "two"'), ("lines", "{random:1}"), ("lines", "{counter:4}"), ("lines", "{counter:1:le}"),
                               ("lines", "{length:1} {letters:0-20}"), ("delimiter:0d0a", "{random:2-9}"), ("delimiter:656e64", "{letters:3-8}"),
                               ("delimiter:37", "{counter:8:decimal}"), ("fixed:8", '"short"'), ("fixed:3", "{letters:2-3}")):
            for option in ([], ["--first"]):
                arguments = ["--message", '"12345678"'] if option and spec == "fixed:8" else ["--message", '"123"'] if option else []
                status, out, err = self.run_to_end(programs.SWARM, "--connect", ":1", "--format", spec, *arguments, *(option or ["--message"]), template)
                self.assertEqual((2, ""), (status, out), (spec, template))
                self.assertRegex(err, r"\Ahawser-swarm: (--first: )?--format [^\n]* cannot carry such a message as [^\n]+\n\Z")
        self.assert_refused("no frame under --max-frame 8 holds a message of 9 bytes", "--format", "fixed:8", "--message", '"too long!"')
        self.assert_refused("no frame under --max-frame 256 holds a message of 256 bytes", "--format", "prefix-body:width=1", "--message", "{random:256}")
        status, _, err = self.run_to_end(programs.SWARM, "--connect", ":1", "--format", "fixed:16")   # a submit's payload is as long as it likes
        self.assertEqual(2, status)
        self.assertRegex(err, r"\Ahawser-swarm: no frame under --max-frame 16 holds a payload of [^\n]+\n\Z")

    def test_each_step_is_a_line(self):
        swarm = self.run_against(echo, "--clients", "1", "--count", "1", "--message", '"ping" 00')
        self.assertIn(r"[client 1]: send message ping\x00, frame length = 9", swarm.out)
        self.assertIn(r"[client 1]: answer ping\x00", swarm.out)

    def test_what_is_no_template_is_refused_in_a_line(self):
        for template, why in (("0", "'0' is not hex, two digits a byte"), ("01 zz", "'zz' is not hex, two digits a byte"), ("", 'a message of nothing; "" is an empty one'),
                              ('01 "open', "'\"open' has no \" at its end"), ("{random:4", "'{random:4' has no }"), ("{counter:9}", "'counter:9' needs 1 to 8 bytes"),
                              ("{counter:2}{counter:3}", "'counter:3' is another kind of counter than the one before it"),
                              ("{random:9-2}", "'random:9-2' has less to the right than to the left"),
                              ("{length:1} {random:255}", "'{length:1} {random:255}' may have 256 bytes, and its {length} says 255 at most"),
                              ("{length:2} {length:2}", "'length:2' is one length too many"), ("{length:9}", "'length:9' needs 1 to 8 bytes"),
                              ("{counter:2:middle}", "'counter:2:middle' ends in nothing that is known: le or decimal"),
                              ("{random:99999999999}", "'random:99999999999' needs a number of bytes, at most 67108864"),
                              ("@nowhere.bin", "cannot read nowhere.bin")):
            self.assert_refused(f"--message: {why}", "--message", template)
        status, _, err = self.run_to_end(programs.SWARM, "--connect", ":1", "--message", "{nothing:1}")
        self.assertEqual(2, status)
        self.assertIn("'nothing:1' is no field: counter:SIZE", err)

    def test_what_makes_no_sense_together_is_refused_in_a_line(self):
        self.assert_refused("--match and --good are about the answers to a --message, and there is none", "--match", "0:4")
        self.assert_refused("--first-good is about the answer to --first, and there is none", "--first-good", "0:4f")
        self.assert_refused("--first is a login, and the clients of an --attack do not log in", "--first", "00", "--attack", "all")
        self.assert_refused("--ignore: '4' is no place and value: OFFSET:HEX", "--ignore", "4")
        self.assert_refused("--payload-size is of submits, and a --message has its own", "--message", "01", "--payload-size", "3")
        self.assert_refused("a message without a {counter} gets its number where --match says, and is too short for that",
                            "--message", "01", "--match", "0:4")
        self.assert_refused("no frame under --max-frame 100 holds a message of 200 bytes: it has to be 204 at least", "--message", "{random:2-200}", "--max-frame", "100")
        self.assert_refused("hello and pings are what a protocol says beside its requests, and this traffic is of no protocol", "--message", "01", "--hello")


if __name__ == "__main__":
    programs.main()
