"""The default protocol as bytes, and a connection that sends and receives them raw."""
import socket
import struct

CONN, SUBMIT, PING, GO_AWAY = 0x01, 0x02, 0x03, 0x04
CONN_ACK, SUBMIT_ACK, PONG = 0x81, 0x82, 0x83

# Length field, command and id: what a submit takes besides its payload.
SUBMIT_OVERHEAD = 13


def frame(body):
    return struct.pack(">I", 4 + len(body)) + body


def packet(command, identity, rest=b""):
    return frame(bytes([command]) + identity + rest)


def serial(number):
    return b"%08d" % number


def submit(identity, payload=b""):
    return packet(SUBMIT, identity, payload)


def submit_ack(identity, result=0):
    return packet(SUBMIT_ACK, identity, bytes([result]))


def submits(first, last, payload=b""):
    return b"".join(submit(serial(number), payload) for number in range(first, last + 1))


def acks(first, last):
    return b"".join(submit_ack(serial(number)) for number in range(first, last + 1))


class Connection:
    """One end of a stream. Receiving ends by what came, by the end of the stream, or by TimeoutError."""

    def __init__(self, connected, patience):
        self.socket = connected
        self.socket.settimeout(patience)
        if connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, count):
        """Exactly this many bytes, or fewer if the stream ends before."""
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(min(count - len(data), 1 << 16))
            if not piece:
                break
            data += piece
        return bytes(data)

    def receive_frame(self):
        """A whole frame with its header, or None at the end of the stream."""
        header = self.receive(4)
        if len(header) < 4:
            return None
        length = struct.unpack(">I", header)[0] - 4
        body = self.receive(length)
        return header + body if len(body) == length else None

    def rest(self):
        """Everything up to the end of the stream; a reset is an end too."""
        data = bytearray()
        try:
            while piece := self.socket.recv(1 << 16):
                data += piece
        except ConnectionResetError:
            pass
        return bytes(data)

    def close_write(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()
