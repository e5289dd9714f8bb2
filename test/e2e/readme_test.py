"""The ```sh blocks of README.md, pasted into one shell one after the other, in a folder that looks like a clone with a build."""
import os
import pathlib
import re
import socket
import time

import programs
import screen

README = pathlib.Path(__file__).parents[2] / "README.md"
# Builds, which take long: other tests and test/consumer make them.
BUILDS = ("./demo", "./check", "cmake --preset", "cmake --install", "c++ ")


def blocks():
    return re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.M | re.S)


def free_ports(count):
    """At the same time, so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Readme(programs.Case):
    def script(self):
        lines = [line for block in blocks() for line in block.splitlines() if not line.startswith(BUILDS)]
        text = "\n".join(lines) + "\n"
        known = sorted(set(re.findall(r":(\d{4})\b", text)))
        for written, free in zip(known, free_ports(len(known))):
            text = text.replace(f":{written}", f":{free}")
        return text.replace("--count 2000", "--count 100") if programs.SLOW > 1 else text

    def paste(self, text):
        """Into a shell on a terminal; what it has shown, and its status."""
        release = self.folder / "build" / "release"
        release.mkdir(parents=True)
        (release / "bin").symlink_to(pathlib.Path(programs.SERVER).parent)
        terminal = screen.Terminal()
        self.addCleanup(terminal.close)
        path = self.folder / "pasted"
        path.write_text(text)
        shell = self.owned(programs.Program(["bash", "-eu", path], self.folder, cwd=self.folder, stdout=terminal.slave, stderr=terminal.slave,
                                            env=os.environ | {"TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}))
        end = time.monotonic() + 8 * programs.PATIENCE
        while shell.process.poll() is None and time.monotonic() < end:
            terminal.update()
            time.sleep(0.02)
        terminal.update()
        return shell.process.poll(), "\n".join(terminal.lines)

    def test_the_blocks_work_one_after_the_other(self):
        text = self.script()
        self.assertGreaterEqual(text.count("hawser-server"), 2)
        status, shown = self.paste(text)
        self.assertEqual(0, status, shown)
        self.assertEqual(text.count("hawser-swarm"), shown.count("ok: every submit was acked exactly once"), shown)
        self.assertIn('{"offset":0,"size":16,"body":"023030303030303031616263"}', shown)
        self.assertLess(shown.count("\n"), 60, "nothing buries what it has to say")
        self.assertIn("hawser", (self.folder / "build" / "hawser.lua").read_text())

    def test_a_server_that_a_block_starts_is_ended_by_it(self):
        for block in blocks():
            started = len(re.findall(r"bin/hawser-server .*&", block))
            self.assertEqual(started, block.count("kill $!"), block)
            self.assertEqual(started, block.count("bin/hawser-server"), "a server in the foreground is the end of pasting")


if __name__ == "__main__":
    programs.main()
