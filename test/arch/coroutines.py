"""Coroutines that g++ 12 compiles wrongly, or that outlive what they captured. A scan of tokens, not a parser:

- a lambda that captures and is a coroutine: its captures die with the lambda, not with the coroutine;
- a lambda that captures in the same full expression as a co_await;
- co_await inside ?:, and ?: in parentheses as what is awaited, of which g++ 12 destroys a task twice.
"""
import re
from pathlib import Path

import source

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.']*|->|::|&&|\|\||[-+*/%=!<>]=|\"\"|\S")
_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = set(_OPEN.values())
_SUSPENDS = {"co_await", "co_return", "co_yield"}
# After these words a [ begins a lambda; after any other word it is a subscript or a structured binding.
_BEFORE_LAMBDA = {"return", "co_return", "co_await", "co_yield", "case", "else", "do", "throw", "and", "or", "not"}


class Lambda:
    def __init__(self, start, captures, body, end):
        self.start, self.captures, self.body, self.end = start, captures, body, end   # indices of tokens


class Scan:
    def __init__(self, text):
        code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m[0].count("\n"),
                      source.without_comments(text), flags=re.M)
        self.tokens, self.lines = [], []
        line, at = 1, 0
        for match in _TOKEN.finditer(code):
            line += code.count("\n", at, match.start())
            at = match.start()
            self.tokens.append(match[0])
            self.lines.append(line)
        self.partner = self._match()
        self.lambdas = [found for i in range(len(self.tokens)) if (found := self._lambda(i))]

    def _match(self):
        partner, open_ones = {}, []
        for i, token in enumerate(self.tokens):
            if token in _OPEN:
                open_ones.append(i)
            elif token in _CLOSE and open_ones:
                first = open_ones.pop()
                partner[first], partner[i] = i, first
        return partner

    def _lambda(self, start):
        """The lambda that the [ at start introduces, or None."""
        t = self.tokens
        if t[start] != "[" or start not in self.partner:
            return None
        before = t[start - 1] if start else ";"
        if before in (")", "]", "[", '""', ">") or (re.match(r"\w", before) and before not in _BEFORE_LAMBDA):
            return None
        if before in ("&", "&&") and start > 1 and t[start - 2] == "auto":
            return None   # a structured binding
        close = self.partner[start]
        if t[start + 1] == "[":
            return None   # an attribute
        i = close + 1
        while i < len(t) and t[i] != "{":      # <template>, (parameters), specifiers, -> type
            if t[i] in ("(", "["):
                i = self.partner.get(i, len(t))
            elif t[i] in _CLOSE or t[i] in (";", "=", ","):
                if not self._in_angles(close + 1, i):
                    return None
            i += 1
        if i >= len(t) or i not in self.partner:
            return None
        return Lambda(start, close > start + 1, i, self.partner[i])

    def _in_angles(self, first, at):
        angles = self.tokens[first:at]
        return self.tokens[at] not in _CLOSE and angles.count("<") > angles.count(">")

    def innermost(self, at):
        """The lambda whose body has this token, or None."""
        around = [f for f in self.lambdas if f.body < at < f.end]
        return max(around, key=lambda f: f.body, default=None)

    def enclosing(self, at):
        """The bracket that this token is directly inside of, or None."""
        i = at - 1
        while i >= 0 and self.tokens[i] not in _OPEN:
            i = self.partner.get(i, i) - 1
        return self.tokens[i] if i >= 0 else None

    def chooses(self, at):
        """Whether parentheses open here with ?: directly in them."""
        if self.tokens[at:at + 1] != ["("]:
            return False
        i, last = at + 1, self.partner.get(at, at)
        while i < last and self.tokens[i] != "?":
            i = self.partner.get(i, i) + 1
        return i < last

    def edge(self, at, step, stops):
        """From at, over matched brackets, to the first token of stops or the bracket that closes us in."""
        inwards, outwards = (set(_OPEN), _CLOSE) if step > 0 else (_CLOSE, set(_OPEN))
        if self.enclosing(at) in ("(", "["):
            stops = stops - {"}"}   # an initialiser or a lambda, not the statement before
        i = at + step
        while 0 <= i < len(self.tokens):
            token = self.tokens[i]
            if token in stops or token in outwards:
                return i
            if token in inwards:
                i = self.partner.get(i, i)
            i += step
        return i

    def statement(self, at):
        """(first, last) of the full expression around a token: out of all ( and [, to ; or { or }."""
        first, last = at, at
        while True:
            first, last = self.edge(first, -1, {";", "}"}), self.edge(last, 1, {";"})
            if not (0 <= first and last < len(self.tokens)) or self.tokens[first] not in ("(", "["):
                return first, last
            if self.tokens[last] not in (")", "]"):
                return first, last   # for (a; co_await b; c)
            if first and self.tokens[first - 1] in ("if", "while", "for", "switch", "constexpr"):
                return first, last


def violations_in(text):
    """(line, what is wrong) of each."""
    scan = Scan(text)
    for i, token in enumerate(scan.tokens):
        if token in _SUSPENDS:
            inside = scan.innermost(i)
            if inside and inside.captures:
                yield scan.lines[i], f"{token} in a lambda that captures"
        if token == "co_await":
            first, last = scan.statement(i)
            if scan.chooses(i + 1):
                yield scan.lines[i], "co_await of ?:"
            for found in scan.lambdas:
                if found.captures and first <= found.start <= last and not found.body < i < found.end:
                    yield scan.lines[i], "co_await in one full expression with a lambda that captures"
        if token == "?":
            first = scan.edge(i, -1, {";", ",", "=", "return", "co_return", "}"})
            last = scan.edge(i, 1, {";", ","})
            for at in range(first + 1, last):
                if scan.tokens[at] == "co_await" and scan.innermost(at) is scan.innermost(i):
                    yield scan.lines[at], "co_await inside ?:"


def violations(root):
    for path in source.cpp_files(root):
        for line, what in sorted(set(violations_in((Path(root) / path).read_text()))):
            yield f"{path}:{line}: {what}"
