"""The telemetry example, byte for byte as the clients in the field speak it."""
import base64
import json
import os
import random
import re
import resource
import signal
import struct
import subprocess
import time
import zlib

import programs

SERVER = programs.path_of("telemetry-server")
CLIENT = programs.path_of("telemetry-client")
HEARTBEAT = b"heartBeat\n"
REPORT = b"Report data has recive\n"


def frame(data):
    return b"\xff\xff" + struct.pack(">H", len(data)) + data + struct.pack(">H", zlib.crc32(data) >> 16) + b"\xff\xfe"


def message(kind, content):
    packed = base64.b64encode(content if isinstance(content, bytes) else json.dumps(content).encode()).decode()
    return frame(json.dumps({"PacketType": kind, "PacketContent": packed}).encode())


def heartbeat():
    return message(0, {"version": "1.0", "timestamp": int(time.time())})


def report(letters="abc"):
    return message(1, {"content": letters, "rand": 7, "timestamp": int(time.time())})


class Telemetry(programs.Case):
    def setUp(self):
        super().setUp()
        self.port_file = self.folder / "port"
        self.server = self.start(SERVER, "--listen", "127.0.0.1:0", "--port-file", self.port_file)
        programs.until(self.port_file.exists, "the port file")
        self.server.port = int(self.port_file.read_text())

    def counted(self):
        self.server.signal(signal.SIGTERM)
        self.assertEqual(0, self.server.status())
        return [int(number) for number in re.findall(r"\d+", self.server.out)]

    def test_each_message_is_answered_with_its_line_however_it_is_cut(self):
        stream = b"".join(random.choice((heartbeat, report))() for _ in range(40))
        for step in (1, 7, len(stream)):
            peer = self.connect(self.server)
            for at in range(0, len(stream), step):
                peer.send(stream[at:at + step])
            peer.close_write()
            kinds = [json.loads(data)["PacketType"] for data in re.findall(rb'\{"PacketType".*?"\}', stream)]
            self.assertEqual(b"".join((HEARTBEAT, REPORT)[kind] for kind in kinds), peer.rest())
        heartbeats, reports, dropped, spoilt = self.counted()
        self.assertEqual((3 * 40, 0, 0), (heartbeats + reports, dropped, spoilt))

    def test_what_is_no_message_is_counted_and_dropped_and_the_connection_goes_on(self):
        deep = b"[" * 1000 + b"]" * 1000
        bad = [frame(b""), frame(b"{"), frame(b"null"), frame(b"[1]"), frame(deep), frame(b'{"PacketType":0}'),
               frame(b'{"PacketType":"0","PacketContent":""}'), frame(b'{"PacketType":0,"PacketContent":"!"}'),
               message(0, b""), message(0, b"{}"), message(0, deep), message(2, {"version": "1.0", "timestamp": 1}),
               message(-1, {}), message(0, {"version": 1, "timestamp": 1}), message(0, {"version": "1.0", "timestamp": "1"}),
               message(0, {"version": "1.0", "timestamp": 1.5}), message(1, {"content": "a", "timestamp": 1}),
               message(1, {"content": "a", "rand": None, "timestamp": 1}), message(1, b"\xff\xfe\xfd"),
               frame(b"\0" * 4000)]
        peer = self.connect(self.server)
        for one in bad:
            peer.send(one + report())
            self.assertEqual(REPORT, peer.receive(len(REPORT)))
        peer.close_write()
        self.assertEqual(b"", peer.rest())
        self.assertEqual([0, len(bad), len(bad), 0], self.counted())

    def test_good_messages_between_spoilt_ones_are_answered(self):
        spoilt = report()
        for garbage in (spoilt[:-1], spoilt[1:], spoilt[:20] + b"?" + spoilt[21:], b"\xff\xff\x00\x10", b"\xff" * 9, b"noise"):
            peer = self.connect(self.server)
            peer.send(heartbeat() + garbage + report() + garbage + heartbeat())
            peer.close_write()
            self.assertEqual(HEARTBEAT + REPORT + HEARTBEAT, peer.rest(), garbage)
        self.assertEqual([12, 6, 0, 12], self.counted())

    def test_two_thousand_senders_on_seven_connections_get_every_answer(self):
        senders, seconds = (300, 30) if programs.SLOW == 1 else (60, 10)
        client = self.start(CLIENT, "--connect", f"127.0.0.1:{self.server.port}", "--senders", str(senders),
                            "--duration", f"{seconds}s")
        self.assertEqual(0, client.status(seconds + programs.PATIENCE), client.err)
        numbers = [int(number) for number in re.findall(r"\d+", client.out)]
        clients, all_senders, reports, answered, heartbeats, beats_answered, others = numbers
        self.assertEqual((7, 7 * senders), (clients, all_senders))
        self.assertEqual((reports, heartbeats, 0), (answered, beats_answered, others))
        # Each sends once a second, but the last ones begin a second late.
        self.assertGreaterEqual(reports, all_senders * (seconds - 2))
        self.assertLessEqual(reports, all_senders * (seconds + 1))
        self.assertGreaterEqual(heartbeats, 7 * (seconds // 2 - 1))
        self.assertEqual([heartbeats, reports, 0, 0], self.counted())

    def test_more_clients_than_descriptors_at_first_raise_the_limit(self):
        client = self.start(CLIENT, "--connect", f"127.0.0.1:{self.server.port}", "--clients", "90", "--senders", "1", "--duration", "500ms",
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128)))
        self.assertEqual(0, client.status(), client.err)
        self.assertRegex(client.out, r"\A90 clients, ")

    def test_a_server_that_goes_ends_the_clients_at_once(self):
        client = self.start(CLIENT, "--connect", f"127.0.0.1:{self.server.port}", "--clients", "3", "--senders", "20")
        programs.until(lambda: self.server.descriptors() >= 3, "clients")
        time.sleep(1)
        used = os.times()
        self.server.signal(signal.SIGTERM)
        self.assertEqual(1, client.status(programs.SOON * 3))
        self.assertIn("peer closed", client.err)
        self.assertEqual(0, self.server.status())
        self.assertLess(os.times().children_user - used.children_user, 2 * programs.SLOW)

    def test_a_client_without_a_server_says_so(self):
        self.assertEqual([0, 0, 0, 0], self.counted())
        client = self.start(CLIENT, "--connect", f"127.0.0.1:{self.server.port}")
        self.assertEqual(1, client.status())
        self.assertIn("cannot connect to 127.0.0.1", client.err)
        self.assertEqual(1, len(client.err.splitlines()))


if __name__ == "__main__":
    programs.main()
