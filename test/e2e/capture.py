"""Conversations as capture files, and what tshark makes of them.

    recorder = capture.Live(server.port)          # what really goes over the loopback interface; takes the right to listen there
    recorder = capture.Relay(server.port)         # without it: between client and server, each piece that comes is a segment
    ...                                           # clients connect to recorder.address
    recorded = recorder.finish()                  # a Recording
    frames = capture.dissect(recorded, "hawser.lua", "hawser")
    frames = capture.click(recorded, "hawser.lua", "hawser", [3, 1, 2])   # as one who clicks on rows, in this order

A Recording can be made by hand too, for conversations that no server of ours has.
"""
import ctypes
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading

FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
MOST_IN_SEGMENT = 65000   # what fits into an IPv4 packet, about
ETHERNET = 1


class Recording:
    """Packets as Ethernet frames. Those made here have right sequence numbers and flags, and no checksums: tshark asks for none."""

    def __init__(self, port):
        self.port = port
        self.packets = []
        self._next = {}

    def _tcp(self, source, target, flags, data=b""):
        key, back = (source, target), (target, source)
        sequence, acknowledged = self._next.setdefault(key, 1000), self._next.setdefault(back, 1000)
        self._next[key] += len(data) + (1 if flags & (SYN | FIN) else 0)
        tcp = struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 5 << 4, flags, 65535, 0, 0) + data
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1]))
        self.packets.append(bytes(12) + b"\x08\x00" + ip + tcp)

    def open(self, client):
        self._tcp(client, self.port, SYN)
        self._tcp(self.port, client, SYN | ACK)
        self._tcp(client, self.port, ACK)

    def add(self, client, data, from_server=False):
        source, target = (self.port, client) if from_server else (client, self.port)
        for at in range(0, len(data), MOST_IN_SEGMENT):
            self._tcp(source, target, PSH | ACK, data[at:at + MOST_IN_SEGMENT])

    def close(self, client, from_server=False):
        source, target = (self.port, client) if from_server else (client, self.port)
        self._tcp(source, target, FIN | ACK)

    def write(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, ETHERNET))
            for number, packet in enumerate(self.packets):
                file.write(struct.pack("<IIII", 1, number, len(packet), len(packet)) + packet)

    def streams(self):
        """{(source port, target port): bytes}, put together without Wireshark."""
        found, expected = {}, {}
        for packet in self.packets:
            header = 4 * (packet[14] & 15)
            size = struct.unpack(">H", packet[16:18])[0]
            tcp = packet[14 + header:14 + size]
            source, target, sequence, _, offset, flags = struct.unpack(">HHIIBB", tcp[:14])
            key, data = (source, target), tcp[4 * (offset >> 4):]
            if flags & SYN:
                expected[key], found[key] = (sequence + 1) % 2**32, b""
            elif data and sequence == expected.get(key):   # anything else came before
                found[key] += data
                expected[key] = (sequence + len(data)) % 2**32
        return found


def segments(data, *sizes):
    """The data cut into pieces of these sizes, and the rest."""
    at = 0
    for size in sizes:
        yield data[at:at + size]
        at += size
    yield data[at:]


class Live:
    """Everything of a port on the loopback interface, through a raw socket: needs CAP_NET_RAW."""

    ALL_PROTOCOLS = 3
    OUTGOING = 4   # each packet is seen twice there, going out and coming in
    ATTACH_FILTER = 26   # SO_ATTACH_FILTER, which Python has no name for
    QUIET = 0.3          # seconds

    def __init__(self, port):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)   # nothing yet
        self._keep_only(port)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        self._socket.bind(("lo", self.ALL_PROTOCOLS))
        self._socket.settimeout(self.QUIET)
        self._recording = Recording(port)
        self._may_end = False
        self.address = f"127.0.0.1:{port}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _keep_only(self, port):
        """The kernel does: with what other tests say on this interface its buffer would run over, and it would never be quiet."""
        program = ((0x28, 0, 0, 12), (0x15, 0, 8, 0x0800),                # IPv4
                   (0x30, 0, 0, 23), (0x15, 0, 6, socket.IPPROTO_TCP),
                   (0xb1, 0, 0, 14),                                      # behind the IP header
                   (0x48, 0, 0, 14), (0x15, 2, 0, port),                  # from it
                   (0x48, 0, 0, 16), (0x15, 0, 1, port),                  # to it
                   (0x06, 0, 0, 1 << 18), (0x06, 0, 0, 0))
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in program))
        self._socket.setsockopt(socket.SOL_SOCKET, self.ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(code)))

    def _listen(self):
        while True:
            try:
                packet, where = self._socket.recvfrom(1 << 17)
            except TimeoutError:
                if self._may_end:
                    return
                continue
            if where[2] != self.OUTGOING:
                self._recording.packets.append(packet)

    def finish(self):
        """All that has been said by now is in it: the last is followed by silence."""
        self._may_end = True
        self._thread.join()
        self._socket.close()
        return self._recording


