"""The servers to start from, and echo-load: lines, frames and bytes, over TCP and Unix sockets."""
import fcntl
import pathlib
import re
import resource
import select
import signal
import socket
import struct
import termios
import unittest

import programs

BROADCAST = programs.path_of("broadcast-server")
ECHO = programs.path_of("echo-server")
UPPER = programs.path_of("upper-server")
QPS = programs.path_of("echo-qps-server")
UDP = programs.path_of("udp-echo-server")
UNIX = programs.path_of("unix-echo-server")
LOAD = programs.path_of("echo-load")


class Starters(programs.Case):
    def start_starter(self, path, *options, listen=("127.0.0.1:0",)):
        server = self.start(path, *(word for one in listen for word in ("--listen", one)),
                            "--port-file", self.folder / "port", *options)
        programs.until(lambda: (self.folder / "port").exists() or server.process.poll() is not None, "the port file")
        self.assertIsNone(server.process.poll(), server.err)
        server.ports = [int(line) for line in (self.folder / "port").read_text().split()]
        server.port = server.ports[0] if server.ports else None
        return server

    def assert_stops(self, server):
        server.signal(signal.SIGTERM)
        self.assertEqual(0, server.status(), server.err)

    def assert_ends(self, peer, sent=b""):
        peer.send(sent)
        peer.close_write()
        self.assertEqual(b"", peer.rest())


class Echo(Starters):
    def fill(self, peer):
        """Sends and reads nothing, until nothing more goes in; how much that was."""
        sent = 0
        peer.socket.setblocking(False)
        while select.select([], [peer.socket], [], 0.2)[1]:
            sent += peer.socket.send(bytes(1 << 16))
        peer.socket.settimeout(programs.PATIENCE)
        return sent

    def unread(self, peer):
        """How much of what was sent the server has not read: it is still here, or waits in the kernel there."""
        here = struct.unpack("i", fcntl.ioctl(peer.socket, termios.TIOCOUTQ, bytes(4)))[0]
        ends = [f"0100007F:{port:04X}" for _, port in (peer.socket.getpeername(), peer.socket.getsockname())]
        rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()]
        there = [int(row[4].partition(":")[2], 16) for row in rows if row[1:3] == ends]
        self.assertEqual(1, len(there))
        return here + there[0]

    def test_many_lines_in_one_segment_come_back_in_order(self):
        lines = b"".join(b"line %d\n" % number for number in range(5000))
        server = self.start_starter(ECHO)
        peer = self.connect(server)
        self.assert_answers(peer, lines, lines)
        self.assert_ends(peer)
        self.assert_stops(server)

    def test_a_line_may_come_in_pieces_and_end_in_cr_lf(self):
        peer = self.connect(self.start_starter(ECHO))
        for letter in b"slowly\r":
            peer.send(bytes([letter]))
        self.assert_answers(peer, b"\n", b"slowly\n")
        self.assert_answers(peer, b"\n\r\n", b"\n\n")

    def test_a_line_over_the_limit_ends_its_connection_only(self):
        server = self.start_starter(ECHO, "--format", "lines:max=64")
        other, peer = self.connect(server), self.connect(server)
        self.assert_answers(peer, b"x" * 63 + b"\n", b"x" * 63 + b"\n")
        peer.send(b"x" * 64)
        self.assertEqual(b"", peer.rest())
        self.assert_answers(other, b"still here\n", b"still here\n")

    def test_a_line_of_a_mebibyte_comes_back(self):
        peer = self.connect(self.start_starter(ECHO))
        line = b"m" * (1024 * 1024 - 1) + b"\n"
        self.assert_answers(peer, line, line)

    def test_it_echoes_frames_of_any_format(self):
        peer = self.connect(self.start_starter(ECHO, "--format", "prefix-body:width=2"))
        frames = b"".join(struct.pack(">H", size) + b"\n" * size for size in (0, 1, 500))
        self.assert_answers(peer, frames, frames)

    def test_raw_gives_every_byte_back_without_waiting_for_the_end_of_a_line(self):
        server = self.start_starter(ECHO, "--format", "raw")
        peer = self.connect(server)
        for data in (b"no end of line", b"\0\xff\r\n", bytes(range(256)) * 256):
            self.assert_answers(peer, data, data)
        self.assert_ends(peer)
        self.connect(server).reset()
        waiting = self.connect(server)
        self.assert_answers(waiting, b"x", b"x")
        self.assert_stops(server)
        self.assertEqual(b"", waiting.rest())

    def test_raw_gives_back_what_it_had_read_when_it_is_told_to_stop(self):
        server = self.start_starter(ECHO, "--format", "raw")
        idle, peer = self.connect(server), self.connect(server)
        sent = self.fill(peer)
        read = sent - self.unread(peer)
        server.signal(signal.SIGTERM)
        self.assertEqual(b"", idle.rest())   # so the stop has begun
        self.assertGreaterEqual(len(peer.rest()), read)
        self.assertEqual(0, server.status(), server.err)

    def test_raw_cuts_who_does_not_take_what_it_had_read(self):
        server = self.start_starter(ECHO, "--format", "raw")
        deaf = self.connect(server)
        self.fill(deaf)
        server.signal(signal.SIGTERM)
        self.assertEqual(3, server.status(), server.err)   # as the answers were lost

    def test_a_silent_client_is_left(self):
        for form in ("lines", "raw"):
            server = self.start_starter(ECHO, "--format", form, "--idle-timeout", "200ms")
            peer = self.connect(server)
            self.assert_answers(peer, b"x\n", b"x\n")
            self.assertEqual(b"", peer.rest())
            (self.folder / "port").unlink()

    def test_it_listens_in_two_places(self):
        path = self.folder / "socket"
        for form in ("lines", "raw"):
            server = self.start_starter(ECHO, "--format", form, listen=["127.0.0.1:0", f"unix:{path}", "127.0.0.1:0"])
            self.assertEqual(2, len(server.ports))
            for peer in [self.connect(server, port=port) for port in server.ports] + [self.connect_unix(path)]:
                self.assert_answers(peer, b"ahoy\n", b"ahoy\n")
            self.assertEqual(3, server.err.count("echo-server: listening on "))
            self.assert_stops(server)
            self.assertFalse(path.exists())

    def test_a_place_that_is_taken_is_one_line_and_status_1(self):
        server = self.start_starter(ECHO)
        for form in ("lines", "raw"):
            status, _, err = self.run_to_end(ECHO, "--listen", f"127.0.0.1:{server.port}", "--format", form)
            self.assertEqual(1, status)
            self.assertRegex(err, rf"\Aecho-server: .*127\.0\.0\.1:{server.port}.*\n\Z")

    def test_a_format_that_there_is_not_is_one_line_and_status_2(self):
        for program, form in ((ECHO, "rope"), (ECHO, "raw:max=3"), (QPS, "raw"), (LOAD, "rope")):
            status, _, err = self.run_to_end(program, "--format", form)
            self.assertEqual((2, 1), (status, err.count("\n")), err)


