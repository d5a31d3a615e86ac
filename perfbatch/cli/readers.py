"""What reads the workbooks for a command."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbatch.model.errors import BatchFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.wording import words_of

if TYPE_CHECKING:
    from perfbatch.intake.cluster import ClusterExecutor
    from perfbatch.isolated.executor import IsolatedExecutor

__all__ = ["readers_of"]


@contextlib.contextmanager
def readers_of(workers: int, cluster: str | None = None) -> Iterator[IsolatedExecutor | ClusterExecutor]:
    """What reads the workbooks. The first process starts here and loads the reader while the caller loads all the rest:
    what is imported before is all that it has to wait for."""
    if cluster is not None:
        from perfbatch.intake.cluster import reading_cluster

        with reading_cluster(cluster) as readers:
            yield readers
        return
    from perfbatch.intake.readers import reading_processes
    from perfbatch.isolated.executor import WorkersUnavailable

    with reading_processes(workers or _cores()) as processes:
        try:
            processes.start_early()
        except WorkersUnavailable as error:
            raise BatchFault("reading.no_process", reason=words_of(error), remedy=worded("threads.none")) from error
        yield processes


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
