"""Who gets in, who is turned away, and what happens when descriptors run out."""
import pathlib
import re
import resource
import select
import socket
import time
import unittest

import programs
import wire

IPV6 = programs.has_ipv6()


class Door(programs.Case):
    def is_served(self, server):
        """A newcomer, who leaves again."""
        peer = None
        try:
            peer = self.connect(server)
            peer.send(wire.submit(wire.serial(1)))
            return len(peer.receive(14)) == 14
        except ConnectionError:
            return False
        finally:
            if peer:
                peer.close()


class Limits(Door):
    def test_who_comes_when_the_server_is_full_is_turned_away_and_the_next_one_after_an_end_is_not(self):
        server = self.start_server("--max-connections", "2")
        first, second = self.connect(server), self.connect(server)
        self.assert_serves(first)
        self.assert_serves(second)
        self.assert_turned_away(server)
        server.wait_for_line(r" warning connection from 127.0.0.1:\d+ refused: too many connections$")
        first.close()
        server.wait_for_line("connection 1 .* ended")
        third = self.connect(server)
        self.assert_serves(third)
        self.assert_serves(second)
        second.close(), third.close()
        self.assert_stops_well(server)
        self.assertEqual(1, len(server.lines("refused:")))
        server.wait_for_line(r"server stopped: .*; 0 unanswered; 1 refused \(1 server full\)$")

    def test_connections_are_counted_before_they_say_anything(self):
        server = self.start_server("--max-connections", "1")
        silent = self.connect(server)
        self.assert_turned_away(server)
        self.assert_serves(silent)

    def test_an_address_is_limited_and_others_are_not(self):
        server = self.start_server("--max-per-address", "2", listen=[":0", f"unix:{self.folder}/socket"])
        for peer in (self.connect(server), self.connect(server)):
            self.assert_serves(peer)
        self.assert_turned_away(server)
        server.wait_for_line("connection from 127.0.0.1:.* refused: too many connections from one address")
        other = socket.create_connection(("127.0.0.1", server.port), programs.PATIENCE, ("127.0.0.2", 0))
        self.assert_serves(self._adopt(other))
        for _ in range(3):
            self.assert_serves(self.connect_unix(self.folder / "socket"))
        if IPV6:
            for _ in range(2):
                self.assert_serves(self.connect(server, "::1"))
            self.assert_turned_away(server, "::1")

    def test_an_address_that_connects_too_often_is_turned_away(self):
        server = self.start_server("--accept-rate", "0.01")
        first = self.connect(server)
        self.assert_serves(first)
        first.close()
        self.assert_turned_away(server)
        server.wait_for_line("refused: connections too often from one address")

    def test_a_rate_fills_up_again(self):
        server = self.start_server("--accept-rate", "2")
        begun = time.monotonic()
        served = 0
        while served < 5:
            served += self.is_served(server)
            time.sleep(0.01)
        self.assertGreater(time.monotonic() - begun, 1.4)   # two at once, then one each half second

    def test_only_those_allowed_get_in_and_deny_has_the_last_word(self):
        server = self.start_server("--allow", "127.0.0.0/24", "--allow", "10.0.0.0/8", "--deny", "127.0.0.9",
                                   "--deny", "127.0.0.10/31", listen=[":0", f"unix:{self.folder}/socket"])

        def connect_from(address):
            return self._adopt(socket.create_connection(("127.0.0.1", server.port), programs.PATIENCE, (address, 0)))

        self.assert_serves(self.connect(server))
        self.assert_serves(connect_from("127.0.0.8"))
        for address in ("127.0.0.9", "127.0.0.10", "127.0.0.11", "127.0.1.1"):
            self.assert_turned_away(server, source=(address, 0))
            server.wait_for_line(rf"connection from {re.escape(address)}:\d+ refused: address not allowed")
        self.assert_serves(self.connect_unix(self.folder / "socket"))
        if IPV6:
            self.assert_turned_away(server, "::1")

    def test_ipv4_and_ipv6_are_told_apart_on_one_listener(self):
        if not IPV6:
            self.skipTest("no IPv6 here")
        server = self.start_server("--deny", "127.0.0.0/8", listen=[":0"])
        self.assert_turned_away(server)
        self.assert_serves(self.connect(server, "::1"))
        server = self.start_server("--deny", "::/0", listen=[":0"])
        self.assert_turned_away(server, "::1")
        self.assert_serves(self.connect(server))

    def test_a_flood_of_refused_peers_does_not_fill_the_log(self):
        server = self.start_server("--deny", "127.0.0.1")
        flood = 300
        begun = time.monotonic()
        for _ in range(flood):
            self.assert_turned_away(server)
        self.assertEqual(0, server.stop())
        lines = server.lines("connection from .* refused: ")
        self.assertLessEqual(len(lines), 10 * (time.monotonic() - begun + 1))
        left_out = sum(int(count) for count in re.findall(r"and (\d+) more: connections refused: ", server.err))
        self.assertEqual(flood, len(lines) + left_out)

    def test_options_that_make_no_sense_are_one_clear_line(self):
        for option, value in (("--max-connections", "0"), ("--max-connections", "many"), ("--max-per-address", "-1"),
                              ("--accept-rate", "0"), ("--accept-rate", "0.0000001"), ("--allow", "127.0.0.1/33"),
                              ("--deny", "localhost"), ("--deny", "10.0.0.1/8")):
            status, _, err = self.run_to_end(programs.SERVER, option, value)
            self.assertEqual(2, status, (option, value))
            self.assertRegex(err, r"\Ahawser-server: [^\n]+\n\Z")


