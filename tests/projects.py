"""The project form's rulebook, and its blank workbook."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import perfbatch.rulebook.load
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from tests.overlays import blank_form, rulebook_of

__all__ = ["blank_project", "project_rulebook", "with_idle_rows"]


@lru_cache(maxsize=1)
def project_rulebook() -> Rulebook:
    """The built-in rulebook of projects."""
    return read_rulebook("xiangmu-2023").rulebook


@lru_cache(maxsize=1)
def blank_project() -> bytes:
    """The blank project form."""
    return blank_form(project_rulebook())


@lru_cache(maxsize=3)
def with_idle_rows(policy: str) -> Rulebook:
    """The rulebook with a case of rows that do not apply."""
    text = (Path(perfbatch.rulebook.load.__file__).parent / "xiangmu_2023.toml").read_text("utf-8")
    text = text.replace(
        "cases = [\n", "cases = [\n    { when = \"filled(unit) and unit == '不适用'\", not_applicable = true },\n", 1
    )
    text = text.replace('not_applicable = "exclude"', f'not_applicable = "{policy}"', 1)
    return rulebook_of(text)
