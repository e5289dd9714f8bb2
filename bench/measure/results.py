"""Samples, and what is said of many of them.

    results = Results()
    results.add(Sample("one_in_flight", "10 connections", "hawser", 0, {"rate": 150e3}))
    results.median("one_in_flight", "10 connections", "hawser", "rate")
    results.ratio("one_in_flight", "10 connections", "hawser", "rate")       # to the raw loop

A machine has good and bad moments. So a ratio is taken inside each round, where both were measured close to each other, and
the median of these is told. A sample that failed counts for nothing: no median and no ratio sees it.
"""
import dataclasses
import statistics

BASE = "raw"   # the server that ratios are of


@dataclasses.dataclass
class Sample:
    scenario: str
    case: str            # of the scenario: "10 connections"
    server: str
    round: int
    values: dict = dataclasses.field(default_factory=dict)
    failed: str = ""     # why it counts for nothing


@dataclasses.dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values):
        """None of nothing."""
        return cls(statistics.median(values), min(values), max(values)) if values else None


class Results:
    def __init__(self, samples=()):
        self.samples = list(samples)

    def add(self, sample):
        self.samples.append(sample)

    def failures(self):
        return [one for one in self.samples if one.failed]

    def has(self, scenario):
        return any(one.scenario == scenario and not one.failed for one in self.samples)

    def cases(self, scenario):
        """In the order in which they were measured first."""
        return list(dict.fromkeys(one.case for one in self.samples if one.scenario == scenario))

    def servers(self, scenario, case, key=None):
        """Those with a sample that counts, and has this value."""
        return list(dict.fromkeys(one.server for one in self._good(scenario, case) if key is None or key in one.values))

    def spread(self, scenario, case, server, key):
        return Spread.of(list(self._by_round(scenario, case, server, key).values()))

    def median(self, scenario, case, server, key):
        spread = self.spread(scenario, case, server, key)
        return spread.median if spread else None

    def ratio(self, scenario, case, server, key, base=BASE):
        """The spread of what the rounds say."""
        mine, theirs = (self._by_round(scenario, case, one, key) for one in (server, base))
        return Spread.of([mine[number] / theirs[number] for number in mine if theirs.get(number)])

    def ratio_of_cases(self, scenario, server, key, cases):
        """The first of the two cases against the second."""
        mine, other = (self._by_round(scenario, case, server, key) for case in cases)
        return Spread.of([mine[number] / other[number] for number in mine if other.get(number)])

    def _good(self, scenario, case):
        return (one for one in self.samples if one.scenario == scenario and one.case == case and not one.failed)

    def _by_round(self, scenario, case, server, key):
        return {one.round: one.values[key] for one in self._good(scenario, case)
                if one.server == server and one.values.get(key) is not None}

    def summary(self):
        """Of everything, for result.json: scenario, case, server, value: median, least, most, and the ratio's."""
        told = {}
        for scenario in dict.fromkeys(one.scenario for one in self.samples):
            for case in self.cases(scenario):
                for server in self.servers(scenario, case):
                    told.setdefault(scenario, {}).setdefault(case, {})[server] = self._of_one(scenario, case, server)
        return told

    def _of_one(self, scenario, case, server):
        keys = dict.fromkeys(key for one in self._good(scenario, case) if one.server == server
                             for key, value in one.values.items() if isinstance(value, (int, float)))
        told = {}
        for key in keys:
            if spread := self.spread(scenario, case, server, key):
                told[key] = dataclasses.asdict(spread)
                if ratio := self.ratio(scenario, case, server, key):
                    told[key]["ratio_to_raw"] = ratio.median
        return told


def rounds(servers, count):
    """(round, server) for all: each round goes through all servers, and begins one later than the round before."""
    for number in range(count):
        start = number % max(len(servers), 1)
        for server in [*servers[start:], *servers[:start]]:
            yield number, server
