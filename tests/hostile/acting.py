"""Reading processes for files that say what is to become of their reader: the content of each is an act of `calls`."""

from __future__ import annotations

from perfbatch.intake import one_file
from perfbatch.intake.answers import Read
from perfbatch.intake.one_file import TASKS, Shipped
from perfbatch.isolated.worker import place_of
from perfbatch.model.limits import Limits
from perfbatch.rulebook.model import Rulebook
from tests.hostile.calls import acts

__all__ = ["TASKS"]


def _read_content(file: Shipped, rulebook: Rulebook, limits: Limits | None) -> Read:
    try:
        return Read(file.sha256, None, "F01", acts(file.content.decode())[:20])
    except (MemoryError, RecursionError):
        return Read(file.sha256, None, "F08")
    except Exception as error:
        return Read(file.sha256, None, "F14", fault=place_of(error))


one_file._read_content = _read_content
