"""A bar while a night runs: on a terminal, and nowhere else."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from perfbatch.model.phases import Watch
from perfbatch.terminal.catalogue import say

__all__ = ["night_progress"]

_DRAWN_PER_SECOND = 4


@contextlib.contextmanager
def night_progress() -> Iterator[Watch | None]:
    """What a night tells of its phases, drawn on stderr and wiped away at the end; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    # Loaded where there is somebody to see it: a night under cron does without.
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    from perfbatch.terminal.console import console_of

    class Rate(ProgressColumn):
        """Files a second."""

        def render(self, task: Task) -> Text:
            return Text(say("progress.rate", files=f"{task.speed:,.0f}") if task.speed else "")

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    # A thread of the bar's own draws it, so that telling it costs next to nothing.
    drawn = Progress(*columns, console=console_of(errors=True), refresh_per_second=_DRAWN_PER_SECOND, transient=True)
    shown = ""
    task = drawn.add_task(say("phase.walk").capitalize(), total=None)

    def watch(phase: str, done: int, total: int) -> None:
        nonlocal shown
        if phase != shown:
            shown = phase
            drawn.reset(task, description=say(f"phase.{phase}").capitalize())
        drawn.update(task, completed=done, total=total or None)

    with drawn:
        yield watch
