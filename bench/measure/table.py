"""Tables, for a terminal and for a page, and numbers as people read them.

    table = Table("10 connections", ["server", "requests/s"], [["hawser", count(151234.5)]])
    print(table.plain())
    table.markdown()
"""
import dataclasses

NONE = "-"


@dataclasses.dataclass
class Table:
    title: str
    head: list
    rows: list

    def plain(self):
        """The first column to the left, numbers to the right."""
        cells = [[str(cell).replace("**", "") for cell in row] for row in [self.head, *self.rows]]
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.head))]
        lines = ["  ".join(cell.ljust(width) if not column else cell.rjust(width)
                           for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in cells]
        return "\n".join([self.title, *lines])

    def markdown(self):
        yield "| " + " | ".join(self.head) + " |"
        yield "|---|" + "---:|" * (len(self.head) - 1)
        for row in self.rows:
            yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def count(number):
    return NONE if number is None else f"{number:,.0f}"


def figure(number):
    """Three digits that count, and no exponent."""
    if number is None:
        return NONE
    size = abs(number)
    return f"{number:,.0f}" if size >= 100 else f"{number:.1f}" if size >= 10 else f"{number:.2f}" if size >= 0.1 or not size else f"{number:.3f}"


def between(spread, way=figure):
    """The least and the most that was seen."""
    return NONE if spread is None else f"{way(spread.least)} to {way(spread.most)}"


def median(spread, way=figure):
    return NONE if spread is None else way(spread.median)


def kib(size):
    return NONE if size is None else f"{figure(size / 1024)} KiB"


def microseconds(time):
    return NONE if time is None else f"{figure(time / 1000)} ms" if time >= 1000 else f"{figure(time)} µs"
