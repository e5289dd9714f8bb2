"""check.py floors|coroutines|format|house|proofs|snippets ROOT [COMPILE_COMMANDS]: prints what breaks a rule; exit 1 if anything does, 77 if there is
no way to tell here."""
import importlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import command_line   # noqa: E402: from that folder


# ctest takes this for "skipped" (SKIP_RETURN_CODE).
SKIPPED = 77


def main(rule, root, compile_commands=None):
    more = [Path(compile_commands).read_text()] if compile_commands else []
    module = importlib.import_module(rule)
    why = module.skipped() if hasattr(module, "skipped") else None
    if why:
        print(f"skipped: {why}")
        return SKIPPED
    found = list(module.violations(root, *more))
    print("\n".join(found) if found else f"{rule}: nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    command_line.watch_standard_output("check.py")
    sys.exit(main(*sys.argv[1:]))
