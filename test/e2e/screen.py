"""A terminal as a program under test sees it: a pty, and what its output makes of a screen.

    terminal = screen.Terminal()
    program = Popen(..., stdin=terminal.slave, stdout=terminal.slave, **terminal.own)
    terminal.type("hello\\r")
    terminal.update(); terminal.lines         # ["> hello", "HELLO"]

Knows what a line editor writes; anything else is an error, so that nobody's escape sequences pass unseen.
"""
import fcntl
import os
import pty
import re
import select
import struct
import termios

_PIECE = re.compile(r"\x1b\[(?P<numbers>[\d;?]*)(?P<what>[A-Za-z@])|\x1b(?P<other>[=>])|(?P<control>[\x00-\x1f\x7f])|(?P<text>[^\x00-\x1f\x7f]+)")


class Terminal:
    def __init__(self, width=80, height=24):
        self.master, self.slave = pty.openpty()
        self.rows, self.row, self.column = [""], 0, 0
        self.insert = False
        self.unread = b""
        self.raw = ""   # all that was written
        self.resize(width, height)

    def resize(self, width, height=24):
        self.width = width
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    @property
    def own(self):
        """What makes it the terminal of a new process, so that Ctrl-C is a signal."""
        return {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}

    def modes(self):
        return termios.tcgetattr(self.slave)

    def type(self, text):
        os.write(self.master, text.encode())

    def update(self):
        """Takes what was written since."""
        while select.select([self.master], [], [], 0)[0]:
            self.unread += os.read(self.master, 1 << 16)
        text = self.unread.decode(errors="ignore")
        whole = re.search(r"\x1b(\[[\d;?]*)?$", text)   # an escape sequence that is not whole yet
        end = whole.start() if whole else len(text)
        self.unread = text[end:].encode()
        self.raw += text[:end]
        self._draw(text[:end])

    @property
    def lines(self):
        lines = [row.rstrip() for row in self.rows]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def close(self):
        os.close(self.master)
        os.close(self.slave)

    def _draw(self, text):
        at = 0
        while at < len(text):
            piece = _PIECE.match(text, at)
            assert piece, f"no known escape sequence: {text[at:at + 20]!r}"
            at = piece.end()
            if piece["text"]:
                for letter in piece["text"]:
                    self._put(letter)
            elif piece["control"]:
                self._control(piece["control"])
            elif piece["what"]:
                self._command(piece["what"], piece["numbers"])

    def _put(self, letter):
        if self.column == self.width:
            self._to(self.row + 1, 0)
        row = self.rows[self.row].ljust(self.column)
        self.rows[self.row] = (row[:self.column] + letter + row[self.column + (0 if self.insert else 1):])[:self.width]
        self.column += 1

    def _control(self, what):
        if what == "\n":
            self._to(self.row + 1, self.column)   # the pty has put the return before it
        elif what == "\r":
            self.column = 0
        elif what == "\b":
            self.column = max(0, min(self.column, self.width - 1) - 1)
        else:
            assert what == "\a", repr(what)

    def _command(self, what, numbers):
        count = int(numbers or 0) if numbers.isdigit() or not numbers else 0
        row = self.rows[self.row]
        if what in "ABCD":
            step = max(1, count)
            down, right = {"A": (-step, 0), "B": (step, 0), "C": (0, step), "D": (0, -step)}[what]
            self._to(self.row + down, self.column + right)
        elif what == "J":
            assert count == 0
            del self.rows[self.row + 1:]
            self.rows[self.row] = row[:self.column]
        elif what == "K":
            assert count == 0
            self.rows[self.row] = row[:self.column]
        elif what == "P":
            self.rows[self.row] = row[:self.column] + row[self.column + max(1, count):]
        elif what == "@":
            self.rows[self.row] = (row[:self.column] + " " * max(1, count) + row[self.column:])[:self.width]
        elif what in "hl" and numbers == "4":
            self.insert = what == "h"
        elif what == "G":
            self.column = max(1, count) - 1
        else:
            assert what in "mhl", f"CSI {numbers}{what}"

    def _to(self, row, column):
        assert row >= 0, "above the first row"
        self.row, self.column = row, max(0, column)
        self.rows += [""] * (self.row + 1 - len(self.rows))
