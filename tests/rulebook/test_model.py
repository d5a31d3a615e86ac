"""The frozen models: what they derive, and that rulebooks used in one process know nothing of each other."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest
from pydantic import ValidationError

from perfbatch.batch import examine
from perfbatch.rulebook.load import BUILT_IN, load_rulebook, read_rulebook
from perfbatch.rulebook.model import Rulebook, SignatureBlock
from tests.cases.clean import changed
from tests.cases.district import Told, in_short
from tests.submissions import RULEBOOK

BUILT_IN_TEXT = resources.files("perfbatch.rulebook").joinpath(BUILT_IN).read_text(encoding="utf-8")


def _changed(folder: Path, *changes: tuple[str, str]) -> Rulebook:
    text = BUILT_IN_TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "other.toml"
    path.write_text(text, encoding="utf-8")
    return load_rulebook(path).rulebook


def _night(rulebook: Rulebook, changes: dict[str, object]) -> tuple[list[Told], int, str]:
    _, scored, findings = examine([changed(changes, rulebook=rulebook)], rulebook)
    row = scored.departments.iloc[0]
    return in_short(findings), int(row["verified_total"]), row["grade"]


# ---------------------------------------------------------------------- the numbers live in the file


def test_another_threshold_in_the_file_is_another_finding(tmp_path: Path) -> None:
    other = _changed(
        tmp_path, ('holds = "self_total - verified_total < 5"', 'holds = "self_total - verified_total < 0.5"')
    )
    claimed = {"evidence!disclosure.2": "否"}
    assert "R25" not in {line[0] for line in _night(RULEBOOK, claimed)[0]}
    assert ("R25", "warning", "self_score_total!0", "92.3", "91.8", "0.5") in _night(other, claimed)[0]


def test_other_points_in_the_file_are_other_scores(tmp_path: Path) -> None:
    other = _changed(
        tmp_path,
        (
            "{ minimum = 85, below = 95, points = 3 }",
            "{ minimum = 85, below = 90, points = 3 },\n    { minimum = 90, below = 95, points = 4 }",
        ),
    )
    assert _night(other, {}) == (
        [("R19", "error", "item_self_score!24", "3", "4", "-1")],
        93_300_000,
        "优秀",
    )


def test_other_grades_in_the_file_are_other_grades(tmp_path: Path) -> None:
    other = _changed(
        tmp_path,
        ("minimum = 90\n[[grades]]", "minimum = 93\n[[grades]]"),
        ("below = 90\n[[grades]]", "below = 93\n[[grades]]"),
    )
    assert _night(other, {}) == ([("R18", "error", "self_grade!0", "优秀", "良好", "")], 92_300_000, "良好")


def test_another_tolerance_in_the_file_is_another_verdict(tmp_path: Path) -> None:
    other = _changed(tmp_path, ('id = "R07"\ncode = "R07"\n', 'id = "R07"\ncode = "R07"\ntolerance = "exact"\n'))
    typed = {"official_reception!2": "1.004"}
    severity = {line[0]: line[1] for line in _night(other, typed)[0]}
    assert severity == {"R01": "info", "R07": "error"}


def test_another_severity_in_the_file_is_another_severity(tmp_path: Path) -> None:
    other = _changed(
        tmp_path,
        (
            'title = "实有人数 = 综述在职人数"\nscope = "department"\nseverity = "error"',
            'title = "实有人数 = 综述在职人数"\nscope = "department"\nseverity = "warning"',
        ),
    )
    assert _night(other, {"on_post_staff": 19})[0] == [("R14", "warning", "on_post_staff!0", "19", "20", "-1")]


def test_good_bad_good(tmp_path: Path) -> None:
    """Rulebooks used one after the other in one process, each with the answers that it gives alone."""
    strict = _changed(
        tmp_path,
        ("{ minimum = 85, below = 95, points = 3 }", "{ minimum = 85, below = 95, points = 2 }"),
        ('id = "R07"\ncode = "R07"\n', 'id = "R07"\ncode = "R07"\ntolerance = "exact"\n'),
        ("minimum = 90\n[[grades]]", "minimum = 93\n[[grades]]"),
        ("below = 90\n[[grades]]", "below = 93\n[[grades]]"),
    )
    typed: dict[str, object] = {"official_reception!2": "1.004"}
    alone = _night(load_rulebook().rulebook, typed)
    other = _night(strict, typed)
    assert alone != other
    for rulebook, answer in ((RULEBOOK, alone), (strict, other)) * 2:
        assert _night(rulebook, typed) == answer


# ---------------------------------------------------------------------- frozen


def test_a_rulebook_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RULEBOOK.total_points = Decimal(120)  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        RULEBOOK.indicators[0].points = Decimal(6)  # type: ignore[misc]


# ---------------------------------------------------------------------- what is derived


def test_fields_are_found_by_their_id() -> None:
    ids = [field.id for field in RULEBOOK.fields()]
    assert len(ids) == len(set(ids)) == len(RULEBOOK.field_by_id)
    assert RULEBOOK.field_by_id["scorecard_total"].label == "总 分"


def test_the_form_as_of_a_revision() -> None:
    book = RULEBOOK
    assert book.as_of(book.revision) == book
    first = book.as_of(1)
    assert first.revision == 1
    assert [field.id for field in first.fields()] == [field.id for field in book.fields() if field.since == 1]
    assert {field.id for field in book.fields()} - first.field_by_id.keys() == {
        "project_budget",
        "explained_check",
        "explained_place",
        "explanation_text",
    }
    assert all(block.fields for _, block in first.blocks() if not isinstance(block, SignatureBlock))
    assert "project_budget" in book.field_by_id
    for unknown in (0, book.revision + 1):
        with pytest.raises(ValueError, match=f"yunxi-2020 has no revision {unknown}"):
            book.as_of(unknown)


def test_parts_know_their_siblings() -> None:
    assert RULEBOOK.siblings["basic_expenditure"] == ("basic_expenditure", "project_expenditure")
    assert RULEBOOK.siblings["personnel_expenditure"] == ("personnel_expenditure", "operating_expenditure")
    assert "revenue_total" not in RULEBOOK.siblings


def test_evidence_rows_follow_from_the_rules() -> None:
    assert [evidence_id for indicator in RULEBOOK.indicators for evidence_id in indicator.evidence_ids] == [
        "budget_management_system.1",
        "budget_management_system.2",
        "budget_management_system.3",
        "fund_use_compliance.breaches",
        "disclosure.1",
        "disclosure.2",
        "disclosure.3",
        "disclosure.4",
        "disclosure.5",
        "asset_management_system.1",
        "asset_management_system.2",
        "asset_safety.breaches",
    ]


@pytest.mark.parametrize(
    ("field", "unit", "minimum", "maximum", "max_length"),
    [
        ("revenue_total", "万元", 0, 100_000_000, None),
        ("balance_cumulative", "万元", -100_000_000, 100_000_000, None),  # may be negative
        ("on_post_staff", "人", 0, 10_000_000, None),  # the field's own unit
        ("special_fund_count", "个", 0, 10_000_000, None),
        ("unit_name", "", None, None, 60),
        ("function_summary", "", None, None, 8000),
    ],
)
def test_a_field_lays_its_own_over_its_kind(
    field: str, unit: str, minimum: int | None, maximum: int | None, max_length: int | None
) -> None:
    kind = RULEBOOK.kind_of(RULEBOOK.field_by_id[field])
    assert (kind.unit, kind.minimum, kind.maximum, kind.max_length) == (unit, minimum, maximum, max_length)


def test_a_copy_keeps_nothing_that_was_worked_out_before() -> None:
    book = read_rulebook().rulebook
    assert "revenue_total" in book.field_by_id
    other = book.model_copy(update={"sections": book.sections[:1]})
    assert other.field_by_id == {}
    assert (other.lineage, other.model_fields_set) == (book.lineage, book.model_fields_set)


# ---------------------------------------------------------------------- long texts that nobody asks for


def test_a_long_text_is_unread_until_a_rule_asks_for_its_words(tmp_path: Path) -> None:
    assert {"narrative_overview", "item_deduction_reason"} <= RULEBOOK.long_texts_unread
    assert "indicator_actual" not in RULEBOOK.long_texts_unread
    holds = 'holds = "self_total - verified_total < 5"'
    assert "narrative_overview" in _changed(tmp_path, (holds, 'holds = "filled(narrative_overview)"')).long_texts_unread
    asked = _changed(tmp_path, (holds, 'holds = "has_number(narrative_overview)"'))
    assert "narrative_overview" not in asked.long_texts_unread
