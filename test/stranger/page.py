"""A page as a stranger takes it: writes the files that it shows, pastes its commands into a shell, compares what it says comes out.

    steps = page.steps(path)                    # all of it, in order
    steps = page.steps(path, "Step 7")          # of the sections whose heading has this in it, with what is below them
    with page.Shell(folder, environment) as shell:
        shell.follow(steps)                     # raises page.Mismatch, which names the page and the line

What a page has to say for that:

    **`server.cpp`**                            then a fenced block, of any language: this whole file
    ```sh                                       commands, pasted into one bash that lives as long as the page: cd, variables and $! stay
    ```text                                     behind an sh block, in the same section: all that these commands show. Not behind one: a picture
    anything else                               is read, not done: a block of code without a file's name, or `console`

A command that fails ends it. What is shown may differ from the page in what differs each time: a date, a time of day, a number
with a unit of time, a number `a second`, a port of five digits, and how wide the columns are. `...` is anything in a line, and any
number of lines in a line of its own.

A port of four digits on a page (`:7000`, in files, commands and output alike) is one that is free, in each shell another.
"""
import dataclasses
import itertools
import os
import pathlib
import random
import re
import select
import socket
import subprocess
import time

_FENCE = re.compile(r"^(?P<indent>[ \t]*)```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^(?P=indent)```[ \t]*$", re.M | re.S)
_HEADING = re.compile(r"^(#+) (.*)$", re.M)
_NAME = re.compile(r"^\*\*`([^`\n]+)`\*\*[^\n]*\s*\Z", re.M)   # the last thing before its block
_PORT = re.compile(r"(?<=:)[1-9]\d{3}\b(?!\.)")
_VARIES = re.compile(r"(?P<any>\.\.\.)|(?P<date>\d{4}-\d\d-\d\d)|(?P<clock>\d\d:\d\d:\d\d(?:\.\d+)?)"
                     r"|(?P<time>\d[\d.,]* (?:ns|us|ms|s)\b)|(?P<rate>\d[\d.,]*(?= (?:requests )?a second))"
                     r"|(?P<gap>(?<=\S)  +(?=\S))|(?P<port>(?<=:)\d{5}\b)")
_MEANS = {"any": ".*", "date": r"\d{4}-\d\d-\d\d", "clock": r"\d\d:\d\d:\d\d(?:\.\d+)?", "time": r"\d[\d.,]* (?:ns|us|ms|s)", "rate": r"\d[\d.,]*",
          "port": r"\d+", "gap": " +"}


class Mismatch(AssertionError):
    """The page says something else than what happens."""


@dataclasses.dataclass(frozen=True)
class Step:
    """`kind`: "file", "commands" or "output". `name`: a file's."""
    kind: str
    where: str   # PAGE:LINE
    text: str
    name: str = ""


def _wanted(text, section):
    """[begin, end) of what is below the headings that have `section` in them."""
    if section is None:
        return [(0, len(text))]
    code = [match.span() for match in _FENCE.finditer(text)]
    headings = [h for h in _HEADING.finditer(text) if not any(begin < h.start() < end for begin, end in code)]
    found = []
    for at, heading in enumerate(headings):
        if section in heading[2]:
            after = (h.start() for h in headings[at + 1:] if len(h[1]) <= len(heading[1]))
            found.append((heading.start(), next(after, len(text))))
    if not found:
        raise Mismatch(f"no heading has '{section}' in it")
    return found


def steps(path, section=None):
    """What there is to do, in the order of the page."""
    text = pathlib.Path(path).read_text()
    wanted = _wanted(text, section)
    found, before = [], None
    for match in _FENCE.finditer(text):
        if before and _HEADING.search(text, before.end(), match.start()):
            before = None
        name = _NAME.search(text, before.end() if before else text.rfind("\n#", 0, match.start()) + 1, match.start())
        lines = [line.removeprefix(match["indent"]) for line in match["text"].splitlines(keepends=True)]
        kind = "file" if name else "commands" if match["language"] == "sh" else ""
        if not kind and match["language"] == "text" and before and before["language"] == "sh":
            kind = "output"
        if kind and any(begin <= match.start() < end for begin, end in wanted):
            where = f"{pathlib.Path(path).name}:{text.count(chr(10), 0, match.start()) + 1}"
            found.append(Step(kind, where, "".join(lines), name[1] if name else ""))
        before = match
    return found