class Relay:
    """Stands between clients and a server, for those who may not listen to an interface."""

    def __init__(self, port):
        self._port = port
        self._lock = threading.Lock()
        self._recording = Recording(port)
        self._threads = []
        self._sockets = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def _accept(self):
        while True:
            try:
                client, (_, number) = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            self._sockets += [client, server]
            with self._lock:
                self._recording.open(number)
            for source, target, from_server in ((client, server, False), (server, client, True)):
                target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                thread = threading.Thread(target=self._forward, args=(source, target, number, from_server), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _forward(self, source, target, number, from_server):
        try:
            while piece := source.recv(1 << 16):
                with self._lock:
                    self._recording.add(number, piece, from_server)
                target.sendall(piece)
            with self._lock:
                self._recording.close(number, from_server)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass   # one of the two is gone

    def finish(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._acceptor, *self._threads]:
            thread.join(5)
        for one in self._sockets:
            one.close()
        return self._recording


def may_listen():
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
        return True
    except OSError:
        return False


def best(port):
    """Live where that is allowed."""
    return Live(port) if may_listen() else Relay(port)


def run_tshark(recorded, script, *options):
    """What it prints. Anything that Lua has to complain about is an error."""
    if not shutil.which("tshark"):
        raise AssertionError("there is no tshark: tools/setup check installs it")
    with tempfile.TemporaryDirectory(prefix="hawser-tshark-") as folder:
        path = pathlib.Path(folder) / "capture.pcap"
        recorded.write(path)
        environment = os.environ | {"HOME": folder, "XDG_CONFIG_HOME": folder, "LC_ALL": "C.UTF-8"}   # nobody's settings
        # On a busy machine the interface may show two segments of a connection in the wrong order.
        in_order = ["-o", "tcp.reassemble_out_of_order:TRUE"]
        command = ["tshark", "-n", "-r", str(path), *in_order, "-X", f"lua_script:{script}", *options]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    said = [line for line in done.stderr.splitlines() if line and not line.startswith("Running as user")]
    if done.returncode or said or "Lua Error" in done.stdout:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n" + "\n".join(said) + done.stdout[:2000])
    return done.stdout


def dissect(recorded, script, name, *options, port=None, filtered=True):
    """Every frame of the protocol `name`, in order: a dict of its fields, and which packet of the capture it was shown in."""
    decode_as = ["-d", f"tcp.port=={port or recorded.port},{name}"]
    only = ["-Y", name] if filtered else []   # with a filter, the first pass of two has a tree
    text = run_tshark(recorded, script, *decode_as, "-T", "json", "--no-duplicate-keys", *only, *options)
    found = []
    for packet in json.loads(text):
        layers = packet["_source"]["layers"]
        of_protocol = layers.get(name, [])
        for one in of_protocol if isinstance(of_protocol, list) else [of_protocol]:
            number, ports = layers["frame"]["frame.number"], _ports(layers)
            found.append((one if isinstance(one, dict) else {}) | {"shown in": int(number), "ports": ports, "cut into": layers.get("tcp.segments", {}).get("tcp.segment.count")})
    return found


def _ports(layers):
    transport = "tcp" if "tcp" in layers else "udp"
    return int(layers[transport][transport + ".srcport"]), int(layers[transport][transport + ".dstport"])


def click(recorded, script, name, numbers, settings=()):
    """What dissect() says of these packets, shown one by one after the whole capture was read: by sharkd, which is Wireshark without
    its windows. Of fields only what has no quotes in it."""
    def call(method, **parameters):
        return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}) + "\n"

    if not shutil.which("sharkd"):
        raise AssertionError("there is no sharkd: it comes with tshark, which tools/setup check installs")
    with tempfile.TemporaryDirectory(prefix="hawser-sharkd-") as folder:
        plugins = pathlib.Path(folder) / ".local/lib/wireshark/plugins"
        plugins.mkdir(parents=True)
        shutil.copy(script, plugins / "script.lua")
        path = pathlib.Path(folder) / "capture.pcap"
        recorded.write(path)
        calls = [call("setconf", name="tcp.reassemble_out_of_order", value="TRUE")]
        calls += [call("setconf", name=key, value=value) for key, value in settings]
        calls += [call("load", file=str(path))] + [call("frame", frame=number, proto=True) for number in numbers]
        environment = os.environ | {"HOME": folder, "XDG_CONFIG_HOME": folder, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["sharkd", "-"], input="".join(calls) + call("bye"), capture_output=True, text=True, env=environment,
                              timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    wrong = [answer for answer in answers if "error" in answer]
    if done.returncode or wrong or "Lua Error" in done.stdout or len(answers) != len(calls) + 1:
        raise AssertionError(f"sharkd: {done.returncode} {wrong}\n{done.stderr}\n{done.stdout[:2000]}")
    found = []
    for number, answer in zip(numbers, answers[len(calls) - len(numbers):-1], strict=True):
        layers = [(node["f"], _flat(node)) for node in answer["result"]["tree"] if "f" in node]
        found += [fields | {"shown in": number, "ports": _ports(dict(layers))} for layer, fields in layers if layer == name]
    return found


def _flat(node):
    """The fields below a node of sharkd's, each of which has a filter: name == "value"."""
    fields = {}
    for below in node.get("n", []):
        field, equal, value = below.get("f", "").partition(" == ")
        fields |= {field: value.strip('"')} if equal else {}
        fields |= _flat(below)
    return fields
