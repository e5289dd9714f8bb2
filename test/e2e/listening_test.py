"""Where a server listens, what it says and writes about it, and what it holds on to."""
import os
import pathlib
import signal
import socket
import time
import unittest

import address_families
import programs
import wire

IPV6 = programs.has_ipv6()


class PortFile(programs.Case):
    def test_it_has_a_line_for_each_tcp_listener_in_their_order_and_none_for_unix(self):
        path = self.folder / "socket"
        listen = ["127.0.0.1:0", f"unix:{path}", "localhost:0", "127.0.0.1:0"] + (["[::1]:0"] if IPV6 else [])
        server = self.start_server(listen=listen)
        text = server.port_path.read_text()
        self.assertRegex(text, r"\A(\d+\n){%d}\Z" % (len(listen) - 1))
        self.assertNotEqual(server.ports[0], server.ports[2])   # another address may well be given the same port
        server.wait_for_line("server start ok", count=len(listen))
        said = [line.split("(on ")[1].rstrip(")") for line in server.lines("server start ok")]
        expected = [address for address in listen if address.startswith("unix:")]
        for address, port in zip((one for one in listen if not one.startswith("unix:")), server.ports):
            expected.append(address[:-1] + str(port))
        self.assertEqual(sorted(expected), sorted(said))
        for line, address in zip(said, listen):
            self.assertTrue(line.startswith(address.removesuffix("0")), (said, listen))
        hosts = ["127.0.0.1", "localhost", "127.0.0.1", "::1"]
        for host, port in zip(hosts, server.ports):
            self.assert_serves(self.connect(server, host, port))
        self.assert_serves(self.connect_unix(path))

    def test_it_is_empty_without_tcp_listeners(self):
        server = self.start_server(listen=[f"unix:{self.folder}/socket"])
        self.assertEqual("", server.port_path.read_text())

    def test_it_is_there_within_two_seconds_and_whole_from_its_first_moment(self):
        count = 20
        for _ in range(3):
            server = self.owned(programs.Server([], self.folder, ["127.0.0.1:0"] * count))
            text = programs.until(lambda: server.port_path.exists() and server.port_path.read_text(), "the port file")
            self.assertLess(time.monotonic() - server.started_at, 2 * programs.SLOW)
            self.assertEqual(count, len(text.split()))
            self.assertEqual([server.port_path], list(server.port_path.parent.iterdir()))
            server.ports = [int(line) for line in text.split()]
            self.assert_serves(self.connect(server, port=server.ports[-1]))

    def test_it_is_gone_when_the_server_is(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.start_server()
            self.assertEqual(0, server.stop(number))
            self.assertFalse(server.port_path.exists())

    def test_an_old_one_is_gone_though_the_server_cannot_start(self):
        path = self.folder / "port"
        path.write_text("99999\n")   # of one that was killed
        taken = self.start_server()
        status, _, err = self.run_to_end(programs.SERVER, "--listen", taken.address, "--port-file", path)
        self.assertEqual(1, status, err)
        self.assertFalse(path.exists())

    def test_one_that_another_server_has_written_meanwhile_stays(self):
        first = self.start_server()
        first.port_path.rename(self.folder / "aside")   # as long as it is there, no other server writes one
        second = self.start(programs.SERVER, "--listen", "127.0.0.1:0", "--port-file", first.port_path)
        programs.until(first.port_path.exists, "the second port")
        self.assert_stops_well(first)
        self.assert_serves(self.connect(second, port=int(first.port_path.read_text())))
        second.signal(signal.SIGTERM)
        self.assertEqual(0, second.status())
        self.assertFalse(first.port_path.exists())

    def test_a_fifo_is_written_to_and_stays_one(self):
        for program in (programs.SERVER, programs.path_of("echo-server")):
            path = self.folder / pathlib.Path(program).name
            os.mkfifo(path)
            server = self.start(program, "--listen", "127.0.0.1:0", "--port-file", path)
            with open(path) as ports:   # waits for the server
                port = int(ports.read())
            self.connect(server, port=port).close()
            server.signal(signal.SIGTERM)
            self.assertEqual(0, server.status())
            self.assertTrue(path.is_fifo())

    def test_a_link_stays_one_and_leads_to_the_port(self):
        path, target = self.folder / "link", self.folder / "target"
        path.symlink_to(target)
        server = self.start(programs.SERVER, "--listen", "127.0.0.1:0", "--port-file", path)
        port = int(programs.until(lambda: target.exists() and target.read_text(), "the port"))
        self.assert_serves(self.connect(server, port=port))
        self.assert_stops(server)
        self.assertTrue(path.is_symlink())

    def test_dev_null_stays_what_it_is(self):
        server = self.start(programs.SERVER, "--listen", "127.0.0.1:0", "--port-file", "/dev/null")
        programs.until(lambda: "server start ok" in server.err, "its start")
        self.assert_stops(server)
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())

    def assert_stops(self, server):
        server.signal(signal.SIGTERM)
        self.assertEqual(0, server.status(), server.err)


