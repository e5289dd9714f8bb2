"""headers.py ROOT clang|user|asio COMPILER FLAG...: what a compiler says of the public headers.

clang  all of them together, and a program that uses them, pass this compiler without a warning
user   the same optimised, with the warnings that a user of g++ has: some are only found when calls are inlined
asio   no header of floors 1 and 2, nor of protocol, pulls in Asio, by whatever way
"""
import os
import subprocess
import sys
from pathlib import Path

import floors
import source

WITHOUT_ASIO = ("base", "frame", "packet", "protocol")
# ctest takes this for "skipped" (SKIP_RETURN_CODE).
SKIPPED = 77


def public_headers(root):
    return sorted(source.public_name(path) for path in source.cpp_files(root) if source.is_public(path))


def include_folders(root):
    root = Path(root)
    return sorted({str(root.joinpath(*path.parts[:path.parts.index("include") + 1]))
                   for path in source.cpp_files(root) if source.is_public(path)})


def run(root, compiler, flags, text):
    """The headers are no system headers, of which nothing would be told."""
    command = [compiler, "-std=c++20", *flags, *(f"-I{f}" for f in include_folders(root)), "-x", "c++", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True)


def include_all(names):
    return "".join(f"#include <{name}>\n" for name in names)


def check_clang(root, compiler, flags):
    user = (Path(root) / "test/consumer/server.cpp").read_text()
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Werror"]
    done = run(root, compiler, [*flags, *warnings, "-fsyntax-only"], include_all(public_headers(root)) + user)
    return [done.stderr] if done.returncode else []


def check_user(root, compiler, flags):
    user = (Path(root) / "test/consumer/typical.cpp").read_text()
    warnings = ["-Wall", "-Wextra", "-O2", "-Werror"]
    done = run(root, compiler, [*flags, *warnings, "-c", "-o", os.devnull], include_all(public_headers(root)) + user)
    return [done.stderr] if done.returncode else []


def check_asio(root, compiler, flags):
    for area in WITHOUT_ASIO:
        names = [name for name in public_headers(root) if floors.area_of_name(name) == area]
        done = run(root, compiler, [*flags, "-M"], include_all(names))
        if done.returncode:
            yield done.stderr
        found = [word for word in done.stdout.split() if "/boost/asio" in word]
        if found:
            yield f"the headers of {area} pull in {found[0]}"


def main(root, what, compiler, *flags):
    if compiler.endswith("-NOTFOUND"):
        print("skipped: there is no clang++ here (tools/setup check installs one)")
        return SKIPPED
    found = list({"clang": check_clang, "user": check_user, "asio": check_asio}[what](root, compiler, flags))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
