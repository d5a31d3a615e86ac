"""The forms that a night reads: one rulebook or several, each known by what its workbooks' stamp says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from perfbatch.rulebook.model import Rulebook

__all__ = ["Forms", "forms_of"]

Forms: TypeAlias = "Rulebook | Sequence[Rulebook]"
"""One form, or all of a night."""


def forms_of(forms: Forms) -> tuple[Rulebook, ...]:
    """The rulebooks of the forms, in their order."""
    return (forms,) if isinstance(forms, Rulebook) else tuple(forms)
