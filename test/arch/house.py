"""House rules that a machine can see: names of files, how many a folder has, length of public headers, no macro in them, numbers without a
locale, what tools/new left to be filled in, and that no public header has Asio without the look whether it is compiled as in the libraries."""
import re
from collections import Counter
from pathlib import Path

import source

VAGUE = {"util", "utils", "utility", "utilities", "common", "helper", "helpers", "manager", "managers", "misc"}
# A header is read in one sitting; CONTRIBUTING.md aims at 200. Of 120 columns: it was 250 when some lines had 150.
MOST_LINES = 275
# A folder is seen at once: some 20 files of which each may have to do with each, or a screen of public headers, which one looks up by name.
MOST_FILES = 22
MOST_HEADERS = 57
# Here a file stands for itself, and a folder is as long as what it tells of.
LISTS = {"docs", "examples", "test"}
# What has more than others, and why.
CROWDED = {
    "tools": 26,        # scripts, and beside them the sources of what all programs are made of
    "server/src": 40,   # one session goes through all of them, and no part of it is known to be below another
}


# What serves any protocol alike.
ENGINE = {"server", "client", "libio"}
DEFAULT_PACKETS = re.compile(r"\bpacket::(?:conn|conn_ack|submit|submit_ack|ping|pong|go_away)\b")
# What begins as one of tools/templates.
FILLED_IN = source.SUFFIXES
ASIO = "hawser/io/asio.hpp"


def violations(root):
    root = Path(root)
    yield from _unguarded(root)
    for path in source.all_files(root):
        words = set(re.split(r"[_.-]", path.name.lower())) | {p.lower() for p in path.parts[:-1]}
        for vague in sorted(words & VAGUE):
            yield f"{path}: '{vague}' says nothing about what is inside"
        if path.suffix in FILLED_IN and path.parts[0] != "tools":
            yield from _left_open(path, (root / path).read_text())
        if "detail" in path.parts[:-1]:
            yield f"{path}: no detail folder"
        if source.is_public(path):
            yield from _header(path, (root / path).read_text())
        if path.suffix in source.SUFFIXES and path.parts[0] not in ("test", "bench"):
            yield from _numbers(path, source.without_comments((root / path).read_text(), literals=True))
        if path.suffix in source.SUFFIXES and path.parts[0] in ENGINE:
            yield from _packets_named(path, source.without_comments((root / path).read_text()))
        if path.suffix == ".md" and path.parts[0] in ("README.md", "docs"):
            yield from _numbers_of_page(path, (root / path).read_text())
    yield from _crowds(source.all_files(root))


def _packets_named(path, code):
    """The engine knows no protocol: what it says beside requests is packet::control."""
    for number, line in enumerate(code.splitlines(), 1):
        for name in DEFAULT_PACKETS.findall(line):
            yield f"{path}:{number}: {name} is of the default protocol, which is one of many here: see packet/control.hpp"


def _crowds(files):
    """Folders that nobody can take in."""
    for folder, count in Counter(path.parent for path in files).items():
        if not folder.parts or folder.parts[0] in LISTS:
            continue
        most = MOST_HEADERS if "include" in folder.parts else CROWDED.get(folder.as_posix(), MOST_FILES)
        if count > most:
            yield f"{folder}: {count} files, more than {most}"


# What follows the global locale, or that of C, which a program sets for its own texts: 1.234 frames in 0,2 s.
# One without a name is gone before it could be given a locale. A file, or a text that is read, may be of lines or bytes only (getline, read,
# rdbuf): without >> and << nothing in it is a number or a word.
_STREAM = re.compile(r"\bstd::(?P<kind>[io]?stringstream|[io]?fstream)(?: (?P<name>\w+)[;({]|[({])")
_MAY_BE_OF_LINES = {"istringstream", "ifstream", "ofstream", "fstream"}
_BLOCK = re.compile(r"^[ \t]*```cpp[^\n]*\n(?P<code>.*?)^[ \t]*```[ \t]*$", re.M | re.S)
_PRINTED = re.compile(r'printf\([^;]*%[-+ #0-9.*]*[aefgAEFG]')


def _numbers_of_page(path, text):
    """What readers copy."""
    for block in _BLOCK.finditer(text):
        lines_before = "\n" * text.count("\n", 0, block.start("code"))
        yield from _numbers(path, lines_before + source.without_comments(block["code"], literals=True))


def _numbers(path, code):
    def at(match):
        return f"{path}:{code.count(chr(10), 0, match.start()) + 1}"

    for match in _STREAM.finditer(code):
        name = match["name"]
        if name is None:
            yield f"{at(match)}: a stream has the locale of whoever uses it; give it a name, and name.imbue(std::locale::classic())"
        elif match["kind"] in _MAY_BE_OF_LINES and not re.search(rf"\b{name} (?:>>|<<) ", code[match.end():]):
            continue
        elif f"{name}.imbue(" not in code[match.end():match.end() + 150]:
            yield f"{at(match)}: a stream has the locale of whoever uses it; {name}.imbue(std::locale::classic())"
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


def _left_open(path, text):
    for match in re.finditer(r"FILL IN: [^\n]*", text):
        yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"


def _unguarded(root):
    """Public headers that have Asio, and not by any way ASIO."""
    names = {source.public_name(path): [name for _, name, _ in source.includes((root / path).read_text())]
             for path in source.cpp_files(root) if source.is_public(path)}

    def has(name, seen):
        return name == ASIO or name in names and name not in seen and any(has(one, seen | {name}) for one in names[name])

    for path in source.cpp_files(root):
        if not source.is_public(path):
            continue
        name = source.public_name(path)
        if any(one.startswith("boost/asio") for one in names[name]) and not has(name, frozenset()):
            yield f"{path}: it has Asio, so it includes <{ASIO}>"
