"""What a reading process can be asked for. Whoever imports this loads all that reading a file takes: no file should have the
loading counted against its time."""

from __future__ import annotations

import perfbatch.intake.guard
import perfbatch.intake.reader  # noqa: F401 - `one_file` imports it when it reads, so that who only asks need not load it
from perfbatch.intake.one_file import TASKS

__all__ = ["TASKS"]
