"""c++ for who follows a page: the build's compiler with a user's warnings as errors, and in two steps, since ccache keeps only the first.

HAWSER_CXX is the compiler, HAWSER_CCACHE ccache if there is one. The folder that all is in is another one each time, which ccache has to pass over.
"""
import os
import subprocess
import sys

WARNINGS = ["-Wall", "-Wextra", "-Werror"]


def main(arguments):
    compiler = os.environ["HAWSER_CXX"]
    os.environ.update(CCACHE_BASEDIR=os.environ["HOME"], CCACHE_NOHASHDIR="1")
    launcher = [os.environ["HAWSER_CCACHE"]] if os.environ.get("HAWSER_CCACHE") else []
    sources = [one for one in arguments if one.endswith(".cpp")]
    if "-c" in arguments or len(sources) != 1 or "-o" not in arguments:
        return subprocess.call([*launcher, compiler, *(WARNINGS if sources else []), *arguments])
    at = arguments.index("-o")
    program = arguments[at + 1]
    rest = [one for i, one in enumerate(arguments) if i not in (at, at + 1) and one not in sources]
    status = subprocess.call([*launcher, compiler, *WARNINGS, *rest, "-c", *sources, "-o", f"{program}.o"])
    return status or subprocess.call([compiler, f"{program}.o", "-o", program, *rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
