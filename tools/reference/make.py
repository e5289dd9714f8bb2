"""make.py ROOT FOLDER DOXYGEN: the reference of the public headers, in FOLDER/html. Prints what lacks a comment or is wrong in one; exit 1 then."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import comments

HERE = Path(__file__).resolve().parent
AREAS = ("libframe", "libio", "libpacket", "server", "client", "swarm")
# What needs no comment: docs/reference.md says why.
_SPECIALISATION = re.compile(r"(?:Compound|of (?:class|struct)) [^ ]*<")
_MEMBER = re.compile(r"\((?:variable|typedef|friend)\) of (?:class|struct) ")
_FUNCTION = re.compile(r"Member (?P<name>[^(]*)\(.*\(function\) of (?P<scope>.*) is not documented")
_WARNING = re.compile(r"(?:.*/include/)(?P<header>.*?):(?P<line>\d+): warning: (?P<text>.*)")


def headers(root):
    """{name as it is included: path} of the public ones."""
    return {path.as_posix().rpartition("/include/")[2]: path
            for area in AREAS for path in sorted((root / area).rglob("include/hawser/**/*.hpp"))}


def prepare(root, folder):
    """What Doxygen reads, in folder/include."""
    for old in ("include", "html"):
        shutil.rmtree(folder / old, ignore_errors=True)
    for name, path in headers(root).items():
        made = folder / "include" / name
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(comments.of_header(path.read_text()))
    (folder / "include/reference.md").write_text(comments.of_page((root / "docs/reference.md").read_text()))
    shutil.copy(HERE / "namespaces.dox", folder / "include")


def speaks_for_itself(said, line):
    """Whether what lacks a comment needs none; `line` is where it is declared."""
    if _SPECIALISATION.search(said) or _MEMBER.search(said):
        return True
    function = _FUNCTION.match(said)
    if not function:
        return False
    whose = function["scope"].rpartition("::")[2]
    return function["name"] in (whose, "~" + whose, "operator=") or re.search(r"\{.*\}$", line) is not None


def mistakes(root, folder):
    """Each warning that is one, with the header as it lies in the project."""
    paths = headers(root)
    for warning in sorted(set((folder / "warnings.txt").read_text().splitlines())):
        found = _WARNING.match(warning)
        if not found or found["header"] not in paths:
            yield warning
            continue
        path = paths[found["header"]]
        line = dict(enumerate(path.read_text().splitlines(), 1)).get(int(found["line"]), "")
        if not speaks_for_itself(found["text"], line):
            yield f"{path.relative_to(root)}:{found['line']}: {found['text']}"


def violations(root, folder, doxygen):
    root, folder = Path(root).resolve(), Path(folder)
    prepare(root, folder)
    done = subprocess.run([doxygen, HERE / "Doxyfile"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        return [done.stdout + done.stderr]
    return list(mistakes(root, folder))


if __name__ == "__main__":
    sys.path.append(str(HERE.parent))
    import command_line
    command_line.watch_standard_output("make.py")
    wrong = violations(*sys.argv[1:])
    print("\n".join(wrong) if wrong else Path(sys.argv[2], "html/index.html"))
    sys.exit(1 if wrong else 0)
