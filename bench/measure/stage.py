"""Where a scenario is played: the servers that there are, the load, and who runs where.

    def steps(stage, size):
        jobs = {f"{count} connections": load.Job(count) for count in (10, 100)}
        yield from stage.closed_loops(NAME, jobs, stage.servers("raw", "hawser"), size.rounds)

A step is one run against one server, which is started for it and ends with it: no run sees what another one left behind. All
steps are known before the first is done, so that it can be said how long it will take.
"""
import dataclasses
import typing

from . import load, process
from .results import rounds

STARTING = 0.25   # seconds beside what a job measures: the server starts, connections come and go


@dataclasses.dataclass
class Step:
    scenario: str
    case: str
    server: str
    round: int
    seconds: float                            # about
    measure: typing.Callable[[], dict]        # the values; raises process.Failed


class Stage:
    def __init__(self, available, programs, cores, results):
        """`available`: catalogue.Server by name; `programs`: paths by name, of what is no server."""
        self._available, self.programs = available, programs
        self.cores, self.results = cores, results

    def servers(self, *names):
        """Those of these names that there are; of no names: all with one thread."""
        names = names or [one.name for one in self._available.values() if one.everywhere]
        return [self._available[name] for name in names if name in self._available]

    def started(self, server, cores=None):
        return process.Server(server.command, cores or self.cores.split(server.threads)[0])

    def closed(self, server, job):
        """A run against one server."""
        job = dataclasses.replace(job, warm_up=max(job.warm_up, server.warm_up))
        with self.started(server) as running:
            return load.put(self.programs["bench-load"], running, job, self.cores.split(server.threads)[1])

    def closed_loops(self, scenario, jobs, servers, count):
        """Each job (by the name of its case) against each server, in rounds."""
        known = {server.name: server for server in servers}
        for number, name in rounds(list(known), count):
            for case, job in jobs.items():
                yield self.step(scenario, case, known[name], number, job.seconds + max(job.warm_up, known[name].warm_up),
                                self.closed, job)

    @staticmethod
    def step(scenario, case, server, number, seconds, measure, *arguments):
        return Step(scenario, case, server.name, number, seconds + STARTING, lambda: measure(server, *arguments))
