"""How far a run is: one line that is renewed on a terminal, a line a scenario elsewhere.

    progress = Progress(steps, sys.stdout)
    progress.next(step)
    progress.note("something worth a line of its own")
    progress.end()
"""
import os
import time


class Progress:
    def __init__(self, steps, out):
        self._out, self._live = out, out.isatty() and os.environ.get("CI") != "true"
        self._count, self._left, self._done = len(steps), sum(step.seconds for step in steps), 0
        self._scenario, self._begun = None, time.monotonic()
        self.note(f"{self._count} runs, about {clock(self._left)}")

    def next(self, step):
        self._done += 1
        if self._live:
            self._out.write(f"\r\x1b[K[{self._done}/{self._count}] {step.scenario}, {step.case}: {step.server}, round {step.round + 1}; "
                            f"{clock(time.monotonic() - self._begun)}, about {clock(self._left)} left")
            self._out.flush()
        elif step.scenario != self._scenario:
            self.note(f"[{self._done}/{self._count}] {step.scenario}; about {clock(self._left)} left")
        self._scenario = step.scenario
        self._left -= step.seconds

    def note(self, text):
        self.end()
        print(text, file=self._out, flush=True)

    def end(self):
        """Leaves the line free for others."""
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()


def clock(seconds):
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    return f"{minutes}:{rest:02}"
