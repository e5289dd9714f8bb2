"""What a server makes of the limits that it is started with: a control group's, `ulimit`'s, those of its processors."""
import fcntl
import os
import pathlib
import re
import resource
import tempfile
import unittest

import programs

MIB = 1024 * 1024
GROUPS = pathlib.Path("/sys/fs/cgroup")


def with_limit(kind, limit):
    return {"preexec_fn": lambda: resource.setrlimit(kind, (limit, limit))}


class Group:
    """A control group of its own, of version 1; it is gone at the end."""

    def __init__(self, controller, files):
        here = next(line.split(":")[2] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()
                    if controller in line.split(":")[1].split(","))
        # Not by our number: a test that was killed may have left one, and had it too.
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="hawser-test-", dir=GROUPS / controller / here.strip("/")))
        for file, value in files.items():
            (self.path / file).write_text(str(value))

    def join(self):
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self):
        programs.until(self.gone, f"no process is in {self.path}")

    def gone(self):
        try:
            self.path.rmdir()
        except OSError:
            return False
        return True


class Limits(programs.Case):
    def group(self, controller, files):
        try:
            made = Group(controller, files)
        except (OSError, StopIteration) as error:
            self.skipTest(f"no control group can be made here: {error}")
        self.addCleanup(made.remove)
        return made

    def planned(self, server):
        """Threads and connections of the plan that it has told."""
        line = server.wait_for_line("memory: ")
        fixed, connections = re.search(r"= ([\d.]+) MiB fixed \+ (\d+) connections", line).groups()
        return round((float(fixed) - 16) / 2), int(connections)

    @unittest.skipIf(programs.SANITIZER, "a sanitizer needs memory of its own")
    def test_in_a_small_control_group_the_defaults_fit(self):
        group = self.group("memory", {"memory.limit_in_bytes": 64 * MIB})
        server = self.start_server(preexec_fn=group.join)
        server.wait_for_line(r"memory: 32\.0 MiB = ")
        self.assert_serves(self.connect(server))
        self.assert_stops_well(server)

    def test_half_a_processor_is_one_thread(self):
        group = self.group("cpu", {"cpu.cfs_period_us": 100_000, "cpu.cfs_quota_us": 50_000})
        server = self.start_server(preexec_fn=group.join)
        self.assertEqual(1, self.planned(server)[0])

    def test_one_processor_is_one_thread(self):
        one = {min(os.sched_getaffinity(0))}
        server = self.start_server(preexec_fn=lambda: os.sched_setaffinity(0, one))
        self.assertEqual(1, self.planned(server)[0])

    @unittest.skipIf(programs.SANITIZER, "a sanitizer needs addresses of its own")
    def test_with_a_small_address_space_the_defaults_fit(self):
        server = self.start_server(**with_limit(resource.RLIMIT_AS, 150 * MIB))
        self.assert_serves(self.connect(server))
        self.assert_stops_well(server)

    @unittest.skipIf(programs.SANITIZER, "a sanitizer needs addresses of its own")
    def test_a_thread_that_cannot_be_started_is_named_and_nobody_was_told_that_it_serves(self):
        port_file = self.folder / "port"
        status, _, err = self.run_to_end(programs.SERVER, "--listen", "127.0.0.1:0", "--threads", "200", "--memory-budget", "1GiB",
                                         "--port-file", port_file, **with_limit(resource.RLIMIT_AS, 600 * MIB))
        self.assertEqual(1, status)
        self.assertRegex(err, r"(?m)^hawser-server: cannot start thread \d+ of 200: ")
        self.assertNotIn("start ok", err)
        self.assertFalse(port_file.exists())

    @unittest.skipIf("undefined" in programs.SANITIZER, "that sanitizer needs descriptors for itself")
    def test_as_many_connections_as_are_told_with_few_descriptors_are_served(self):
        for limit in 20, 24, 40:
            with self.subTest(limit=limit):
                self.assert_what_it_tells_is_kept(self.start_server("--threads", "1", **with_limit(resource.RLIMIT_NOFILE, limit)))

    @unittest.skipIf("undefined" in programs.SANITIZER, "that sanitizer needs descriptors for itself")
    def test_without_a_descriptor_for_a_connection_it_does_not_start_and_says_what_to_change(self):
        for options, fewer in ([], ""), (["--threads", "1"], ""), (["--threads", "2"], ", or have fewer threads"):
            refused, started = 0, False
            for limit in range(8, 21):
                with self.subTest(limit=limit, options=options):
                    server = self.owned(programs.Server(options, self.folder, ("127.0.0.1:0",), **with_limit(resource.RLIMIT_NOFILE, limit)))
                    programs.until(lambda: server.process.poll() is not None or server.port_path.exists(), "it starts, or ends")
                    if server.process.poll() is None:
                        server.wait_for_port_file()
                        started = True
                        self.assert_what_it_tells_is_kept(server)
                        continue
                    refused += 1
                    self.assertFalse(started, "with fewer it did start")
                    self.assertEqual(1, server.status())
                    self.assertRegex(server.err, rf"(?m)^hawser-server: [^\n]*: raise ulimit -n \(now {limit}\){fewer}$")
                    self.assertNotIn("start ok", server.err)
            self.assertIn(refused, range(1, 13), "nothing was tried")

    def assert_what_it_tells_is_kept(self, server):
        told = self.planned(server)[1]
        peers = [self.connect(server) for _ in range(told)]
        for peer in peers:
            self.assert_serves(peer)
        self.assert_turned_away(server)
        server.wait_for_line("refused: too many connections$")
        for peer in peers:
            peer.close()
        self.assert_stops_well(server)

    def test_what_was_asked_for_and_does_not_fit_is_refused_by_its_name(self):
        status, _, err = self.run_to_end(programs.SERVER, "--listen", "127.0.0.1:0", "--threads", "1", "--max-connections", "1000",
                                         "--memory-budget", "20MiB")
        self.assertEqual(2, status)
        self.assertRegex(err, r"\Ahawser-server: 25\.9 MiB of memory are needed, and there are 20\.0 MiB: [^\n]*"
                              r": raise memory_budget, lower max_connections, or allow shorter frames only \(try --help\)\n\Z")

    def test_of_a_unix_path_in_use_it_says_who_has_it(self):
        path = self.folder / "socket"
        server = self.start_server(listen=[f"unix:{path}"])
        status, _, err = self.run_to_end(programs.SERVER, "--listen", f"unix:{path}")
        self.assertEqual(1, status)
        self.assertIn(f": path in use, or not a socket that could be replaced, process {server.process.pid} began to listen there\n", err)
        self.assert_serves(self.connect_unix(path))

    def test_of_a_unix_path_whose_folder_is_locked_it_says_so_in_one_line(self):
        held = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        path = self.folder / "socket"
        status, _, err = self.run_to_end(programs.SERVER, "--listen", f"unix:{path}")
        self.assertEqual(1, status)
        self.assertEqual(f"hawser-server: cannot listen on unix:{path}: the folder of this path is locked by somebody else (flock)\n", err)

    def test_the_mode_of_a_unix_path_is_what_was_asked_for(self):
        for options, mode in ([], 0o660), (["--unix-mode", "0600"], 0o600), (["--unix-mode", "666"], 0o666):
            path = self.folder / f"socket{mode}"
            self.start_server(*options, listen=[f"unix:{path}"], preexec_fn=lambda: os.umask(0o077))
            self.assertEqual(mode, path.stat().st_mode & 0o777)
        for bad in "8", "1777", "rw", "":
            status, _, err = self.run_to_end(programs.SERVER, "--unix-mode", bad)
            self.assertEqual(2, status)
            self.assertRegex(err, r"\Ahawser-server: [^\n]*unix-mode[^\n]*\n\Z")


if __name__ == "__main__":
    programs.main()
