"""constants.py ROOT COMPILER FLAG...: a constant layout that makes no sense does not compile, and the compiler shows the rule.

What is no constant is refused when the program runs: test/unit/length_field_test.cpp.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

# ctest takes this for "skipped" (SKIP_RETURN_CODE).
SKIPPED = 77
GOOD = ("length_field::prefix_body(2)", "length_field::prefix_self()", "length_field::header_middle(2, 3, 1, 4096)",
        "length_field({.width = 2, .offset = 1, .adjust = -3, .strip = 3, .max_frame = 100})")
BAD = (
    ("length_field({.width = 5})", "width is 1, 2, 3, 4 or 8"),
    ("length_field({.offset = 65'536})", "offset <= 65535"),
    ("length_field({.width = 2, .offset = 1, .adjust = -4})", "adjust >= -(offset + width)"),
    ("length_field({.width = 2, .adjust = 3, .strip = 6})", "strip <= offset + width + max(adjust, 0)"),
    ("length_field({.width = 2, .adjust = -1, .strip = 3})", "strip <= offset + width + max(adjust, 0)"),
    ("length_field({.width = 1, .offset = 2, .max_frame = 259})", "max <= offset + width + (256^width - 1) + adjust"),
    ("length_field::prefix_body(1, 257)", "max <= offset + width + (256^width - 1) + adjust"),
    ("length_field::prefix_self(2, 65'536)", "max <= offset + width + (256^width - 1) + adjust"),
    ("length_field::prefix_self(4, 3)", "max >= offset + width + max(adjust, 0)"),
)


def compile_text(root, compiler, flags, text):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "layout.cpp"
        file.write_text(text)
        command = [compiler, "-std=c++20", "-fsyntax-only", *flags, f"-I{Path(root) / 'libframe/include'}", str(file)]
        return subprocess.run(command, capture_output=True, text=True)


def text_of(*declarations):
    return "#include <hawser/frame/length_field.hpp>\nusing namespace hawser::frame;\n" + "\n".join(declarations) + "\n"


def violations(root, compiler, flags):
    good = [f"constexpr auto good_{i} = {layout};" for i, layout in enumerate(GOOD)]
    later = [f"const auto refused_when_it_runs_{i} = {layout};" for i, (layout, _) in enumerate(BAD)]
    done = compile_text(root, compiler, flags, text_of(*good, *later))
    if done.returncode:
        yield f"what is good, or no constant, does not compile:\n{done.stderr}"
    for layout, rule in BAD:
        done = compile_text(root, compiler, flags, text_of(f"constexpr auto bad = {layout};"))
        if done.returncode == 0:
            yield f"{layout} compiles, though it must be that {rule}"
        elif rule not in done.stderr:
            yield f"{layout} is refused without '{rule}':\n{done.stderr}"


def main(root, compiler, *flags):
    if compiler.endswith("-NOTFOUND"):
        print("skipped: there is no such compiler here (tools/setup check installs clang)")
        return SKIPPED
    found = list(violations(root, compiler, flags))
    print("\n".join(found) if found else f"{len(BAD)} layouts are refused")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
