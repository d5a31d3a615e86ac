"""The phases of a night: timed for the run report, and told to whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Phases", "Watch"]

Watch = Callable[[str, int, int], None]
"""Told the phase, how many of its files are done, and of how many; 0 of 0 in a phase that is not counted in files."""


class Phases:
    """A stopwatch with a name for each lap: a phase lasts until the next one begins."""

    def __init__(self, watch: Watch | None = None) -> None:
        self._watch = watch
        self._begun: list[tuple[str, float]] = []
        self._done = self._total = 0

    def begin(self, phase: str, files: int = 0) -> None:
        """End the phase before and begin this one, which has so many files to deal with."""
        self._begun.append((phase, time.perf_counter()))
        self._done, self._total = 0, files
        self._tell()

    def expect(self, files: int) -> None:
        """The phase has so many files to deal with: where it has to find out first."""
        self._total = files
        self._tell()

    def reach(self, done: int) -> None:
        """So many of the phase's files are done."""
        self._done = done
        self._tell()

    def advance(self, files: int = 1) -> None:
        """So many more of the phase's files are done. From any thread: two at once may miscount, and it is only a bar."""
        self.reach(self._done + files)

    def seconds(self) -> list[tuple[str, float]]:
        """Wall seconds of each phase, in the order run; the last one's until now."""
        ends = [begun for _, begun in self._begun[1:]] + [time.perf_counter()]
        return [(phase, end - begun) for (phase, begun), end in zip(self._begun, ends, strict=False)]

    def _tell(self) -> None:
        if self._watch is not None and self._begun:
            self._watch(self._begun[-1][0], self._done, self._total)