class Upper(Starters):
    def test_it_answers_in_upper_case(self):
        peer = self.connect(self.start_starter(UPPER))
        self.assert_answers(peer, b"Ahoy, 3 M\xc3\xbctter!\nz{a`\n", b"AHOY, 3 M\xc3\xbcTTER!\nZ{A`\n")

    def test_quit_is_answered_and_ends_the_connection(self):
        server = self.start_starter(UPPER)
        for quit_in in (b"quit\n", b"Quit\r\n"):
            peer, other = self.connect(server), self.connect(server)
            peer.send(b"quite\n" + quit_in + b"never read\n")
            self.assertEqual(b"QUITE\nQUIT\n", peer.rest())
            self.assert_answers(other, b"ok\n", b"OK\n")
        self.assert_stops(server)

    def test_raw_knows_no_quit(self):
        peer = self.connect(self.start_starter(UPPER, "--format", "raw"))
        self.assert_answers(peer, b"quit\n", b"QUIT\n")
        self.assert_answers(peer, b"more", b"MORE")


class EchoQps(Starters):
    def rates(self, server):
        return [(int(rate), int(open_ones)) for rate, open_ones in
                re.findall(r"^(\d+) queries a second, (\d+) connections$", server.out, re.M)]

    def test_it_says_each_second_how_many_frames_it_echoed_also_when_there_are_none(self):
        server = self.start_starter(QPS)
        peer = self.connect(server)
        lines = b"".join(b"%d\n" % number for number in range(1000))
        self.assert_answers(peer, lines, lines)
        programs.until(lambda: any(rate > 0 for rate, _ in self.rates(server)), "a line with a rate")
        programs.until(lambda: self.rates(server)[-1] == (0, 1), "a line of the second without load")
        peer.close()
        programs.until(lambda: self.rates(server)[-1] == (0, 0), "a line without connections")
        self.assertAlmostEqual(1000, sum(rate for rate, _ in self.rates(server)), delta=400)   # rates, not counts
        self.assert_stops(server)


