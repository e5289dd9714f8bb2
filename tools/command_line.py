"""command_line: options, output and signals of the project's own Python programs, as tools/command_line.hpp has them for those in C++.

    parser = command_line.Parser("bench/run", "What it does.", epilog)     # refusals are one line and status 2
    parser.add_argument("--json", type=command_line.output_file)           # looked at before the work begins
    given = parser.parse_args()
    command_line.end_by_signals()
    ...
    command_line.write(given.json, text)

If anything that was printed could not be written, the exit status is 1 whatever main has said, and one line on standard error says why;
none does if nobody reads any more, as in `program | head -1`. Parser sees to that; who has no options calls watch_standard_output.
"""
import argparse
import atexit
import contextlib
import errno
import io
import os
import pathlib
import shutil
import signal
import stat
import sys
import textwrap

COLUMNS = 80


class Parser(argparse.ArgumentParser):
    """`epilog` stays as it is written; paragraphs of `about` are filled."""

    def __init__(self, name, about, epilog=None):
        watch_standard_output(name)
        filled = "\n\n".join(textwrap.fill(" ".join(paragraph.split()), COLUMNS) for paragraph in about.strip().split("\n\n"))
        super().__init__(prog=name, description=filled, epilog=epilog, allow_abbrev=False, formatter_class=_formatter)

    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (try --help)\n")


def _formatter(prog):
    return argparse.RawDescriptionHelpFormatter(prog, width=COLUMNS)


def output_file(text):
    """The type of an option that names a file which is written at the end."""
    if why := unwritable(text):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: {why}")
    return text


def program(text):
    """The type of an argument that is a program to run."""
    if not shutil.which(text):
        raise argparse.ArgumentTypeError(f"there is no program {text!r}")
    return text


def unwritable(path):
    """Why no file can be written there, or nothing. Nothing is opened: what is there may be wanted until the end."""
    try:
        kind = os.stat(path).st_mode
    except FileNotFoundError:
        return unwritable_folder(os.path.dirname(os.path.realpath(path))) if path and not path.endswith("/") else "it is no name of a file"
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    if stat.S_ISDIR(kind) or stat.S_ISSOCK(kind):
        return "it is a folder" if stat.S_ISDIR(kind) else "it is a socket"
    return "" if os.access(path, os.W_OK) else "no permission to write to it"


def unwritable_folder(path):
    """Why nothing can be made in it, or nothing."""
    if not os.path.isdir(path):
        return f"{path} is no folder" if os.path.exists(path) else f"there is no folder {path}"
    return "" if os.access(path, os.W_OK | os.X_OK) else f"no permission to write in {path}"


def write(path, text):
    """At the end. What unwritable() could not foresee, as a full disk, is one line and status 1."""
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError as error:
        sys.exit(f"{_name}: {path} cannot be written: {error.strerror}")


def end_by_signals():
    """SIGTERM and SIGHUP are as Ctrl-C: the first of them is a KeyboardInterrupt, so that what was begun is ended, and no other breaks into that.

    What is ignored here because whoever started us wants it so (nohup, &) has no effect; but the programs that are started from here do not
    ignore it, which a handler sees to.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def nothing(*_):
        pass

    def first(*_):
        for number in numbers:
            signal.signal(number, nothing)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, nothing if signal.getsignal(number) == signal.SIG_IGN else first)


def end_children():
    """Of whoever was told to end: what is still there of the processes that were started, one in the middle of its start included."""
    for children in pathlib.Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)


# Standard output.

_name = "?"
_output = None


class _Remembering(io.FileIO):
    """Where the first failure is the end of the program, by way of its `with` and `finally`; what comes after it is for nobody."""
    failure = None

    def write(self, data):
        if self.failure is None:
            try:
                return super().write(data)
            except OSError as error:
                self.failure = error
                raise SystemExit(1) from None
        return len(data)


def watch_standard_output(name):
    global _name, _output
    _name = name
    if _output is None:
        _have_all_three()
        _output = _Remembering(1, "w", closefd=False)
        # A terminal has each line at once, as Python does it by itself; other text than the encoding has must not end a program.
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_output), getattr(sys.stdout, "encoding", None), "backslashreplace",
                                      line_buffering=_output.isatty())
        atexit.register(_end)


def _have_all_three():
    """What was closed is /dev/null, or the next file or socket would be taken for it. Not for writing: that it is lost is told."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)   # the lowest number that is free
            os.set_inheritable(opened, True)
    sys.stderr = sys.stderr or open(2, "w", errors="backslashreplace", buffering=1, closefd=False)


def _end():
    with contextlib.suppress(SystemExit):
        sys.stdout.flush()
    if _output.failure is None:
        return
    with contextlib.suppress(OSError):
        if _output.failure.errno != errno.EPIPE:
            print(f"{_name}: cannot write to standard output: {_output.failure.strerror}", file=sys.stderr, flush=True)
    os._exit(1)   # Python's own word for it is 120, and two lines
