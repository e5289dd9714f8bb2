"""What a process costs, and what a machine is: read from /proc.

    before = measuring.Usage(pid)
    ...
    after = measuring.Usage(pid)
    share = after.processor_since(before)      # 0.1 is a tenth of one processor
"""
import os
import pathlib
import platform
import re
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
KIB, MIB = 1 << 10, 1 << 20


class Usage:
    """A process at one moment. Memory in bytes."""

    def __init__(self, pid):
        proc = pathlib.Path(f"/proc/{pid}")
        status = (proc / "status").read_text()
        self.at = time.monotonic()
        self.resident = _kilobytes(status, "VmRSS")
        self.peak = _kilobytes(status, "VmHWM")
        self.descriptors = len(os.listdir(proc / "fd"))
        # The name, which is in parentheses, may hold anything.
        fields = (proc / "stat").read_text().rpartition(")")[2].split()
        self.processor_seconds = (int(fields[11]) + int(fields[12])) / TICKS

    def processor_since(self, earlier):
        """The part of one processor that was used."""
        return (self.processor_seconds - earlier.processor_seconds) / max(self.at - earlier.at, 1e-9)


def _kilobytes(status, key):
    found = re.search(rf"^{key}:\s*(\d+) kB", status, re.M)
    assert found, f"no {key}: the process has ended"
    return int(found[1]) * KIB


def forget_peak(pid):
    """Usage.peak starts again from here."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def mib(size):
    return f"{size / MIB:.1f} MiB"


def machine():
    """Rows of what figures depend on; nothing that names the machine."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^(?:model name|Model)\s*:\s*(.*)", info, re.M)
    memory = _kilobytes(pathlib.Path("/proc/meminfo").read_text(), "MemTotal")
    return [("processor", model[1].strip() if model else platform.machine()),
            ("processors to run on", len(os.sched_getaffinity(0))),
            ("memory", f"{memory / (1 << 30):.1f} GiB"),
            ("system", f"{platform.system()} {platform.release().split('-')[0]}"),
            ("compiler", _first_line("g++", "--version")),
            ("Boost", _boost()),
            ("Python, which plays the bad peers", platform.python_version())]


def _first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def _boost():
    try:
        found = re.search(r'BOOST_LIB_VERSION "(.*)"', pathlib.Path("/usr/include/boost/version.hpp").read_text())
    except OSError:
        return "unknown"
    return found[1].replace("_", ".") if found else "unknown"