class UnixEcho(Starters):
    def test_it_echoes_over_a_socket_file_and_removes_it(self):
        path = self.folder / "echo.sock"
        server = self.start_starter(UNIX, listen=[f"unix:{path}"])
        self.assertEqual([], server.ports)
        self.assert_answers(self.connect_unix(path), b"ahoy\n", b"ahoy\n")
        self.assert_stops(server)
        self.assertFalse(path.exists())

    def test_it_replaces_a_file_that_nobody_answers_on(self):
        path = self.folder / "echo.sock"
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
        server = self.start_starter(UNIX, listen=[f"unix:{path}"])
        self.assert_answers(self.connect_unix(path), b"ahoy\n", b"ahoy\n")
        self.assert_stops(server)


class UdpEcho(Starters):
    def udp(self, host="127.0.0.1"):
        made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(made.close)
        made.bind((host, 0))
        made.settimeout(programs.PATIENCE)
        return made

    def assert_echoes(self, peer, port, data, host="127.0.0.1"):
        peer.sendto(data, (host, port))
        self.assertEqual(b"= " + data, peer.recv(1 << 17))

    def test_each_datagram_goes_back_whole_to_who_sent_it(self):
        server = self.start_starter(UDP, listen=["udp:127.0.0.1:0"])
        one, other = self.udp(), self.udp()
        for data in (b"ahoy", b"", b"\n", bytes(range(256)), b"x" * 65505):
            self.assert_echoes(one, server.port, data)
            self.assert_echoes(other, server.port, data[::-1])
        self.assert_stops(server)

    def test_it_listens_in_two_places_and_over_both_families(self):
        server = self.start_starter(UDP, listen=["udp::0", "udp4:127.0.0.1:0"])
        for port in server.ports:
            self.assert_echoes(self.udp(), port, b"ahoy")
        if programs.has_ipv6():
            self.assert_echoes(self.udp("::1"), server.ports[0], b"ahoy", "::1")
        self.assertEqual(2, server.err.count("udp-echo-server: listening on udp"))

    def test_a_sender_that_has_gone_harms_nobody(self):
        server = self.start_starter(UDP, listen=["udp:127.0.0.1:0"])
        for _ in range(20):
            gone = self.udp()
            gone.sendto(b"x", ("127.0.0.1", server.port))
            gone.close()
        self.assert_echoes(self.udp(), server.port, b"still here")

    def test_an_answer_is_not_answered_whoever_it_is_from(self):
        server = self.start_starter(UDP, listen=["udp:127.0.0.1:0"])
        other = self.udp()   # a second server, as this one sees it
        other.sendto(b"= for ever", ("127.0.0.1", server.port))
        self.assert_echoes(self.udp(), server.port, b"behind it")
        other.setblocking(False)
        self.assertRaises(BlockingIOError, other.recv, 100)

    def test_what_is_too_long_to_be_answered_whole_is_not_answered(self):
        server = self.start_starter(UDP, listen=["udp:127.0.0.1:0"])
        peer = self.udp()
        peer.sendto(b"x" * 65506, ("127.0.0.1", server.port))
        self.assert_echoes(peer, server.port, b"behind it")

    def test_an_address_that_is_not_of_udp_is_one_line_and_status_1(self):
        status, _, err = self.run_to_end(UDP, "--listen", "127.0.0.1:0")
        self.assertEqual((1, 1), (status, err.count("\n")), err)


