"""hawser-talk, as people use it in a terminal, and as scripts use it in a pipe."""
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time

import programs
import screen

TALK = programs.path_of("hawser-talk")
PROMPT = ">>>"


def catches(program, number):
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"SigCgt:\s+(\w+)", status)[1], 16) >> (number - 1) & 1


class Talk(programs.Case):
    def setUp(self):
        super().setUp()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(programs.PATIENCE)
        self.addCleanup(self.listening.close)
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"

    def accept(self):
        """The server's end."""
        return self._adopt(self.listening.accept()[0])

    # In a terminal.

    def start_talk(self, *options, width=80):
        """In a terminal, connected, at its first prompt."""
        self.terminal = screen.Terminal(width)
        self.addCleanup(self.terminal.close)
        self.modes = self.terminal.modes()
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        talk = self.start(TALK, "--connect", self.address, *options, stdin=self.terminal.slave,
                          stdout=self.terminal.slave, env=environment, **self.terminal.own)
        peer = self.accept()
        self.wait_for_lines(*self.rows(self.connected()), PROMPT)
        return talk, peer

    def connected(self):
        return f"-- connected to {self.address}; q leaves, :help says more"

    def rows(self, text):
        """As the screen breaks it."""
        return [text[at:at + self.terminal.width].rstrip() for at in range(0, len(text), self.terminal.width)]

    def wait_for_lines(self, *wanted):
        """Until the screen ends with these."""
        def there():
            self.terminal.update()
            return self.terminal.lines[-len(wanted):] == list(wanted)

        try:
            programs.until(there, f"{wanted}", programs.PATIENCE)
        except AssertionError as late:
            raise AssertionError(f"{late}; the screen is\n" + "\n".join(self.terminal.lines)) from None

    def assert_left(self, talk, status, *last_lines):
        self.assertEqual(status, talk.status(), talk.err)
        self.assertEqual(self.modes, self.terminal.modes())
        self.wait_for_lines(*last_lines)
        self.assertEqual(0, self.terminal.column, "what comes next begins a line")

    # In a pipe.

    def pipe(self, text, *options):
        """With this as its input, which ends then."""
        path = self.folder / "input"
        path.write_bytes(text)
        with open(path, "rb") as reading:
            return self.start(TALK, "--connect", self.address, *options, stdin=reading)


