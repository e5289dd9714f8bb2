"""House rules that a machine can see: names of files, length of public headers, no macro in them, numbers without a locale."""
import re
from pathlib import Path

import source

VAGUE = {"util", "utils", "utility", "utilities", "common", "helper", "helpers", "manager", "managers", "misc"}
# A header is read in one sitting; design.md aims at 200.
MOST_LINES = 250


def violations(root):
    root = Path(root)
    for path in source.all_files(root):
        words = set(re.split(r"[_.-]", path.name.lower())) | {p.lower() for p in path.parts[:-1]}
        for vague in sorted(words & VAGUE):
            yield f"{path}: '{vague}' says nothing about what is inside"
        if "detail" in path.parts[:-1]:
            yield f"{path}: no detail folder"
        if source.is_public(path):
            yield from _header(path, (root / path).read_text())
        if path.suffix in source.SUFFIXES and path.parts[0] not in ("test", "bench"):
            yield from _numbers(path, (root / path).read_text())


# What follows the global locale, or that of C, which a program sets for its own texts: 1.234 frames in 0,2 s.
_STREAM = re.compile(r"\bstd::o?stringstream (\w+)[;({]")
_PRINTED = re.compile(r'printf\([^;]*%[-+ #0-9.*]*[aefgAEFG]')


def _numbers(path, text):
    code = source.without_comments(text, literals=True)

    def at(match):
        return f"{path}:{code.count(chr(10), 0, match.start()) + 1}"

    for match in _STREAM.finditer(code):
        if f"{match[1]}.imbue(" not in code[match.end():match.end() + 100]:
            yield f"{at(match)}: a stream has the locale of whoever uses it; {match[1]}.imbue(std::locale::classic())"
    for match in _PRINTED.finditer(code):
        yield f"{at(match)}: printf writes the point of a number as the locale has it; std::to_chars"


def _header(path, text):
    lines = text.count("\n")
    if lines > MOST_LINES:
        yield f"{path}: {lines} lines, more than {MOST_LINES}"
    code = source.without_comments(text, literals=True)
    for match in re.finditer(r"^[ \t]*#[ \t]*(define|undef)\b.*", code, re.M):
        yield f"{path}:{code.count(chr(10), 0, match.start()) + 1}: a public header defines no macro: {match[0].strip()}"
    if not code.lstrip().startswith("#pragma once"):
        yield f"{path}: the first line of code is #pragma once"
