"""The project's C++ files, and what the checks here need to know of a file's text."""
import os
import re
from pathlib import Path

SUFFIXES = {".hpp", ".cpp"}


def all_files(root):
    """Every file of the project, relative to root: no hidden folder, no build tree."""
    root = Path(root)
    found = []
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            f for f in folders
            if not f.startswith(".") and f != "__pycache__" and not (here == root and f == "build")
            and not (here / f / "CMakeCache.txt").exists())
        found += [(here / f).relative_to(root) for f in sorted(files)]
    return found


def cpp_files(root):
    return [f for f in all_files(root) if f.suffix in SUFFIXES]


def is_public(path):
    """include/hawser/... of a library: what users see."""
    return path.suffix == ".hpp" and "include" in path.parts


def public_name(path):
    """libframe/include/hawser/bytes.hpp -> hawser/bytes.hpp"""
    return "/".join(path.parts[path.parts.index("include") + 1:])


_COMMENT_OR_LITERAL = re.compile(
    r'''(?P<comment>//[^\n]*|/\*.*?\*/)'''
    r'''|(?P<raw>\b(?:u8|[uUL])?R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)")'''
    r'''|(?P<string>"(?:\\.|[^"\\\n])*")'''
    r'''|(?P<separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))'''
    r'''|(?P<char>'(?:\\.|[^'\\\n])+')''', re.DOTALL)


def without_comments(text, literals=False):
    """text with comments blanked, and unless they are wanted string and character literals too; lines stay lines."""
    def blank(match):
        if match["comment"]:
            return re.sub(r"[^\n]", " ", match[0])
        if literals or match["separator"]:
            return match[0]
        return '""' + "\n" * match[0].count("\n")
    return _COMMENT_OR_LITERAL.sub(blank, text)


def includes(text):
    """(line, what stands between the brackets, quoted?) of every #include."""
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', without_comments(text, True), re.M):
        yield text.count("\n", 0, match.start()) + 1, match[2], match[1] == '"'
