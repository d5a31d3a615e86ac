"""The processes that read: known before anything of the reader is loaded, so that they can be started first of all."""

from __future__ import annotations

from perfbatch.isolated.executor import Confinement, IsolatedExecutor
from perfbatch.model.limits import Limits

__all__ = ["reading_processes"]


def reading_processes(workers: int, limits: Limits | None = None) -> IsolatedExecutor:
    """An executor for `read_all` that reads in up to `workers` processes of their own, each file within the limits."""
    limits = limits or Limits()
    confinement = Confinement(limits.address_space, limits.cpu_seconds, limits.wall_seconds, limits.reply_bytes)
    return IsolatedExecutor(workers, confinement, "perfbatch.intake.reading_tasks")
