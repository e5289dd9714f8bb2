"""Every row of a table in the documentation whose last column is headed "proved by" names a test, and the test exists."""
import re
from pathlib import Path

import source

HEADING = "proved by"
_TEST = re.compile(r"BOOST_(?:AUTO|FIXTURE)_TEST_CASE\(\s*(\w+)|^\s*def (test_\w+)", re.M)


def tests(root):
    """The names of all tests under test/."""
    names = set()
    for path in source.all_files(root):
        if path.parts[0] == "test" and path.suffix in (".cpp", ".hpp", ".py"):
            names.update(a or b for a, b in _TEST.findall((Path(root) / path).read_text()))
    return names


def rows(text):
    """(line, last cell) of each row below a heading that asks for proofs."""
    wanted = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            wanted = False
            continue
        last = line.strip().strip("|").split("|")[-1].strip()
        if last.lower() == HEADING:
            wanted = True
        elif wanted and not re.fullmatch(r":?-+:?", last):
            yield number, last


def violations(root):
    known = tests(root)
    for document in source.all_files(root):
        if document.parts[0] != "docs" or document.suffix != ".md":
            continue
        for line, cell in rows((Path(root) / document).read_text()):
            named = re.findall(r"`(\w+)`", cell)
            if not named:
                yield f"{document}:{line}: this row names no test that proves it"
            for name in named:
                if name not in known:
                    yield f"{document}:{line}: there is no test {name}"