def soft_limit(pid):
    limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
    return re.search(r"Max open files\s+(\d+)\s", limits)[1]


class Hammer:
    """Connects again and again, up to so many at a time; what ends is replaced."""

    def __init__(self, port, clients):
        self.port, self.clients = port, clients
        self.poll = select.poll()
        self.open = {}
        self.turned_away = 0

    def connect(self):
        made = socket.socket()
        made.setblocking(False)
        made.connect_ex(("127.0.0.1", self.port))
        self.open[made.fileno()] = made
        self.poll.register(made, select.POLLIN)

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while len(self.open) < self.clients:
                self.connect()
            for descriptor, _ in self.poll.poll(50):
                self.poll.unregister(descriptor)
                self.open.pop(descriptor).close()
                self.turned_away += 1

    def stop(self):
        for one in self.open.values():
            one.close()
        self.open.clear()


class Descriptors(Door):
    def limited_to(self, soft, hard):
        return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))}

    def test_the_soft_limit_is_raised_to_the_hard_one(self):
        server = self.start_server(**self.limited_to(200, 300))
        self.assertEqual("300", soft_limit(server.process.pid))

    def test_with_few_descriptors_the_limit_on_connections_leaves_some_for_the_rest(self):
        server = self.start_server("--threads", "1", **self.limited_to(100, 100))
        peers = [self.connect(server) for _ in range(50)]
        for peer in peers:
            self.assert_serves(peer)
        self.assert_turned_away(server)
        server.wait_for_line("refused: too many connections$")
        self.assertEqual([], server.lines("cannot accept"))

    @unittest.skipIf("undefined" in programs.SANITIZER, "that sanitizer needs descriptors for itself")
    def test_when_none_is_left_others_are_turned_away_and_get_in_when_some_come_free(self):
        server = self.start_server("--threads", "1", "--max-connections", "1000")
        room = 5
        server.limit_descriptors(room)
        peers = [self.connect(server) for _ in range(room)]
        for peer in peers:
            self.assert_serves(peer)
        for _ in range(10):
            self.assert_turned_away(server)
        server.wait_for_line("refused: no descriptor left")
        for peer in peers:
            self.assert_serves(peer, 2)
        peers.pop().close()
        server.wait_for_line("ended: peer closed")
        late = self.connect(server)
        self.assert_serves(late)
        self.assert_turned_away(server)
        for peer in peers + [late]:
            peer.close()
        self.assert_stops_well(server)

    def hammer(self, server, room):
        good = [self.connect(server) for _ in range(room)]
        for peer in good:
            self.assert_serves(peer)
        hammer = Hammer(server.port, 200)
        self.addCleanup(hammer.stop)
        hammer.run(1)   # the first of them, while the pauses are short
        begun, cpu = time.monotonic(), server.cpu_seconds()
        for number in range(2, 7):
            hammer.run(0.5)
            for peer in good:
                self.assert_serves(peer, number)
        used = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
        self.assertLess(used, min(0.9, 0.25 * programs.SLOW), "of one processor")
        self.assertGreater(hammer.turned_away, 200)
        hammer.stop()
        begun = time.monotonic()
        good.pop().close()
        programs.until(lambda: self.is_served(server), "somebody new is served")   # behind what the hammer left
        self.assertLess(time.monotonic() - begun, 1 + programs.SOON)
        for peer in good:
            self.assert_serves(peer, 7)
            peer.close()
        self.assert_stops_well(server)

    @unittest.skipIf("undefined" in programs.SANITIZER, "that sanitizer needs descriptors for itself")
    def test_a_crowd_at_the_door_without_descriptors_neither_takes_the_processor_nor_disturbs_those_inside(self):
        server = self.start_server("--threads", "1", "--max-connections", "1000", "--log-level", "warning")
        server.limit_descriptors(10)
        self.hammer(server, 10)

    def test_nor_does_one_at_the_door_of_a_full_server(self):
        server = self.start_server("--threads", "1", "--max-connections", "10", "--log-level", "warning")
        self.hammer(server, 10)


if __name__ == "__main__":
    programs.main()