class Addresses(programs.Case):
    def test_an_empty_host_is_all_addresses_of_both_families(self):
        server = self.start_server(listen=[":0"])
        server.wait_for_line(rf"server start ok \(on \*:{server.port}\)$")
        self.assert_serves(self.connect(server, "127.0.0.1"))
        if IPV6:
            self.assert_serves(self.connect(server, "::1"))

    @unittest.skipUnless(address_families.can_be_taken(), "the number of a system call is not known here")
    def test_an_empty_host_without_ipv6_is_all_addresses_of_ipv4_and_says_so(self):
        server = self.start_server(listen=[":0", "*:0"], preexec_fn=address_families.without_ipv6)
        server.wait_for_line("server start ok", count=2)
        said = [line.split("(on ")[1].rstrip(")") for line in server.lines("server start ok")]
        self.assertEqual([f"0.0.0.0:{port}" for port in server.ports], said)
        for port in server.ports:
            self.assert_serves(self.connect(server, "127.0.0.1", port))
        swarm = self.start_swarm(f"localhost:{server.port}", "--clients", 1, "--count", 1, preexec_fn=address_families.without_ipv6)
        self.assertEqual(0, swarm.status(), swarm.err)   # the name may have an address of IPv6 too

    def test_a_network_before_an_address_is_the_only_one_listened_on(self):
        server = self.start_server(listen=["tcp4::0"])
        server.wait_for_line(rf"server start ok \(on tcp4:\*:{server.port}\)$")
        self.assert_serves(self.connect(server, "127.0.0.1"))
        if IPV6:
            self.assertRaises(ConnectionRefusedError, socket.create_connection, ("::1", server.port))

    def test_a_udp_address_is_refused_in_one_line(self):
        status, _, err = self.run_to_end(programs.SERVER, "--listen", "udp:127.0.0.1:0")
        self.assertEqual(1, status)
        self.assertRegex(err, r"\Ahawser-server: [^\n]*udp:127\.0\.0\.1:0: a udp address, and datagrams have no handler[^\n]*\n\Z")

    def test_a_peer_over_ipv4_is_logged_as_ipv4(self):
        server = self.start_server(listen=[":0"])
        for host in ["127.0.0.1"] + (["::1"] if IPV6 else []):
            peer = self.connect(server, host)
            port = peer.socket.getsockname()[1]
            self.assert_serves(peer)
            peer.close()
            shown = f"[{host}]" if ":" in host else host
            server.wait_for_line(rf"connection \d+ from {shown.replace('[', '.').replace(']', '.')}:{port} ended")
        self.assertNotIn("ffff", server.err)

    def test_a_port_is_free_again_as_soon_as_its_server_has_ended(self):
        first = self.start_server()
        peer = self.connect(first)
        self.assert_serves(peer)
        self.assert_stops_well(first)   # it closes first, so its port has a connection in TIME_WAIT
        self.assertEqual(b"", peer.rest())
        peer.close()
        second = self.start_server(listen=[first.address])
        self.assertEqual(first.port, second.port)
        self.assert_serves(self.connect(second))

    def test_the_swarm_connects_to_every_kind_of_address(self):
        path = self.folder / "socket"
        server = self.start_server(listen=[":0", f"unix:{path}"])
        addresses = [f":{server.port}", f"127.0.0.1:{server.port}", f"localhost:{server.port}", f"unix:{path}",
                     f"tcp4:localhost:{server.port}", f"*:{server.port}"]
        if IPV6:
            addresses += [f"[::1]:{server.port}", f"tcp6::{server.port}"]
        for address in addresses:
            with self.subTest(address=address):
                swarm = self.run_swarm(address, "--clients", "2", "--count", "3", "--interval", "0")
                self.assertEqual(0, swarm.process.returncode, swarm.err)
                self.assert_counts(swarm, sent=6, acked=6)


