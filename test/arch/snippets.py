"""Every ```cpp and ```python block of the documentation stands, line for line, in a file that the tests build or run. But for the
whole files, with their names, of the tutorial, the how-to pages and from-asio.md: stranger.* builds and runs these as they are on the page."""
import json
import re
from pathlib import Path

import source

FOLDERS = ("examples", "programs", "test")
LANGUAGES = {"cpp": {".cpp", ".hpp"}, "python": {".py"}}
FOLLOWED = {Path("docs/how-to"), Path("docs/tutorial.md"), Path("docs/from-asio.md")}
_FILE = re.compile(r"^\*\*`[^`\n]+`\*\*[^\n]*\s*\Z", re.M)   # as test/stranger/page.py has it
_BLOCK = re.compile(r"^(?P<indent>[ \t]*)```(?P<language>\w+)[^\n]*\n(?P<text>.*?)^(?P=indent)```[ \t]*$", re.M | re.S)


def blocks(text, without_files=False):
    """(line, language, lines) of each fenced block, or of those that are no whole file."""
    for match in _BLOCK.finditer(text):
        if without_files and _FILE.search(text[:match.start()]):
            continue
        indent = match["indent"]
        lines = [line.removeprefix(indent) for line in match["text"].splitlines()]
        yield text.count("\n", 0, match.start()) + 1, match["language"], lines


def built_files(root, compile_commands):
    """The files under examples/, programs/ and test/ that a build uses: compiled, included by one of those, or named in CMake."""
    root = Path(root).resolve()
    compiled = {Path(entry["directory"], entry["file"]).resolve() for entry in json.loads(compile_commands)}
    candidates = [f for f in source.all_files(root) if f.parts[0] in FOLDERS]
    cmake = " ".join((root / f).read_text() for f in candidates if f.name == "CMakeLists.txt")
    used = set()
    for file in candidates:
        named = re.search(rf"(?<![\w-]){re.escape(file.name)}(?![\w-])", cmake)
        if file.suffix == ".py" and named or file.suffix == ".cpp" and (named or root / file in compiled):
            used.add(file)
    headers = {f for f in candidates if f.suffix == ".hpp"}
    included = {Path(name).name for f in used | headers for _, name, _ in source.includes((root / f).read_text())}
    return used | {f for f in headers if f.name in included}


def has_lines(text, wanted):
    have = text.splitlines()
    return any(have[i:i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))


def violations(root, compile_commands="[]"):
    root = Path(root)
    texts = {f: (root / f).read_text() for f in built_files(root, compile_commands)}
    for document in source.all_files(root):
        if document != Path("README.md") and (document.parts[0] != "docs" or document.suffix != ".md"):
            continue
        for line, language, wanted in blocks((root / document).read_text(), not FOLLOWED.isdisjoint({document, *document.parents})):
            if language in LANGUAGES and not any(
                    has_lines(text, wanted) for f, text in texts.items() if f.suffix in LANGUAGES[language]):
                yield f"{document}:{line}: this {language} block is in no file of {' or '.join(FOLDERS)} that is built"
