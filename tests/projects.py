"""The project form's rulebook, and its blank workbook."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import write_template

__all__ = ["blank_project", "project_rulebook"]


@lru_cache(maxsize=1)
def project_rulebook() -> Rulebook:
    """The built-in rulebook of projects."""
    return read_rulebook("xiangmu-2023").rulebook


@lru_cache(maxsize=1)
def blank_project() -> bytes:
    """The blank project form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(project_rulebook(), path)
        return path.read_bytes()
