"""The machine, as a page names it, and which of its processors do what.

The facts that test/stress writes down too come from there.
"""
import os
import pathlib
import re
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "stress"))

import measuring   # noqa: E402: from that folder


class Cores:
    """Who runs where: the server on one processor and the load on another, so that neither slows down the other.

    A server of more threads has one processor a thread if there is one more for the load; otherwise all may run everywhere.
    """

    def __init__(self, processors=None):
        self._all = sorted(processors or os.sched_getaffinity(0), key=lambda one: (_is_second_thread(one), one))

    def split(self, threads=1):
        """The processors of the server, and those of the load; apart() says whether they are different ones."""
        if len(self._all) <= threads:
            return set(self._all), set(self._all)
        return set(self._all[:threads]), {self._all[threads]}

    def apart(self, threads=1):
        return len(self._all) > threads


def _is_second_thread(processor):
    """Whether it shares its core with one of a lower number."""
    try:
        siblings = pathlib.Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list").read_text()
    except OSError:
        return False
    return int(re.match(r"\d+", siblings)[0]) != processor


def facts():
    """Rows of what figures depend on; nothing that names the machine."""
    rows = [row for row in measuring.machine() if not row[0].startswith("Python")]
    return [*rows, ("load average before the run", f"{os.getloadavg()[0]:.2f}"),
            ("descriptors a process may have", f"{_limit():,}"), ("hawser", commit())]


def _limit():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def commit():
    """The version in the folder, and whether there is more in it than in that version."""
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    try:
        return git("rev-parse", "--short", "HEAD") + (" and changes" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def slab():
    """Bytes that the kernel has for its own objects, sockets among them."""
    return _of_meminfo("Slab")


def limits():
    """On the number of connections: descriptors, and bytes of memory that programs could have."""
    return {"descriptors": _limit(), "nr_open": _number("/proc/sys/fs/nr_open"), "file_max": _number("/proc/sys/fs/file-max"),
            "available": _of_meminfo("MemAvailable")}


def _number(path):
    try:
        return int(pathlib.Path(path).read_text())
    except (OSError, ValueError):
        return None


def _of_meminfo(key):
    found = re.search(rf"^{key}:\s*(\d+) kB", pathlib.Path("/proc/meminfo").read_text(), re.M)
    return int(found[1]) * 1024 if found else 0
