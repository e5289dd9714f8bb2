"""check.py floors|coroutines|house|proofs|snippets ROOT [COMPILE_COMMANDS]: prints what breaks a rule; exit 1 if anything does."""
import importlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import command_line   # noqa: E402: from that folder


def main(rule, root, compile_commands=None):
    more = [Path(compile_commands).read_text()] if compile_commands else []
    found = list(importlib.import_module(rule).violations(root, *more))
    print("\n".join(found) if found else f"{rule}: nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    command_line.watch_standard_output("check.py")
    sys.exit(main(*sys.argv[1:]))
