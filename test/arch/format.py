"""Every C++ file looks as .clang-format says, and no line of it is too long: tools/format mends the one, and names the other."""
import functools
import re
import shutil
import subprocess
from pathlib import Path

import source

# The versions differ in some lines of a tree of this size.
VERSION = 19
# ColumnLimit in .clang-format, which leaves comments and literals as they are.
COLUMNS = 120
MANY = 60   # files a call: as many arguments as any system takes


@functools.cache
def program():
    """clang-format of the version that is meant, or nothing."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        found = shutil.which(name)
        if found and f"version {VERSION}." in subprocess.run([found, "--version"], capture_output=True, text=True).stdout:
            return found
    return None


def skipped():
    """Why nothing can be said; nothing if it can."""
    return None if program() else f"there is no clang-format {VERSION} here (tools/setup check installs it)"


def unformatted(root, files):
    """Those of the files, relative to root, that are not as .clang-format says."""
    wrong = set()
    for i in range(0, len(files), MANY):
        command = [program(), "--style=file", "--dry-run", "--Werror", "--ferror-limit=1", "--", *(str(file) for file in files[i:i + MANY])]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        named = re.findall(r"^(.+?):\d+:\d+: error: code should be clang-formatted", done.stderr, re.M)
        if done.returncode and not named:
            raise RuntimeError(done.stderr)
        wrong |= {Path(name) for name in named}
    return sorted(wrong)


def too_long(root, files):
    for file in files:
        for number, line in enumerate(Path(root, file).read_text().splitlines(), 1):
            if len(line) > COLUMNS:
                yield f"{file}:{number}: {len(line)} columns, more than {COLUMNS}"


def violations(root, files=None):
    files = source.cpp_files(root) if files is None else files
    wrong = unformatted(root, files)
    if wrong:
        yield f"not as .clang-format says: {', '.join(map(str, wrong))}; tools/format mends that"
    yield from too_long(root, files)
