"""reference.py ROOT FOLDER DOXYGEN: the reference is made without a warning, and its first page names the headers that one includes."""
import re
import sys
from pathlib import Path

import source

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools/reference"))
import make   # noqa: E402

# ctest takes this for "skipped" (SKIP_RETURN_CODE).
SKIPPED = 77
PAGE = "docs/reference.md"


def entries(root):
    """What is wrong with the table of headers."""
    root = Path(root)
    named = re.findall(r"^\| `(hawser/[^`]*)` \| [^|]+ \|$", (root / PAGE).read_text(), re.M)
    public = {source.public_name(path) for path in source.cpp_files(root) if source.is_public(path)}
    for name in sorted(set(named) - public):
        yield f"{PAGE}: there is no header {name}"
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{PAGE}: {name} is there twice"
    for path in source.cpp_files(root):
        if path.parts[0] == "examples":
            for line, name, _ in source.includes((root / path).read_text()):
                if name in public and name not in named:
                    yield f"{path}:{line}: {name} is not in the table of {PAGE}"


def main(root, folder, doxygen):
    found = list(entries(root))
    is_skipped = not doxygen or doxygen.endswith("-NOTFOUND")
    if is_skipped:
        print("skipped: there is no doxygen here (tools/setup check installs it)")
    else:
        found += make.violations(root, folder, doxygen)
    print("\n".join(found) if found else f"{PAGE}: nothing found")
    return 1 if found else SKIPPED if is_skipped else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
