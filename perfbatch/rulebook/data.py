"""A rulebook on its way to a reading process, as a message: data that was valid when it was given is not validated again."""

from __future__ import annotations

from perfbatch.model.message import packed, unpacked
from perfbatch.model.plain import Shape, shape_of
from perfbatch.rulebook.forms import Forms, forms_of
from perfbatch.rulebook.model import Rulebook

__all__ = ["forms_data", "forms_in", "rulebook_data", "rulebook_of"]


def rulebook_data(rulebook: Rulebook) -> bytes:
    """The rulebook as a message."""
    return packed(shape_of(Rulebook).write(rulebook))


def rulebook_of(message: bytes) -> Rulebook:
    """The rulebook of a message. Raises `Garbled` for a message of anything else."""
    rulebook: Rulebook = shape_of(Rulebook).read(unpacked(message)[0])
    return rulebook


def forms_data(forms: Forms) -> bytes:
    """All forms of a night as a message."""
    return packed(_shape().write(forms_of(forms)))


def forms_in(message: bytes) -> tuple[Rulebook, ...]:
    """The forms of a message. Raises `Garbled` for a message of anything else."""
    rulebooks: tuple[Rulebook, ...] = _shape().read(unpacked(message)[0])
    return rulebooks


def _shape() -> Shape:
    return shape_of(tuple[Rulebook, ...])
