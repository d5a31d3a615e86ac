"""Mutated .xls, .ods and .docx: a sample here, five hundred under the marker `mutations`."""

from __future__ import annotations

import pytest

from tests.hostile.format_fuzz import FORMATS, mutated, tried

SAMPLE, SEED = 21, 20210720


@pytest.mark.parametrize("name", FORMATS)
def test_each_is_read_or_refused_and_none_is_misread(name: str) -> None:
    outcome = tried(name, range(SAMPLE), SEED)
    assert outcome.broken == []
    # Mutations that nobody notices, and mutations that nothing survives, would both prove nothing.
    assert outcome.codes["read"] + outcome.codes["unlike"] > 0
    assert sum(outcome.codes.values()) - outcome.codes["read"] - outcome.codes["unlike"] > 0


@pytest.mark.mutations
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("tenth", range(10))
def test_five_hundred(name: str, tenth: int) -> None:
    outcome = tried(name, range(50 * tenth, 50 * (tenth + 1)), SEED)
    assert outcome.broken == []


def test_a_mutation_can_be_had_again() -> None:
    assert mutated("xls", 7, SEED) == mutated("xls", 7, SEED)
    assert mutated("xls", 7, SEED) != mutated("xls", 8, SEED)
