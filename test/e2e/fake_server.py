"""A server for the swarm that can be told to misbehave: a thread a connection, and a function that says what it does.

    def ack_twice(connection, number):
        while frame := connection.receive_frame():
            connection.send(2 * wire.submit_ack(frame[5:13]))

    with fake_server.FakeServer(ack_twice) as server:
        ...run a swarm against server.address...
        server.close()                # waits for the end of its connections, and raises what went wrong there
"""
import socket
import threading
import time

import programs
import wire


class _Connection(wire.Connection):
    """Writes down every frame it receives, and when."""

    def __init__(self, connected, frames, times):
        super().__init__(connected, programs.PATIENCE)
        self._frames = frames
        self._times = times

    def receive_frame(self):
        frame = super().receive_frame()
        if frame is not None:
            self._times.append(time.monotonic())
            self._frames.append(frame)
        return frame


class FakeServer:
    def __init__(self, serve):
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.received = []   # a list of frames for each connection, in the order in which they came
        self.times = []      # when each of them came
        self.ended = []      # how each connection ended
        self.faults = []
        self._threads = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stop_accepting()

    def _stop_accepting(self):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)   # wakes accept()
        except OSError:
            pass
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            number = len(self.received)
            self.received.append([])
            self.times.append([])
            connection = _Connection(connected, self.received[number], self.times[number])
            thread = threading.Thread(target=self._run, args=(connection, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, connection, number):
        try:
            self._serve(connection, number)
            self.ended.append("end")
        except (ConnectionResetError, BrokenPipeError):
            self.ended.append("reset")
        except Exception as fault:   # told by close()
            self.faults.append(fault)
        finally:
            connection.close()

    def close(self):
        self._stop_accepting()
        for thread in self._threads:
            thread.join(programs.PATIENCE)
            assert not thread.is_alive(), "a connection of the fake server does not end"
        if self.faults:
            raise self.faults[0]


def answer(connection, frame):
    """As a good server would."""
    command, identity = frame[4], frame[5:13]
    if command == wire.SUBMIT:
        connection.send(wire.submit_ack(identity))
    elif command == wire.CONN:
        connection.send(wire.packet(wire.CONN_ACK, identity, b"\0"))
    elif command == wire.PING:
        connection.send(wire.packet(wire.PONG, identity))


def ack_everything(connection, _):
    while frame := connection.receive_frame():
        answer(connection, frame)


def never_answer(connection, _):
    while connection.receive_frame():
        pass
