"""Rulebooks that a test writes, and their blank forms."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import write_template

__all__ = ["blank_form", "rulebook_of", "written"]


def written(folder: Path, text: str) -> Path:
    """A rulebook's file."""
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


@lru_cache(maxsize=8)
def rulebook_of(text: str) -> Rulebook:
    """The rulebook that a text resolves to."""
    with tempfile.TemporaryDirectory() as folder:
        return read_rulebook(written(Path(folder), text)).rulebook


def blank_form(rulebook: Rulebook, units: int = 0) -> bytes:
    """The blank workbook of a rulebook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(rulebook, path, units=units)
        return path.read_bytes()