def _pattern(shown):
    """One that matches what may be shown instead."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
            continue
        at = 0
        for match in _VARIES.finditer(line):
            pattern += re.escape(line[at:match.start()]) + _MEANS[match.lastgroup]
            at = match.end()
        pattern += re.escape(line[at:].rstrip()) + r"[ \t]*\n"
    return pattern


def says(shown, wanted):
    """Whether `shown` is what a page has as `wanted`."""
    return re.fullmatch(_pattern(wanted), shown if not shown or shown.endswith("\n") else shown + "\n") is not None


def _is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def _free_ports(count):
    """Five digits each. None that the system gives to whoever asks for any: a page takes minutes, and its server comes back."""
    low, high = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    pool = range(10_000, low) or range(high + 1, 65_536)
    return [str(port) for port in itertools.islice(filter(_is_free, random.sample(pool, len(pool))), count)]


class Shell:
    """A bash in a folder, with every file and command that it is given. Its end is that of all that was started in it."""

    def __init__(self, folder, environment=None, seconds=300, patience=15, terminal=None):
        """`seconds`: what one block of commands may take. `patience`: how much later what runs in the background may say something.
        `terminal`: a screen.Terminal of test/e2e, for programs that show more on one."""
        self.folder = pathlib.Path(folder)
        self.seconds, self.patience = seconds, patience
        self._terminal = terminal
        self._ports = {}
        own = self.folder.parent / f"{self.folder.name}.shell"
        own.mkdir()
        self._block, self._shown = own / "block", own / "shown"
        orders, self._orders = os.pipe()
        self._done, done = os.pipe()
        # Pasted lines are read as commands, so that none of them is input of another.
        driver = f'while read -r _ <&{orders}; do . "$0" </dev/null {orders}<&- {done}>&-; echo >&{done}; done'
        with open(self._shown, "wb") as file:
            out = terminal.slave if terminal else file
            self._bash = subprocess.Popen(["bash", "-euc", driver, self._block], cwd=self.folder, env=os.environ | (environment or {}),
                                          stdin=subprocess.DEVNULL, stdout=out, stderr=out, pass_fds=(orders, done), start_new_session=True)
        # Nobody but us has the other end of its input: so all of it ends with us, whatever ends us.
        self._guard = subprocess.Popen(["sh", "-c", f"read -r _; kill -s KILL -- -{self._bash.pid}"], stdin=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(orders)
        os.close(done)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._orders)
        os.close(self._done)
        self._guard.stdin.close()
        self._guard.wait()
        self._bash.wait()

    @property
    def shown(self):
        """All of it, up to now."""
        if self._terminal:
            self._terminal.update()
            return "\n".join(self._terminal.lines)
        return self._shown.read_text(errors="replace")

    def follow(self, all_steps):
        begin = len(self.shown)
        for step in all_steps:
            if step.kind == "commands":
                begin = len(self.shown)
            self._do(step, begin)

    def _do(self, step, begin):
        if step.kind == "file":
            self._write(step)
        elif step.kind == "commands":
            self._paste(step, begin)
        else:
            self._compare(step, begin)

    def here(self, text):
        """With the ports that are free."""
        new = sorted(set(_PORT.findall(text)) - set(self._ports))
        self._ports.update(zip(new, _free_ports(len(new))))
        return _PORT.sub(lambda match: self._ports[match[0]], text)

    def _write(self, step):
        path = self._now_in() / step.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.here(step.text))

    def _now_in(self):
        return pathlib.Path(os.readlink(f"/proc/{self._bash.pid}/cwd"))

    def _paste(self, step, begin):
        self._block.write_text(self.here(step.text))
        os.write(self._orders, b"\n")
        if not self._is_done():
            raise Mismatch(f"{step.where}: not done after {self.seconds} s:\n{step.text}\n{self.shown[begin:]}")
        if not os.read(self._done, 1):
            raise Mismatch(f"{step.where}: ended with {self._bash.wait()}:\n{step.text}\n{self.shown[begin:]}")

    def _is_done(self):
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            if self._terminal:
                self._terminal.update()   # what nobody reads holds up who writes it
            if select.select([self._done], [], [], min(0.02 if self._terminal else 1, self.seconds))[0]:
                return True
        return False

    def _compare(self, step, begin):
        wanted = self.here(step.text)
        end = time.monotonic() + self.patience
        while not says(self.shown[begin:], wanted):
            if time.monotonic() > end:
                raise Mismatch(f"{step.where}: the page has\n{wanted}\nand what is shown is\n{self.shown[begin:]}")
            time.sleep(0.02)
