"""listening ADDRESS: returns once somebody listens at [HOST]:PORT, udp:[HOST]:PORT or unix:PATH; without making a connection there."""
import os
import pathlib
import sys
import time

SECONDS = 30
_TCP_LISTEN, _UDP_OPEN, _UNIX_LISTENS = "0A", "07", "00010000"


def is_bound(tables, port, state):
    for table in tables:
        try:
            lines = pathlib.Path("/proc/net", table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port and fields[3] == state:
                return True
    return False


def is_unix_listener(path):
    lines = [line.split() for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]]
    return os.path.exists(path) and any(fields[7:] == [path] and fields[3] == _UNIX_LISTENS for fields in lines)


def is_there(address):
    network, _, rest = address.partition(":")
    if network == "unix":
        return is_unix_listener(rest)
    port = int(address.rpartition(":")[2])
    if network == "udp":
        return is_bound(("udp", "udp6"), port, _UDP_OPEN)
    return is_bound(("tcp", "tcp6"), port, _TCP_LISTEN)


def main(address):
    end = time.monotonic() + SECONDS
    while not is_there(address):
        if time.monotonic() > end:
            print(f"nobody listens at {address}")
            return 1
        time.sleep(0.01)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
