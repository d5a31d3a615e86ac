"""Lint says “no fault” only to a rulebook that template, roster, run and explain take."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from perfbatch.rulebook.load import built_in_ids
from tests.rulebook.ablation import Ablation, ablations, outcome

EVERY = [ablation for rulebook in built_in_ids() for ablation in ablations(rulebook)]
# The same few each time, so that a failure can be repeated; all of them with `-m ablation`.
SAMPLE = random.Random(20).sample(EVERY, 12)


def _named(ablation: Ablation) -> str:
    return "-".join(ablation)


@pytest.mark.parametrize("ablation", SAMPLE, ids=_named)
def test_a_sample_of_ablations(ablation: Ablation, tmp_path: Path) -> None:
    outcome(ablation, tmp_path)


@pytest.mark.ablation
@pytest.mark.parametrize("ablation", EVERY, ids=_named)
def test_every_ablation(ablation: Ablation, tmp_path: Path) -> None:
    outcome(ablation, tmp_path)


@pytest.mark.parametrize(
    ("ablation", "fault"),
    [
        (Ablation("yunxi-2020", "fields", "self_score_total", "out"), "roles.self_total: no field of a card is called"),
        (
            Ablation("yunxi-2020", "fields", "item_max", "renamed"),
            "roles.item_max: no field of the scorecard is called",
        ),
        (
            Ablation("yunxi-2020", "fields", "budget_code", "out"),
            "entity.key: no field of a card is called budget_code",
        ),
        (Ablation("yunxi-2020", "blocks", "targets", "renamed"), "roles.targets: the form has no table of rows called"),
        (Ablation("yunxi-2020", "groups", "input", "out"), "groups: points add up to 85, not 100"),
        (Ablation("yunxi-2020", "grades", "良好", "out"), "grades: no band covers the values from 80 to 90"),
        (Ablation("yunxi-2020", "kinds", "amount", "out"), "there is no [kinds.amount]; add it"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, Ablation) else "",
)
def test_lint_names_what_is_gone(ablation: Ablation, fault: str, tmp_path: Path) -> None:
    assert any(fault in line for line in outcome(ablation, tmp_path))


def test_a_sound_rulebook_comes_about(tmp_path: Path) -> None:
    """An evaluation without a part that nothing rests on: all of it works."""
    assert outcome(Ablation("yunxi-2020", "blocks", "evaluators", "out"), tmp_path) == []
