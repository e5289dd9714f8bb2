"""run.py readme_server|thermometer|describe|sides|leavers PROGRAM...: runs examples as a user would, in processes of their own."""
import contextlib
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 30   # seconds; under a sanitizer and on a busy machine too
MOST_LINES = 20   # of a server; if it has one for each thing that a peer does, there are hundreds


@contextlib.contextmanager
def serving(*command):
    """A server in a process of its own; it is asked to end, and must end well. Its peers cannot make it talk without end."""
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield server
            server.send_signal(signal.SIGTERM)
            status = server.wait(PATIENCE)
        finally:
            server.kill()
            server.wait()
        said.seek(0)
        lines = said.read().splitlines()
        assert status == 0, f"the server ended with {status}: {lines[:MOST_LINES]}"
        assert len(lines) < MOST_LINES, f"{len(lines)} lines, such as {lines[:3]}"


def until(ready, server):
    end = time.monotonic() + PATIENCE
    while not ready():
        assert server.poll() is None, "the server has ended"
        assert time.monotonic() < end, "the server does not start"
        time.sleep(0.01)


def dial(path, server):
    """A connection to the Unix socket at path, once the server accepts there."""
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(PATIENCE)
    until(lambda: peer.connect_ex(str(path)) == 0, server)
    return peer


def readme_server(folder, program):
    """The worked example of docs/wire-format.md."""
    path = folder / "socket"
    with serving(program, f"unix:{path}") as server:
        with dial(path, server) as peer, peer.makefile("rb") as answers:
            peer.sendall(bytes.fromhex("00000010 02 3030303030303031 616263"))
            assert answers.read(14) == bytes.fromhex("0000000e 82 3030303030303031 00")
            peer.sendall(bytes.fromhex("0000000d 02 3030303030303032"))
            assert answers.read(14) == bytes.fromhex("0000000e 82 3030303030303032 01")


def together(folder, server_program, *client_programs):
    port_file = folder / "port"
    with serving(server_program, "--listen", "127.0.0.1:0", "--port-file", str(port_file)) as server:
        until(port_file.exists, server)
        for program in client_programs:
            subprocess.run([program, "--connect", f"127.0.0.1:{port_file.read_text().strip()}"], check=True,
                           timeout=PATIENCE)


def thermometer(folder, *programs):
    together(folder, *programs)


def describe(_, program):
    """What it prints is looked at by test/e2e/dissector_test.py, in tshark."""
    def said(word):
        return subprocess.run([program, word], stdout=subprocess.PIPE, check=True, text=True).stdout

    assert 'name = "millicelsius", kind = "signed_integer", width = 4, order = "big"' in said("dissector")
    assert "| 11 | 4 | millicelsius | signed, big-endian |" in said("page")
    assert subprocess.run([program], stderr=subprocess.DEVNULL).returncode == 2


def sides(folder, program):
    together(folder, program, program)
    assert subprocess.run([program, "--listen", "nowhere"], stderr=subprocess.DEVNULL).returncode == 2
    assert subprocess.run([program, "--help"], stdout=subprocess.DEVNULL).returncode == 0


def leavers(folder, session_state, push):
    """Many ask something and leave, while one listens to what is pushed."""
    submit_ack, tick = 0x82, 0x31
    ada = "00000010 01 3030303030303031 616461"

    def next_frame(answers, wanted=None):
        body = b""
        while not body or wanted not in (None, body[0]):
            body = answers.read(int.from_bytes(answers.read(4), "big") - 4)
        return body

    for program, login, question, wanted in ((session_state, ada, "00000010 02 3030303030303031 616263", submit_ack),
                                             (push, "", "0000000d 30 3030303030303031", tick)):
        path = folder / pathlib.Path(program).name
        with serving(program, "--listen", f"unix:{path}") as server, dial(path, server) as stays, stays.makefile("rb") as answers:
            stays.sendall(bytes.fromhex(login + question * 3))
            for _ in range(2 * MOST_LINES):
                with dial(path, server) as peer, peer.makefile("rb") as told:
                    peer.sendall(bytes.fromhex(login + question))
                    last = next_frame(told, wanted)
            counts = [0]
            while wanted == tick and counts[-1] < int.from_bytes(last[9:], "big") + 2 * MOST_LINES:
                counts.append(int.from_bytes(next_frame(answers, wanted)[9:], "big"))
            assert len(counts) == len(set(counts)), "who asks three times is told three times"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        globals()[sys.argv[1]](pathlib.Path(name), *sys.argv[2:])
