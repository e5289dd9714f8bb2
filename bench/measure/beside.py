"""Programs of bench/ that measure by themselves, and say what they found as JSON.

    rows = beside.told("codec", [program], seconds=120)      # bench/codec/run PROGRAM --json FILE
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from .machine import ROOT
from .process import Failed


def path(folder):
    return ROOT / "bench" / folder / "run"


def told(folder, arguments, seconds):
    """Their exit status says whether a bound of their own is kept: what they measured counts in any case."""
    with tempfile.TemporaryDirectory(prefix="hawser-bench-") as temporary:
        result = pathlib.Path(temporary) / "result.json"
        command = [sys.executable, path(folder), *map(str, arguments), "--json", result]
        try:
            status, out, err = _run_within(seconds, command)
        except subprocess.TimeoutExpired:
            raise Failed(f"bench/{folder}/run did not end within {seconds} s") from None
        if not result.exists():
            said = (err or out).strip()
            raise Failed(f"bench/{folder}/run: {said[-200:] or f'exit status {status}'}")
        return json.loads(result.read_text())


def _run_within(seconds, command):
    """If that is not enough, or somebody ends us, what it has started ends with it."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          start_new_session=True) as started:
        try:
            out, err = started.communicate(timeout=seconds)
            return started.returncode, out, err
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)
