"""Programs of bench/ that measure by themselves, and say what they found as JSON.

    rows = beside.told("codec", [program], seconds=120)      # bench/codec/run PROGRAM --json FILE
"""
import json
import pathlib
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
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise Failed(f"bench/{folder}/run did not end within {seconds} s") from None
        if not result.exists():
            said = (done.stderr or done.stdout).strip()
            raise Failed(f"bench/{folder}/run: {said[-200:] or f'exit status {done.returncode}'}")
        return json.loads(result.read_text())