class InATerminal(Talk):
    def test_a_line_goes_out_as_a_frame_and_the_reply_stands_below_it(self):
        talk, peer = self.start_talk()
        self.terminal.type("hello\r")
        self.assertEqual(b"hello\n", peer.receive(6))
        peer.send(b"HELLO\r\nand more\n")
        self.wait_for_lines(">>> hello", "<<< HELLO", "<<< and more", PROMPT)

    def test_q_and_quit_and_ctrl_d_leave(self):
        for word, shown in (("q\r", ">>> q"), ("quit\r", ">>> quit"), ("  quit \r", ">>>   quit"), ("\x04", self.connected())):
            talk, peer = self.start_talk()
            self.terminal.type(word)
            self.assertEqual(b"", peer.rest())
            peer.close()
            self.assert_left(talk, 0, shown)

    def test_what_was_said_last_arrives_before_it_leaves(self):
        talk, peer = self.start_talk()
        self.terminal.type("one\rtwo\rquit\rnever\r")
        self.assertEqual(b"one\ntwo\n", peer.rest())
        peer.close()
        self.assertEqual(0, talk.status())

    def test_blank_lines_are_ignored(self):
        talk, peer = self.start_talk()
        self.terminal.type("\r   \r\t\rx\r")
        self.assertEqual(b"x\n", peer.receive(2))

    def test_a_reply_while_somebody_types_leaves_that_line_alone(self):
        talk, peer = self.start_talk()
        self.terminal.type("half a li")
        self.wait_for_lines(">>> half a li")
        peer.send(b"meanwhile\n")
        self.wait_for_lines("<<< meanwhile", ">>> half a li")
        self.terminal.type("ne\r")
        self.assertEqual(b"half a line\n", peer.receive(12))
        self.wait_for_lines("<<< meanwhile", ">>> half a line", PROMPT)

    def test_a_reply_leaves_alone_a_line_of_several_rows_and_the_cursor_in_it(self):
        for length in (35, 36, 37, 75, 76, 77, 100):
            talk, peer = self.start_talk(width=40)
            typed = ("0123456789" * 10)[:length]
            rows = self.rows(">>> " + typed)
            self.terminal.type(typed)
            self.wait_for_lines(*rows)
            peer.send(b"one\ntwo\n")
            self.wait_for_lines("<<< one", "<<< two", *rows)
            self.terminal.type("\x1b[D" * 20 + "X")   # left
            rows = self.rows(">>> " + typed[:-20] + "X" + typed[-20:])
            self.wait_for_lines(*rows)
            peer.send(b"three\n")
            self.wait_for_lines("<<< two", "<<< three", *rows)
            self.terminal.type("Y\r")
            self.assertEqual((typed[:-20] + "XY" + typed[-20:] + "\n").encode(), peer.receive(length + 3))
            talk.end()

    def test_a_flood_of_replies_leaves_the_line_alone(self):
        talk, peer = self.start_talk()
        self.terminal.type("I was here")
        for number in range(500):
            peer.send(b"flood %d\n" % number)
        self.wait_for_lines(*(f"<<< flood {number}" for number in range(500)), ">>> I was here")

    def test_ctrl_c_and_sigterm_leave_with_the_terminal_as_it_was(self):
        for leave in (lambda talk: self.terminal.type("\x03"), lambda talk: talk.signal(signal.SIGTERM)):
            talk, peer = self.start_talk()
            self.terminal.type("not sent")
            self.wait_for_lines(">>> not sent")
            self.assertNotEqual(self.modes, self.terminal.modes())
            leave(talk)
            self.assertEqual(b"", peer.rest())
            peer.close()
            self.assert_left(talk, 0, self.connected())

    def test_ctrl_c_leaves_while_it_connects(self):
        for _ in range(2):   # a queue that is full: further connections hang
            with socket.socket() as full:
                full.bind(("127.0.0.1", 0))
                full.listen(0)
                address = full.getsockname()
                held = [socket.socket() for _ in range(3)]
                for one in held:
                    one.setblocking(False)
                    one.connect_ex(address)
                terminal = screen.Terminal()
                talk = self.start(TALK, "--connect", f"127.0.0.1:{address[1]}", "--timeout", "1m", stdin=terminal.slave,
                                  stdout=terminal.slave, **terminal.own)
                modes = terminal.modes()
                programs.until(lambda: catches(talk, signal.SIGINT), "a handler of SIGINT")
                terminal.type("\x03")
                self.assertEqual(0, talk.status())
                self.assertEqual(modes, terminal.modes())
                terminal.close()
                for one in held:
                    one.close()

    def test_a_terminal_that_goes_away_ends_it(self):
        talk, peer = self.start_talk()
        talk.signal(signal.SIGHUP)
        self.assertEqual(b"", peer.rest())
        peer.close()
        self.assertEqual(0, talk.status())

    def test_lines_can_be_edited_and_remembered(self):
        talk, peer = self.start_talk()
        self.terminal.type("wrold\x7f\x7f\x7f\x7forld\r")          # backspace
        self.assertEqual(b"world\n", peer.receive(6))
        self.terminal.type("\x1b[A\x01hello \r")                     # up, to the front
        self.assertEqual(b"hello world\n", peer.receive(12))
        self.terminal.type("one two\x17three\r")                     # a word back
        self.assertEqual(b"one three\n", peer.receive(10))
        self.terminal.type("gr\u00fc\u00dfe \u4e16\u754c\x7f\r")
        self.assertEqual("gr\u00fc\u00dfe \u4e16\n".encode(), peer.receive(12))

    def test_keys_that_never_get_whole_do_no_harm(self):
        talk, peer = self.start_talk()
        for key in ("\x1b", "\x1b[", "\x16", "\x1bx", "\x11", "\x1b[1;5Z"):
            self.terminal.type("a")
            self.terminal.type(key)
            time.sleep(0.1)   # so that what follows is no part of it
            self.terminal.type("\x15b\r")
            self.assertEqual("b\n", peer.receive(2).decode(), repr(key))

    def test_another_size_of_the_window_keeps_the_line(self):
        talk, peer = self.start_talk()
        self.terminal.type("wide")
        self.wait_for_lines(">>> wide")
        self.terminal.resize(100)
        talk.signal(signal.SIGWINCH)
        self.terminal.type("r" * 90)
        peer.send(b"x\n")
        self.wait_for_lines("<<< x", ">>> wide" + "r" * 90)

    def test_a_peers_bytes_never_reach_the_terminal_as_they_are(self):
        talk, peer = self.start_talk()
        peer.send(b"\x1b[2J\x1b]0;mine\x07\r\x9b1m\\ \xe2\x98\xa0\n")
        self.wait_for_lines(r"<<< \x1b[2J\x1b]0;mine\x07\x0d\x9b1m\\ \xe2\x98\xa0", PROMPT)

    def test_what_a_reply_shows_can_be_typed_again(self):
        talk, peer = self.start_talk("--format", "prefix-body:width=2", width=4000)
        everything = bytes(range(256))
        peer.send(struct.pack(">H", 256) + everything)
        programs.until(lambda: self.terminal.update() or self.terminal.lines[-1] == PROMPT and "<<<" in self.terminal.lines[-2],
                       "the reply")
        self.terminal.type("\x15" + self.terminal.lines[-2].removeprefix("<<< ") + "\r")
        self.assertEqual(struct.pack(">H", 256) + everything, peer.receive(258))

    def test_bytes_can_be_typed_in_hex_and_are_shown_in_hex(self):
        talk, peer = self.start_talk("--hex", "--format", "prefix-body:width=2", "--show", "20")
        self.terminal.type(":hex 00 01ff\r")
        self.assertEqual(b"\0\3\0\1\xff", peer.receive(5))
        self.terminal.type("a\\x00\\n\\\\\r")
        self.assertEqual(b"\0\4a\0\n\\", peer.receive(6))
        peer.send(b"\0\x12" + b"hello, \x00\x1b|~\x7f\xff 1234")
        peer.send(b"\0\x19" + b"x" * 25)
        self.wait_for_lines("<<< 18 bytes",
                            "00000000  68 65 6c 6c 6f 2c 20 00  1b 7c 7e 7f ff 20 31 32 |hello, ..|~.. 12|",
                            "00000010  33 34                                            |34|",
                            "<<< 25 bytes, the first 20",
                            "00000000  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78 |xxxxxxxxxxxxxxxx|",
                            "00000010  78 78 78 78                                      |xxxx|", PROMPT)

    def test_what_cannot_be_sent_is_told_and_the_conversation_goes_on(self):
        talk, peer = self.start_talk("--format", "lines:max=16", width=300)
        for wrong, why in ((":hex 0", ":hex takes bytes"), (":hex", ":hex takes bytes"), (":hexe 00", "there is :hex"),
                           ("\\q", "behind a backslash"), ("\\x1", "behind a backslash"), ("x\\", "behind a backslash"),
                           ("a\\nb", "a body that"), ("x" * 16, "(16 bytes, and one frame has 16 at most)"),
                           ("y" * 3000, "(3000 bytes, and one frame has 16 at most)")):
            self.terminal.type(wrong + "\r")
            programs.until(lambda: self.terminal.update() or self.terminal.lines[-1] == PROMPT
                           and self.terminal.lines[-2].startswith("-- not sent: "), wrong)
            self.assertIn(why, self.terminal.lines[-2])
            self.terminal.type(f"ok {why[:2]}\r")
            self.assertEqual(f"ok {why[:2]}\n".encode(), peer.receive(6))
        self.terminal.type("x" * 15 + "\r")
        self.assertEqual(b"x" * 15 + b"\n", peer.receive(16))

    def test_help_says_what_can_be_typed(self):
        talk, peer = self.start_talk()
        self.terminal.type(":help\r")
        self.wait_for_lines(r"-- \xNN is a byte; :hex 00 01 ff sends these bytes; q, quit or Ctrl-D leaves", PROMPT)

    def test_raw_sends_lines_and_shows_what_comes_as_it_comes(self):
        talk, peer = self.start_talk("--format", "raw")
        self.terminal.type("GET\r:hex 00 0d\r")
        self.assertEqual(b"GET\n\0\r", peer.receive(6))
        peer.send(b"no end of line")
        self.wait_for_lines("<<< no end of line", PROMPT)
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nbody\x00\n")
        self.wait_for_lines("<<< HTTP/1.1 200 OK", "", r"body\x00", PROMPT)

    def test_over_udp_a_line_is_a_datagram(self):
        with socket.socket(type=socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(programs.PATIENCE)
            self.terminal = screen.Terminal()
            self.addCleanup(self.terminal.close)
            self.address = f"udp:127.0.0.1:{peer.getsockname()[1]}"
            talk = self.start(TALK, "--connect", self.address, stdin=self.terminal.slave, stdout=self.terminal.slave,
                              env={**os.environ, "TERM": "xterm"}, **self.terminal.own)
            self.wait_for_lines(self.connected(), PROMPT)
            self.terminal.type("hello\r:hex 00\r")
            data, address = peer.recvfrom(100)
            self.assertEqual([b"hello", b"\0"], [data, peer.recv(100)])
            peer.sendto(b"two\nlines", address)
            self.wait_for_lines(r"<<< two\x0alines", PROMPT)
            self.terminal.type("q\r")
            self.assertEqual(0, talk.status())

    def test_a_server_that_closes_is_told_and_ends_it(self):
        for form in ("lines", "raw"):
            talk, peer = self.start_talk("--format", form)
            self.terminal.type("half")
            self.wait_for_lines(">>> half")
            peer.send(b"bye\n")
            peer.close()
            self.assert_left(talk, 1, "<<< bye", f"-- {self.address} closed the connection")

    def test_a_connection_that_is_reset_or_ends_inside_a_frame_is_told(self):
        for form, end, why in (("lines", lambda peer: peer.reset(), "reset by peer"), ("raw", lambda peer: peer.reset(), "reset by peer"),
                               ("lines", lambda peer: (peer.send(b"half"), peer.close()), "")):
            talk, peer = self.start_talk("--format", form, width=200)
            end(peer)
            self.assertEqual(1, talk.status())
            self.assertEqual(self.modes, self.terminal.modes())
            self.terminal.update()
            self.assertIn(f"-- the connection to {self.address} is lost: ", self.terminal.lines[-1])
            self.assertIn(why, self.terminal.lines[-1])

    def test_what_is_no_frame_is_shown_and_ends_it(self):
        talk, peer = self.start_talk("--format", "prefix-self:max=64KiB", width=200)
        peer.send(b"\0\0\0\x06ok" + b"HTTP/1.1 400 Bad Request\r\n")
        self.assertEqual(1, talk.status())
        self.terminal.update()
        self.assertEqual("<<< ok", self.terminal.lines[-2])
        self.assertRegex(self.terminal.lines[-1], r"^-- what came is no frame of this format: .*\(offset 6: HTTP/1\.1 400 Bad\)$")

    def test_nobody_there_is_told(self):
        self.listening.close()
        self.terminal = screen.Terminal()
        self.addCleanup(self.terminal.close)
        self.modes = self.terminal.modes()
        talk = self.start(TALK, "--connect", self.address, stdin=self.terminal.slave, stdout=self.terminal.slave,
                          **self.terminal.own)
        self.assert_left(talk, 1, f"-- cannot connect to {self.address}: Connection refused")


class InAPipe(Talk):
    def assert_said(self, talk, status, out, err=""):
        self.assertEqual(status, talk.status(), talk.err)
        self.assertEqual(out, talk.out)
        self.assertEqual(err, talk.err)

    def test_lines_go_out_and_replies_go_to_standard_output_without_a_prompt(self):
        talk = self.pipe(b"one\n\n two\r\nthree")
        peer = self.accept()
        self.assertEqual(b"one\n two\nthree\n", peer.rest())
        peer.send(b"1\n\x1b2\n")
        peer.close()
        self.assert_said(talk, 0, "1\n\\x1b2\n")

    def test_it_waits_for_replies_but_not_for_ever(self):
        talk = self.pipe(b"one\n", "--linger", "300ms")
        peer = self.accept()
        self.assertEqual(b"one\n", peer.rest())
        begun = time.monotonic()
        peer.send(b"1\n")
        self.assert_said(talk, 0, "1\n")
        self.assertLess(time.monotonic() - begun, programs.PATIENCE)

    def test_replies_come_at_once_while_the_input_is_open(self):
        reading, writing = os.pipe()
        with os.fdopen(writing, "wb", buffering=0) as typed:
            talk = self.start(TALK, "--connect", self.address, "--hex", stdin=reading)
            os.close(reading)
            peer = self.accept()
            for number in range(3):
                typed.write(b"line %d\n" % number)
                self.assertEqual(b"line %d\n" % number, peer.receive(7))
                peer.send(b"%d\n" % number)
                programs.until(lambda: talk.out.count("|\n") == number + 1, "the reply")
            typed.write(b"quit\nnever\n")
            self.assertEqual(b"", peer.rest())
            peer.send(b"last\n")
            peer.close()
            self.assertEqual(0, talk.status())
            self.assertTrue(talk.out.endswith("|last|\n"), talk.out)

    def test_nothing_is_lost_of_a_long_input(self):
        lines = b"".join(b"line %d\n" % number for number in range(50_000))
        for form in ("lines", "raw"):
            server = self.start(programs.path_of("echo-server"), "--listen", "127.0.0.1:0", "--port-file",
                                self.folder / form, "--format", form)
            programs.until((self.folder / form).exists, "the port file")
            self.address = "127.0.0.1:" + (self.folder / form).read_text().strip()
            talk = self.pipe(lines, "--format", form, "--linger", f"{programs.PATIENCE}s")
            self.assertEqual(0, talk.status(2 * programs.PATIENCE), talk.err)
            said = talk.out.encode()
            if form == "raw":   # shown as it came, which may be cut anywhere
                lines, said = lines.replace(b"\n", b""), said.replace(b"\n", b"")
            self.assertTrue(lines == said, (len(lines), len(said)))
            server.signal(signal.SIGTERM)
            self.assertEqual(0, server.status())

    def test_lines_that_are_too_long_are_told_and_the_others_sent(self):
        talk = self.pipe(b"x" * 16 + b"\ngood\n" + b"y" * 1_000_000 + b"\nbetter\n" + b"z" * 1_000_000, "--format", "lines:max=16")
        peer = self.accept()
        self.assertEqual(b"good\nbetter\n", peer.rest())
        peer.close()
        self.assertEqual(0, talk.status())
        self.assertEqual(3, talk.err.count("hawser-talk: not sent: "), talk.err)
        self.assertEqual(3, talk.err.count("\n"), talk.err)

    def test_a_server_that_closes_before_the_end_of_the_input_is_status_1(self):
        talk = self.start(TALK, "--connect", self.address, stdin=subprocess.PIPE)
        self.addCleanup(talk.process.stdin.close)
        self.accept().close()
        self.assert_said(talk, 1, "", f"hawser-talk: {self.address} closed the connection\n")

    def test_a_connection_that_is_reset_or_refused_is_status_1(self):
        talk = self.start(TALK, "--connect", self.address, stdin=subprocess.PIPE)
        self.addCleanup(talk.process.stdin.close)
        peer = self.accept()
        talk.process.stdin.write(b"x\n")
        talk.process.stdin.flush()
        self.assertEqual(b"x\n", peer.receive(2))
        peer.reset()
        self.assert_said(talk, 1, "", f"hawser-talk: the connection to {self.address} is lost: Connection reset by peer\n")
        self.listening.close()
        self.assert_said(self.pipe(b"x\n"), 1, "", f"hawser-talk: cannot connect to {self.address}: Connection refused\n")

    def test_a_signal_to_end_ends_it_with_status_1(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            talk = self.start(TALK, "--connect", self.address, stdin=subprocess.PIPE)
            self.addCleanup(talk.process.stdin.close)
            peer = self.accept()
            talk.signal(number)
            self.assertEqual(b"", peer.rest())
            peer.close()
            self.assert_said(talk, 1, "")

    def test_bad_options_are_one_line_and_status_2(self):
        for options in ((), ("--connect", "x"), ("--connect", ":1", "--format", "rope"), ("--connect", ":1", "--linger", "x")):
            status, out, err = self.run_to_end(TALK, *options)
            self.assertEqual((2, "", 1), (status, out, err.count("\n")), err)


if __name__ == "__main__":
    programs.main()