class UnixPaths(programs.Case):
    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.folder) / "socket"

    def start_here(self):
        return self.start_server(listen=[f"unix:{self.path}"])

    def assert_refused_here(self):
        status, _, err = self.run_to_end(programs.SERVER, "--listen", f"unix:{self.path}")
        self.assertEqual(1, status)
        self.assertRegex(err, r"\Ahawser-server: [^\n]+\n\Z")
        self.assertIn(f"unix:{self.path}", err)

    def test_it_is_unlinked_at_the_end(self):
        server = self.start_here()
        self.assert_serves(self.connect_unix(self.path))
        self.assert_stops_well(server)
        self.assertFalse(self.path.exists())

    def test_what_a_dead_server_left_is_replaced(self):
        server = self.start_here()
        server.end()
        self.assertTrue(self.path.is_socket())
        again = self.start_here()
        self.assert_serves(self.connect_unix(self.path))
        self.assert_stops_well(again)
        self.assertFalse(self.path.exists())

    def test_a_path_where_somebody_answers_is_refused_and_left_alone(self):
        server = self.start_here()
        self.assert_refused_here()
        self.assert_serves(self.connect_unix(self.path))
        self.assert_stops_well(server)

    def test_what_is_no_socket_is_refused_and_left_alone(self):
        self.path.write_text("dear diary")
        self.assert_refused_here()
        self.assertEqual("dear diary", self.path.read_text())
        self.path.unlink()
        self.path.mkdir()
        self.assert_refused_here()
        self.path.rmdir()
        target = self.folder / "target"
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(target))
        self.path.symlink_to(target)
        self.assert_refused_here()
        self.assertTrue(self.path.is_symlink())

    def test_a_socket_that_another_server_put_there_meanwhile_is_left_alone(self):
        first = self.start_here()
        self.path.unlink()
        second = self.start_here()
        self.assert_stops_well(first)
        self.assert_serves(self.connect_unix(self.path))
        self.assert_stops_well(second)

    def test_a_peer_over_unix_is_logged(self):
        server = self.start_here()
        peer = self.connect_unix(self.path)
        self.assert_serves(peer)
        peer.close()
        server.wait_for_line(r"connection 1 from unix.* ended: peer closed")


class Log(programs.Case):
    def converse(self, *options):
        """A good client, a bad one, and the end; what the log says."""
        server = self.start_server(*options)
        peer = self.connect(server)
        self.assert_serves(peer)
        peer.close_write()
        self.assertEqual(b"", peer.rest())   # its end has been seen
        peer.close()
        bad = self.connect(server)
        bad.send(wire.frame(b"\x7f" + b"00000001"))
        self.assertEqual(b"", bad.rest())
        self.assert_stops_well(server)
        return server

    def test_info_is_the_default(self):
        for options in ([], ["--log-level", "info"]):
            server = self.converse(*options)
            kinds = ("memory: ", "server start ok", "recv submit", "ended: peer closed", "ended: unknown command", "stopping", "server stopped")
            for kind in kinds:
                self.assertEqual(1, len(server.lines(kind)), (kind, server.err))
            self.assertEqual(len(kinds), len(server.err.splitlines()), server.err)

    def test_debug_and_trace_tell_more(self):
        for level in ("debug", "trace"):
            server = self.converse("--log-level", level)
            self.assertEqual(2, len(server.lines(r"connection \d from .* opened")))
            self.assertEqual(1, len(server.lines("recv submit")))

    def test_warning_tells_only_of_breaches(self):
        server = self.converse("--log-level", "warning")
        self.assertRegex(server.err, r"\A[^\n]*ended: unknown command[^\n]*\n\Z")

    def test_error_and_fatal_tell_nothing_of_what_peers_do(self):
        for level in ("error", "fatal"):
            self.assertEqual("", self.converse("--log-level", level).err)

    def test_a_line_has_its_time_and_level(self):
        server = self.converse()
        for line in server.err.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} (info   |warning) \S")


class Descriptors(programs.Case):
    def test_all_that_the_server_keeps_are_open_when_the_port_file_is_there(self):
        for _ in range(5):
            path = self.folder / "socket"
            server = self.owned(programs.Server(["--threads", "3"], self.folder, ["127.0.0.1:0", ":0", f"unix:{path}"]))
            while not server.port_path.exists():   # as soon as can be
                self.assertIsNone(server.process.poll(), server.err)
            before = server.descriptors()
            server.wait_for_port_file()
            for round_of in range(3):
                peers = [self.connect(server) for _ in range(15)] + [self.connect_unix(path) for _ in range(15)]
                for peer in peers:
                    self.assert_serves(peer)
                self.assertEqual(before + len(peers), server.descriptors(), f"round {round_of}")
                for peer in peers:
                    peer.close()
                programs.until(lambda: server.descriptors() <= before, "descriptors given back")
                self.assertEqual(before, server.descriptors())
            self.assert_stops_well(server)


if __name__ == "__main__":
    programs.main()
