"""Server and swarm in other formats than the default protocol's (docs/framing.md)."""
import zlib

import programs

# Any payload goes into these.
FORMATS = ("prefix-body", "prefix-body:width=2", "prefix-body:width=8,order=little", "prefix-self:width=3", "length-field:offset=2,prefix=cafe,width=2",
           "length-field:width=2,adjust=3,strip=5", "varint", "varint:bytes=4", "base64-lines", "base64-lines:delimiter=7c", "marked-crc", "netstring",
           "http-chunk", "cobs", "slip")
SUBMIT = b"\x02" + b"00000001" + b"abc"
ACK = b"\x82" + b"00000001" + b"\0"


def marked(body):
    checksum = zlib.crc32(body) >> 16
    return b"\xff\xff" + len(body).to_bytes(2, "big") + body + checksum.to_bytes(2, "big") + b"\xff\xfe"


def cobs(body):
    """Of less than 254 bytes."""
    return b"".join(bytes([len(part) + 1]) + part for part in body.split(b"\0")) + b"\0"


def slip(body):
    return body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


class Formats(programs.Case):
    def assert_all_acked(self, spec, *options, clients=3, count=200):
        server = self.start_server("--format", spec, "--threads", "2", "--log-level", "warning")
        swarm = self.run_swarm(server.address, "--format", spec, "--clients", str(clients), "--count", str(count), "--interval", "0",
                               "--window", "16", "--quiet", "--seed", "1", *options)
        self.assertEqual(0, swarm.process.returncode, swarm.err)
        self.assert_counts(swarm, sent=clients * count, acked=clients * count)
        self.assert_stops_well(server)
        self.assertEqual("", server.err)

    def test_every_submit_is_acked_in_every_format(self):
        for spec in FORMATS:
            with self.subTest(spec=spec):
                self.assert_all_acked(spec)

    def test_pings_and_hellos_work_in_every_format(self):
        for spec in FORMATS[:1] + FORMATS[-2:]:
            with self.subTest(spec=spec):
                self.assert_all_acked(spec, "--hello", "--ping-interval", "10ms")

    def test_random_payloads_of_some_size_come_through(self):
        for spec in FORMATS:
            with self.subTest(spec=spec):
                self.assert_all_acked(spec, "--payload-size", "10000", count=20)

    def test_the_bytes_are_those_of_the_format(self):
        for spec, frames in (("prefix-body:width=2", lambda body: len(body).to_bytes(2, "big") + body),
                             ("prefix-self:width=2,order=little", lambda body: (2 + len(body)).to_bytes(2, "little") + body),
                             ("varint", lambda body: bytes([len(body)]) + body),
                             ("lines", lambda body: body + b"\n"),
                             ("marked-crc", marked), ("netstring", lambda body: b"%d:%s," % (len(body), body)), ("cobs", cobs), ("slip", slip),
                             ("http-chunk", lambda body: b"%x\r\n%s\r\n" % (len(body), body))):
            with self.subTest(spec=spec):
                server = self.start_server("--format", spec)
                self.assert_answers(self.connect(server), frames(SUBMIT), frames(ACK))
                # Byte by byte, and several at once.
                slow = self.connect(server)
                for i in range(len(frames(SUBMIT))):
                    slow.send(frames(SUBMIT)[i:i + 1])
                self.assertEqual(frames(ACK), slow.receive(len(frames(ACK))))
                self.assert_answers(self.connect(server), frames(SUBMIT) * 50, frames(ACK) * 50)

    def test_garbage_between_marked_frames_is_dropped_and_the_connection_goes_on(self):
        server = self.start_server("--format", "marked-crc:max=1KiB")
        spoilt = bytearray(marked(SUBMIT))
        spoilt[7] ^= 1
        peer = self.connect(server)
        self.assert_answers(peer, b"garbage" + marked(SUBMIT) + bytes(spoilt) + b"\xff\xff\xff" + marked(SUBMIT)[:-1] + marked(SUBMIT), marked(ACK) * 2)
        self.assert_answers(peer, marked(SUBMIT), marked(ACK))
        self.assert_stops_well(server)

    def test_a_spoilt_frame_between_ends_is_dropped_and_the_connection_goes_on(self):
        for spec, frame, spoilt in (("cobs", cobs, b"\xffspoilt\0\0\0"), ("slip", slip, b"\xdbspoilt\xc0\xc0\xc0")):
            with self.subTest(spec=spec):
                server = self.start_server("--format", spec)
                self.assert_answers(self.connect(server), frame(SUBMIT) + spoilt + frame(SUBMIT), frame(ACK) * 2)
                self.assert_stops_well(server)

    def test_an_oversize_frame_is_discarded_where_that_is_asked_for(self):
        server = self.start_server("--format", "prefix-body:width=2,max=100,over=discard")
        peer = self.connect(server)
        peer.send((5000).to_bytes(2, "big") + bytes(5000))
        frame = len(SUBMIT).to_bytes(2, "big") + SUBMIT
        self.assert_answers(peer, frame, len(ACK).to_bytes(2, "big") + ACK)

    def test_what_breaks_a_format_ends_the_connection(self):
        for spec, bad in (("prefix-body:width=1,max=200", b"\xff"), ("varint", b"\x80\x00"), ("base64-lines", b"!!!!\n"), ("netstring", b"05:hello,"), ("http-chunk", b"5\nhello\n"), ("cobs:max=100", b"x" * 101), ("slip:max=100", b"x" * 101), ("lines:max=100", b"x" * 101),
                          ("prefix-self", b"\0\0\0\3")):
            with self.subTest(spec=spec):
                server = self.start_server("--format", spec)
                peer = self.connect(server)
                peer.send(bad)
                self.assertEqual(b"", peer.rest())
                self.assert_stops_well(server)


