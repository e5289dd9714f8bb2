"""Small pictures as SVG: bars beside a mark, and lines over a logarithmic scale. Readable on a light and on a dark page.

    svg = plot.bars("Requests a second", [plot.Panel("10 connections", [plot.Bar("hawser", 0.98, 0.96, 1.01, "0.98", "ours")])], mark=1)
    svg = plot.lines("Cost a request", "connections", [plot.Chart("µs", [plot.Line("hawser", [(10, 6.1), (100, 5.2)], "ours")])])

Every bar has its figure written beside it, and a thin line from the least to the most that was seen.
"""
import dataclasses
import html
import math

WIDTH = 760
LABELS = 300          # for the names at the left
FIGURES = 96          # for the figures at the right
ROW, THICK = 22, 13
PANEL_HEAD, HEAD, FOOT = 34, 40, 14
STYLE = """
  .page { fill: #ffffff } text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 } .head { font-weight: 600 } .quiet { fill: #6e7781; font-size: 12px } .strong { font-weight: 600 }
  .ours { fill: #0969da } .base { fill: #57606a } .other { fill: #afb8c1 }
  .line-ours { stroke: #0969da } .line-base { stroke: #57606a } .line-other { stroke: #8c959f }
  .grid { stroke: #d8dee4; stroke-width: 1 } .mark { stroke: #cf222e; stroke-width: 1; stroke-dasharray: 3 3 } .range { stroke: #24292f; stroke-width: 1 }
  .curve { fill: none; stroke-width: 2 } .figure { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .figure { stroke: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #8d96a0 }
    .ours { fill: #58a6ff } .base { fill: #9da7b3 } .other { fill: #484f58 }
    .line-ours { stroke: #58a6ff } .line-base { stroke: #9da7b3 } .line-other { stroke: #6e7681 }
    .grid { stroke: #30363d } .mark { stroke: #ff7b72 } .range { stroke: #e6edf3 }
  }
"""


@dataclasses.dataclass
class Bar:
    label: str
    value: float
    least: float
    most: float
    figure: str
    kind: str       # ours, base, other: its colour


@dataclasses.dataclass
class Panel:
    title: str
    bars: list


@dataclasses.dataclass
class Line:
    label: str
    points: list    # (x, y), x above 0
    kind: str


@dataclasses.dataclass
class Chart:
    title: str
    lines: list
    way: object = "{:,.0f}".format   # how its y values are written


def bars(title, panels, mark=None):
    height = HEAD + sum(PANEL_HEAD + ROW * len(panel.bars) for panel in panels) + FOOT
    parts, top = [_text(16, 25, title, "title")], HEAD
    for panel in panels:
        parts += _panel(panel, top, mark)
        top += PANEL_HEAD + ROW * len(panel.bars)
    return _svg(title, height, parts)


def _panel(panel, top, mark):
    yield _text(16, top + 20, panel.title, "head")
    most = max([bar.most for bar in panel.bars] + [mark or 0, 1e-9])
    first, scale = top + PANEL_HEAD, (WIDTH - LABELS - FIGURES) / most
    if mark:
        at = LABELS + mark * scale
        yield _line(at, first - 6, at, first + len(panel.bars) * ROW - 2, "mark")
    for number, bar in enumerate(panel.bars):
        yield from _bar(bar, first + number * ROW, scale)


def _bar(bar, top, scale):
    middle, end = top + THICK / 2, LABELS + bar.value * scale
    strong = " strong" if bar.kind == "ours" else ""
    yield _text(LABELS - 10, middle + 4.5, bar.label, f"label{strong}", "end")
    yield f'<rect class="{bar.kind}" x="{LABELS}" y="{top}" width="{max(end - LABELS, 1):.1f}" height="{THICK}" rx="1.5"/>'
    if bar.most > bar.least:
        yield _line(LABELS + bar.least * scale, middle, LABELS + bar.most * scale, middle, "range")
    yield _text(max(end, LABELS + bar.most * scale) + 7, middle + 4.5, bar.figure, f"figure{strong}")


def lines(title, across, charts):
    """Charts below each other, over one x axis that is logarithmic; their y axes begin at 0."""
    tall, parts, top = 170, [_text(16, 25, title, "title")], HEAD
    for chart in charts:
        parts += _chart(chart, across, top, tall)
        top += tall + PANEL_HEAD + 44
    return _svg(title, top + FOOT, parts)


def _chart(chart, across, top, tall):
    left, right, base = 90, WIDTH - 150, top + PANEL_HEAD + tall
    xs = sorted({x for line in chart.lines for x, _ in line.points})
    if not xs:
        return
    ticks = _ticks(max([y for line in chart.lines for _, y in line.points] + [1e-9]))
    wide = math.log(xs[-1] / xs[0]) or 1

    def place(x, y):
        return left + math.log(x / xs[0]) / wide * (right - left), base - y / ticks[-1] * tall
    yield _text(16, top + 20, chart.title, "head")
    for tick in ticks:
        _, y = place(xs[0], tick)
        yield _line(left, y, right, y, "grid")
        yield _text(left - 8, y + 4, chart.way(tick), "quiet", "end")
    for x in xs:
        yield _text(place(x, 0)[0], base + 18, f"{x:,}", "quiet", "middle")
    yield _text(right + 26, base + 18, across, "quiet")
    yield from _curves(chart.lines, place)


def _curves(of, place):
    """With their names at the right, which keep a distance from each other."""
    labels = []
    for line in of:
        points = [place(x, y) for x, y in line.points]
        yield f'<polyline class="curve line-{line.kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'
        yield from (f'<circle class="{line.kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)
        labels.append([points[-1][1], points[-1][0], line])
    last = -math.inf
    for y, x, line in sorted(labels, key=lambda one: one[0]):
        last = max(y, last + 16)
        yield _text(x + 9, last + 4, line.label, "strong" if line.kind == "ours" else "")


def _ticks(most):
    """From 0 to at least `most`, in four or five even steps."""
    step = 10 ** math.floor(math.log10(most / 4))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if most / (step * factor) <= 5)
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def _svg(title, height, parts):
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
                      f"<title>{html.escape(title)}</title>", f"<style>{STYLE}</style>",
                      f'<rect class="page" width="{WIDTH}" height="{height}"/>', *parts, "</svg>", ""])


def _text(x, y, text, style, anchor="start"):
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _line(x1, y1, x2, y2, style):
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
