"""Many servers beside each other: a table, a picture, the best of the peers.

    comparison.table(results, "pipelined", "100 connections, 64 in flight")
"""
from . import catalogue, plot
from .results import BASE
from .table import NONE, Table, between, count, figure, median

HEAD = ["server", "requests/s", "least to most", "of raw", "CPU s / million", "of raw", "server, load busy"]


def table(results, scenario, case):
    """The fastest first."""
    def rate(server):
        return results.spread(scenario, case, server, "rate")
    servers = sorted(results.servers(scenario, case, "rate"), key=lambda one: -rate(one).median)
    rows = [[named(one), count(rate(one).median), between(rate(one), count), of_raw(results, scenario, case, one, "rate"),
             median(results.spread(scenario, case, one, "processor")), of_raw(results, scenario, case, one, "processor"),
             busy(results, scenario, case, one)]
            for one in servers]
    return Table(case, HEAD, rows)


def busy(results, scenario, case, server):
    """The parts of a processor that both took: neither at 100 % means that they waited for each other, or shared with others."""
    shares = [results.median(scenario, case, server, key) for key in ("share", "load_share")]
    return NONE if None in shares else ", ".join(f"{100 * share:.0f} %" for share in shares)


def named(server):
    title = catalogue.title(server)
    return f"**{title}**" if catalogue.is_hawser(server) else title


def of_raw(results, scenario, case, server, key):
    return median(results.ratio(scenario, case, server, key))


def bars(results, scenario, title):
    """The name of a picture, and the picture: the ratio to the raw loop, a panel a case."""
    panels = []
    for case in results.cases(scenario):
        ratios = {one: results.ratio(scenario, case, one, "rate") for one in results.servers(scenario, case, "rate")}
        panels.append(plot.Panel(case, [bar(one, ratios[one])
                                        for one in sorted(ratios, key=lambda one: -middle(ratios[one])) if ratios[one]]))
    return scenario, plot.bars(title, panels, mark=1.0)


def middle(spread):
    return spread.median if spread else 0


def bar(server, spread, way=figure):
    return plot.Bar(catalogue.title(server), spread.median, spread.least, spread.most, way(spread.median), kind_of(server))


def kind_of(server):
    return "ours" if catalogue.is_hawser(server) else "base" if server == BASE else "other"


def best_peer(results, scenario, case, key):
    """Its name, and hawser's ratio to it; a peer is no server of this project."""
    ratios = {one: results.ratio(scenario, case, "hawser", key, base=one) for one in results.servers(scenario, case, key)
              if catalogue.is_peer(one)}
    ratios = {one: ratio.median for one, ratio in ratios.items() if ratio}
    if not ratios:
        return "", None
    best = min(ratios, key=ratios.get)
    return best, ratios[best]
