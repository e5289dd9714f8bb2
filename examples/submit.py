#!/usr/bin/env python3
"""A client in another language, written from docs/wire-format.md alone.

    python3 examples/submit.py 127.0.0.1:8888 hello world

Submits each payload and prints its ack. Exit 0 if every submit was acked with
result 0, otherwise 1.
"""
import os
import socket
import struct
import sys

SUBMIT, SUBMIT_ACK = 0x02, 0x82


def submit(identity, payload):
    # The length counts itself: 4 bytes of length, 1 of command, 8 of id, then the payload.
    return struct.pack(">IB8s", 13 + len(payload), SUBMIT, identity) + payload


def read_exactly(stream, count):
    data = stream.read(count)   # reads on until it has them all, however TCP cut them
    if len(data) < count:
        raise ConnectionError("the server closed before it had answered")
    return data


def read_ack(stream):
    (length,) = struct.unpack(">I", read_exactly(stream, 4))
    if length != 14:
        raise ValueError(f"a frame of {length} bytes is no ack")
    return struct.unpack(">B8sB", read_exactly(stream, length - 4))


def main(address, *payloads):
    host, _, port = address.rpartition(":")
    payloads = payloads or ("credible-otter-33e1", "", "helped-lantern-8f15")
    waiting = {b"%08d" % number: payload.encode() for number, payload in enumerate(payloads, 1)}
    with socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), timeout=10) as server:
        server.sendall(b"".join(submit(identity, payload) for identity, payload in waiting.items()))
        with server.makefile("rb") as stream:
            while waiting:
                command, identity, result = read_ack(stream)
                if command != SUBMIT_ACK or waiting.pop(identity, None) is None or result != 0:
                    raise ValueError(f"command {command:#04x}, id {identity!r}, result {result} is no good answer")
                print(f"submit ack[{identity.decode()}] is {result}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} HOST:PORT [PAYLOAD]...")
    try:
        os.fstat(1)   # if it is closed, print() would do nothing and not say so
        print(__doc__, flush=True) if sys.argv[1:] in (["-h"], ["--help"]) else main(*sys.argv[1:])
    except (OSError, ValueError) as error:
        sys.stdout = None   # if that is what failed, Python would fail at its end again
        sys.exit(f"{sys.argv[0]}: {error}")
