"""A peer is built, or is named with the reason. The tools here only look like some: nothing is compiled or fetched."""
import os
import pathlib
import sys
import tempfile
import time
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from measure import toolchains   # noqa: E402: from that folder

FOLDERS = ("bench/servers/go", "bench/servers/tokio", "bench/servers/netty")
PINS = ("go/go.mod", "tokio/Cargo.lock", "netty/pom.xml")


class Toolchains(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True)
        for name in PINS:
            (self.root / "bench/servers" / name).write_bytes((ROOT / "bench/servers" / name).read_bytes())
        self.replace(mock.patch.dict(os.environ, PATH=str(self.bin), HOME=str(self.root)))
        for toolchain in (toolchains.Go, toolchains.Cargo):
            self.replace(mock.patch.object(toolchain, "beside_the_path", ()))

    def replace(self, patch):
        patch.start()
        self.addCleanup(patch.stop)

    def tool(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def peer(self, name):
        found, = toolchains.peers(self.root, [name])
        return found

    def test_all_are_there_in_the_order_of_the_table_missing_or_not(self):
        found = toolchains.peers(self.root)
        self.assertEqual([one.name for one in found], [row.name for row in toolchains.TABLE])
        self.assertTrue(all(one.why_missing and one.command(1) is None for one in found))

    def test_a_missing_tool_is_the_reason(self):
        self.assertEqual(self.peer("gnet").why_missing, "go: not found")
        self.assertEqual(self.peer("netty").why_missing, "mvn: not found")

    def test_a_tool_that_another_needs_is_the_reason_too(self):
        self.tool("mvn", "exit 0")
        self.assertEqual(self.peer("netty").why_missing, "java: not found")

    def test_a_peer_that_is_built_has_a_command_and_its_versions(self):
        self.tool("go", "echo go version go1.99.1 linux/amd64")
        peer = self.peer("gnet")
        self.assertIsNone(peer.why_missing)
        self.assertEqual(peer.command(2), [str(self.root / "build/bench/go/gnet"), "--threads", "2"])
        self.assertEqual(peer.versions["go"], "1.99.1")
        self.assertRegex(peer.versions["gnet"], r"^2\.\d+\.\d+$")

    def test_a_root_that_is_relative_is_the_same_for_builds_in_other_folders(self):
        self.tool("go", "true")
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.root)
        found, = toolchains.peers(".", ["gnet"])
        self.assertEqual(found.command(1)[0], str(self.root.resolve() / "build/bench/go/gnet"))

    def test_the_versions_are_the_pinned_ones(self):
        for name, libraries in (("netpoll", ["netpoll"]), ("tokio", ["tokio", "tokio-util"]), ("netty", ["netty"])):
            for tool in ("go", "cargo", "mvn", "java"):
                self.tool(tool, "exit 0")
            versions = self.peer(name).versions
            for library in libraries:
                self.assertRegex(versions[library], r"^\d+\.\d+\.\d+", library)

    def test_a_build_that_fails_is_told_by_its_first_error(self):
        self.tool("go", "echo fetching; echo 'main.go:7: error: no such module'; echo 'more of it'; exit 1")
        self.assertEqual(self.peer("gnet").why_missing, "main.go:7: error: no such module (build/bench/log/go-gnet.log)")

    def test_a_warning_is_not_the_reason(self):
        self.tool("cargo", "echo 'warning: spurious network error'; echo 'error: no network'; exit 101")
        self.assertIn("error: no network", self.peer("tokio").why_missing)

    def test_a_build_that_fails_without_an_error_is_told_by_its_last_line(self):
        self.tool("go", "echo one; echo two; exit 1")
        self.assertTrue(self.peer("gnet").why_missing.startswith("two ("))

    def test_a_build_that_takes_too_long_is_ended_with_all_that_it_started(self):
        kept_open = self.root / "kept_open"
        os.mkfifo(kept_open)
        self.tool("go", f"/bin/sleep 60 > {kept_open}")
        with mock.patch.object(toolchains, "BUILT_WITHIN", 0.5), open(os.open(kept_open, os.O_RDONLY | os.O_NONBLOCK), "rb") as pipe:
            self.assertTrue(self.peer("gnet").why_missing.startswith("not built within 0.5 s"))
            os.set_blocking(pipe.fileno(), True)
            begun = time.monotonic()
            self.assertEqual(pipe.read(), b"")   # whoever had it open has ended
            self.assertLess(time.monotonic() - begun, 30)

    def test_a_server_whose_library_cmake_did_not_find_is_missing_for_that(self):
        self.tool("c++", "exit 0")
        self.tool("cmake", "echo '-- bench: no libuv, so bench-libuv-server is left out (Debian: libuv1-dev)'")
        self.assertEqual(self.peer("bench-libuv").why_missing, "no libuv (Debian: libuv1-dev)")
        self.assertIsNone(self.peer("bench-epoll").why_missing)


if __name__ == "__main__":
    unittest.main()