class Options(programs.Case):
    def assert_refused(self, *arguments, told):
        status, out, err = self.run_to_end(*arguments)
        self.assertEqual((2, ""), (status, out), err)
        self.assertRegex(err, r"\Ahawser-\w+: [^\n]+\n\Z")
        self.assertIn(told, err)

    def test_a_bad_format_is_one_line_that_says_what_is_wrong(self):
        for spec, told in (("", "unknown format"), ("tcp", "there are length-field, prefix-body"), ("varint:bytes=9", "4 or 5 bytes, not 9"),
                           ("prefix-body:width=1,max=1MiB", "max <= offset + width"), ("delimiter:0a|0a0d", "beginning of"), ("lines,max=1", "unknown")):
            with self.subTest(spec=spec):
                self.assert_refused(programs.SERVER, "--listen", "127.0.0.1:0", "--format", spec, told=told)
                self.assert_refused(programs.SWARM, "--connect", ":1", "--format", spec, told=told)

    def test_a_limit_that_the_format_cannot_have_is_refused(self):
        for spec, limit, told in (("prefix-body:width=1", "300", "256"), ("fixed:16", "8", "16"), ("marked-crc", "1MiB", "65543"),
                                  ("delimiter:0d0a", "1", "2 bytes")):
            with self.subTest(spec=spec):
                self.assert_refused(programs.SERVER, "--listen", "127.0.0.1:0", "--format", spec, "--max-frame", limit, told=told)
                self.assert_refused(programs.SWARM, "--connect", ":1", "--format", spec, "--max-frame", limit, told=told)

    def test_max_frame_is_the_limit_of_the_format(self):
        server = self.start_server("--format", "varint", "--max-frame", "64")
        peer = self.connect(server)
        peer.send(b"\x7f")
        self.assertEqual(b"", peer.rest())
        server.wait_for_line("longer than the limit")


class Disagreement(programs.Case):
    def test_a_swarm_of_another_format_fails_and_ends(self):
        server = self.start_server("--format", "varint")
        swarm = self.run_swarm(server.address, "--format", "base64-lines", "--clients", "1", "--count", "3", "--timeout", "300ms", "--quiet")
        self.assertEqual(1, swarm.process.returncode)
        self.assertEqual(0, swarm.report["acked"])
        self.assertRegex(swarm.err, r"\Ahawser-swarm: [^\n]+\n\Z")
        self.assert_stops_well(server)


if __name__ == "__main__":
    programs.main()