class Broadcast(Starters):
    def enter(self, server, *others):
        """A connection that all others have heard come."""
        peer = self.connect(server)
        for other in others:
            self.assertRegex(self.line(other), rb"^-- guest \d+ has come\n$")
        if not others:   # nobody hears it; so it hears itself through a second one that comes and goes
            self.connect(server).close()
            for what in (b"come", b"left"):
                self.assertEqual(b"-- guest 2 has " + what + b"\n", self.line(peer))
        return peer

    def line(self, peer):
        heard = b""
        while not heard.endswith(b"\n"):
            heard += peer.receive(1)
        return heard

    def test_what_one_says_all_others_hear_and_it_does_not(self):
        server = self.start_starter(BROADCAST)
        one = self.enter(server)
        two = self.enter(server, one)
        three = self.enter(server, one, two)
        one.send(b"ahoy\r\nsecond\n")
        for other in (two, three):
            self.assertEqual([b"guest 1: ahoy\n", b"guest 1: second\n"], [self.line(other), self.line(other)])
        two.send(b"hello\n")
        self.assertEqual(b"guest 3: hello\n", self.line(one))
        self.assertEqual(b"guest 3: hello\n", self.line(three))
        two.send(b"once more\n")
        self.assertEqual(b"guest 3: once more\n", self.line(one), "and nothing of its own in between")
        self.assert_stops(server)

    def test_who_gives_a_name_is_known_by_it_and_all_hear_it_leave(self):
        server = self.start_starter(BROADCAST)
        one = self.enter(server)
        two = self.enter(server, one)
        two.send(b"/name ada\nahoy\n/name " + b"x" * 100 + b"\n")
        self.assertEqual([b"-- guest 3 is now ada\n", b"ada: ahoy\n", b"-- ada is now " + b"x" * 32 + b"\n"],
                         [self.line(one) for _ in range(3)])
        two.close()
        self.assertEqual(b"-- " + b"x" * 32 + b" has left\n", self.line(one))

    def test_who_does_not_listen_holds_up_nobody_and_costs_bounded_memory(self):
        server = self.start_starter(BROADCAST)
        one = self.enter(server)
        deaf = self.enter(server, one)
        listener = self.enter(server, one, deaf)
        lines, size = 20_000 if programs.SLOW == 1 else 4000, 1000
        before = self.memory(server)
        heard = 0
        for batch in range(20):   # as much at a time as the listener surely keeps up with
            count = lines // 20
            one.send(b"".join(b"%0*d\n" % (size - 1, number) for number in range(count)))
            for _ in range(count):
                heard += len(listener.receive(size + len("guest 1: "))) == size + len("guest 1: ")
        self.assertEqual(lines, heard)
        if not programs.SANITIZER:
            self.assertLess(self.memory(server) - before, 8 * 1024 * 1024, "twenty times that was said")
        listener.send(b"are you all there?\n")
        self.assertEqual(b"guest 4: are you all there?\n", self.line(one))
        self.assert_stops_at_all(server)

    def memory(self, server):
        with open(f"/proc/{server.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) * 1024

    # The deaf one does not take what waits for it, so it may have to be cut: status 3.
    def assert_stops_at_all(self, server):
        server.signal(signal.SIGTERM)
        server.signal(signal.SIGTERM)
        self.assertIn(server.status(), (0, 3), server.err)


class Signals(Starters):
    def test_raw_bytes_and_datagrams_are_served_until_a_signal_to_end_and_no_other_one_ends_them(self):
        for path, options, listen in ((ECHO, (), "127.0.0.1:0"), (ECHO, ("--format", "raw"), "127.0.0.1:0"), (UDP, (), "udp:127.0.0.1:0")):
            for number in (signal.SIGTERM, signal.SIGINT):
                server = self.start_starter(path, *options, listen=(listen,))
                for stray in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
                    server.signal(stray)
                server.signal(number)
                server.signal(number)   # the same one, passed on by two
                self.assertEqual(0, server.status(), server.err)
                self.assertFalse((self.folder / "port").exists())


class EchoLoad(Starters):
    def load(self, *options):
        return self.run_to_end(LOAD, *options, seconds=4 * programs.PATIENCE)

    def summary(self, out):
        time_ = r"(?:\S+ .s|-)"
        found = re.fullmatch(r"(\d+) clients(?: \(\d+ never connected\))?: (\d+) requests, (\d+) right, (\d+) wrong; (\d+|-) a second over [\d.]+ s\n"
                             rf"latency: p50 {time_}, p90 {time_}, p99 {time_}, max {time_}\n", out)
        self.assertTrue(found, out)
        self.assertEqual(int(found[3]) < 10, found[5] == "-", "a rate of so few")
        return [int(number) for number in found.groups()[:4]]

    def test_more_clients_than_descriptors_at_first_raise_the_limit(self):
        server = self.start_starter(ECHO)
        load = self.start(LOAD, "--connect", f":{server.port}", "--clients", "90", "--count", "1",
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128)))
        self.assertEqual(0, load.status(), load.err)
        self.assertEqual([90, 90, 90, 0], self.summary(load.out))

    def test_every_byte_comes_back_in_every_format(self):
        for form in ("lines", "raw", "varint", "base64-lines", "marked-crc", "netstring", "http-chunk", "cobs", "slip"):
            server = self.start_starter(ECHO, "--format", form)
            status, out, err = self.load("--connect", f":{server.port}", "--clients", "20", "--count", "50", "--size", "1000",
                                         "--format", form)
            self.assertEqual((0, [20, 1000, 1000, 0]), (status, self.summary(out)), (form, err))
            self.assert_stops(server)

    def test_what_is_larger_than_any_kernel_buffer_comes_back(self):
        server = self.start_starter(ECHO, "--format", "raw")
        for size in ("1", "8MiB"):
            status, out, err = self.load("--connect", f":{server.port}", "--clients", "2", "--count", "2", "--size", size,
                                         "--format", "raw", "--timeout", f"{programs.PATIENCE}s")
            self.assertEqual((0, [2, 4, 4, 0]), (status, self.summary(out)), err)

    def test_a_duration_ends_it(self):
        server = self.start_starter(ECHO)
        status, out, err = self.load("--connect", f":{server.port}", "--clients", "5", "--duration", "300ms")
        clients, requests, right, wrong = self.summary(out)
        self.assertEqual((0, 5, right, 0), (status, clients, requests, wrong), err)

    def test_a_server_that_answers_something_else_is_status_1(self):
        server = self.start_starter(UPPER)
        status, out, err = self.load("--connect", f":{server.port}", "--clients", "3", "--count", "4")
        self.assertEqual((1, [3, 12, 0, 12]), (status, self.summary(out)))
        self.assertEqual("echo-load: what came back is not what was sent\n", err)

    def test_a_server_that_does_not_answer_is_status_1(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            status, out, err = self.load("--connect", f":{mute.getsockname()[1]}", "--clients", "3", "--timeout", "200ms")
        self.assertEqual((1, [3, 3, 0, 0]), (status, self.summary(out)))
        self.assertIn("\nlatency: p50 -, p90 -, p99 -, max -\n", out)
        self.assertIn("an answer is missing", err)

    def test_nobody_there_is_status_1(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            status, out, err = self.load("--connect", f"127.0.0.1:{bound.getsockname()[1]}", "--clients", "2")
        self.assertEqual((1, [2, 0, 0, 0]), (status, self.summary(out)))
        self.assertIn("2 clients (2 never connected): ", out)
        self.assertIn("cannot connect to 127.0.0.1", err)

    @unittest.skipIf("undefined" in programs.SANITIZER, "that sanitizer needs descriptors for itself")
    def test_clients_that_never_connected_are_counted_and_are_status_1(self):
        server = self.start_starter(ECHO)
        load = self.start(LOAD, "--connect", f":{server.port}", "--clients", "40", "--count", "20",
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)))
        self.assertEqual(1, load.status(), load.err)
        never = re.match(r"40 clients \((\d+) never connected\): ", load.out)
        self.assertTrue(never, load.out)
        self.assertTrue(8 < int(never[1]) < 40, load.out)
        asked = 20 * (40 - int(never[1]))
        self.assertEqual([40, asked, asked, 0], self.summary(load.out))
        self.assertIn("cannot connect to", load.err)

    def test_options_that_make_no_sense_are_one_line_and_status_2(self):
        connect = ("--connect", ":1")
        for options in ((), (*connect, "--size", "0"), (*connect, "--format", "fixed:8"), (*connect, "--count", "0"),
                        (*connect, "--clients", "0"), (*connect, "--format", "lines:max=16")):
            status, _, err = self.load(*options)
            self.assertEqual((2, 1), (status, err.count("\n")), err)


if __name__ == "__main__":
    programs.main()
