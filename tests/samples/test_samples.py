"""The shipped inbox: it says what the tables say, and the night finds in it what was put there, no more."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.district.reporting import Standing
from perfbatch.district.result import BatchResult
from perfbatch.intake.guard import inspect
from perfbatch.intake.reader import read_submission
from perfbatch.model.findings import Finding, Severity
from perfbatch.model.limits import Limits
from perfbatch.model.submission import SCALE, Fact, State, Submission
from perfbatch.roster import read_roster
from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import RowsBlock, Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS
from tests.samples.district import EXPLANATIONS
from tests.samples.expected import FINDINGS, NOTES, OUTCOMES, STANDINGS
from tests.samples.faults import ENCRYPTION_PASSWORD, SAMPLES, UNREADABLE, Finish, Sample
from tests.samples.projects import PROJECTS
from tests.samples.roster import REVIEWS, SAMPLE_ROSTER, WAIVERS, write_sample_roster
from tests.samples.seed import SEED
from tests.samples.typing_in import figures_of

INBOX = Path(__file__).parents[2] / "inbox"
LOADED = read_rulebook()
RULEBOOK: Rulebook = LOADED.rulebook
READABLE = [sample for sample in SAMPLES if sample.finish is Finish.WORKBOOK and not sample.form_version]
GRAVE = (Severity.ERROR, Severity.WARNING)
Said = tuple[State, Any]
"""State and value of a cell."""


@lru_cache(maxsize=1)
def night() -> BatchResult:
    return run_batch(BatchPlan(INBOX, LOADED)).result


@lru_cache(maxsize=64)
def submission(path: str) -> Submission:
    return read_submission((INBOX / path).read_bytes(), path, RULEBOOK)


def places(findings: Iterator[Finding] | list[Finding]) -> list[tuple[str, str]]:
    return sorted((finding.code, f"{finding.sheet}!{finding.cell}") for finding in findings)


def test_the_inbox_holds_the_samples_and_nothing_else() -> None:
    shipped = {path.relative_to(INBOX).as_posix() for path in INBOX.rglob("*") if path.is_file()}
    samples = {*(sample.path for sample in SAMPLES), *(project.path for project in PROJECTS)}
    assert {path for path in shipped if not path.startswith(".")} == samples


def test_what_became_of_every_file() -> None:
    # Where the departments' form alone is run, the projects are of another.
    projects = {project.path: ("set_aside", "F06") for project in PROJECTS}
    assert {entry.path: (entry.status, entry.code) for entry in night().entries} == OUTCOMES | projects


@pytest.mark.parametrize("path", sorted(FINDINGS))
def test_errors_and_warnings_of_a_file(path: str) -> None:
    findings = [finding for finding in night().findings if finding.file == path and finding.severity in GRAVE]
    assert places(findings) == sorted(FINDINGS[path])


@pytest.mark.parametrize("path", sorted(NOTES))
def test_notes_of_a_file(path: str) -> None:
    findings = [finding for finding in night().findings if finding.file == path and finding.severity is Severity.INFO]
    assert places(findings) == sorted(NOTES[path])


def test_every_accepted_file_is_accounted_for() -> None:
    accepted = {path for path, (status, _) in OUTCOMES.items() if status == "accepted"}
    assert set(FINDINGS) == set(NOTES) == accepted


def test_totals_and_grades() -> None:
    frame = night().departments
    columns = ["budget_code", "self_total", "verified_total", "grade", "rank"]
    standings = {
        code: (Decimal(int(own)) / SCALE, Decimal(int(ours)) / SCALE, grade, int(rank))
        for code, own, ours, grade, rank in frame[columns].itertuples(index=False, name=None)
    }
    expected = {code: (Decimal(own), Decimal(ours), *rest) for code, (own, ours, *rest) in STANDINGS.items()}
    assert standings == expected


def test_the_perfect_department_has_every_objective_indicator_computed() -> None:
    codes = list(night().departments["entity_code"])
    scores = night().scores
    own = scores[scores["department"] == codes.index("408001")].set_index("indicator")
    objective = [indicator.id for indicator in RULEBOOK.indicators if indicator.objective]
    assert set(own.loc[objective, "status"]) == {"computed"}
    assert (own.loc[objective, "computed"] == own.loc[objective, "self"]).all()


class TestSeed:
    """What the night must say on the real report."""

    def scores(self) -> dict[str, Any]:
        scores = night().scores
        codes = list(night().departments["entity_code"])
        own = scores[scores["department"] == codes.index("116001")]
        return {str(row.indicator): row for row in own.itertuples()}

    def test_staff_control_rate(self) -> None:
        row = self.scores()["staff_control_rate"]
        assert (row.status, row.self, row.computed, row.verified) == ("computed", 5 * SCALE, 0, 0)

    def test_computed(self) -> None:
        computed = {name: row.computed for name, row in self.scores().items() if row.status == "computed"}
        three = 3 * SCALE
        assert computed == {
            "staff_control_rate": 0,
            "fund_balance": three,
            "fixed_asset_utilisation": three,
            "satisfaction": three,
        }

    def test_not_applicable(self) -> None:
        idle = [name for name, row in self.scores().items() if row.status == "not_applicable"]
        assert idle == ["key_spending_share"]

    def test_what_is_missing(self) -> None:
        missing = {name: row.missing for name, row in self.scores().items() if row.missing}
        evidence = {indicator.id: indicator.evidence_ids for indicator in RULEBOOK.indicators if indicator.evidence_ids}
        assert {name: set(ids) for name, ids in missing.items()} == {
            "three_public_change_rate": {"three_public_budget", "three_public_budget_prior"},
            "budget_adjustment_rate": {
                "budget_supplement",
                "budget_reduction",
                "budget_reallocation",
                "budget_adjustment_exempt",
                "budget_initial",
            },
            "payment_progress": {"special_fund_late_count"},
            "three_public_control_rate": {"three_public_budget"},
            "procurement_execution_rate": {"procurement_actual", "procurement_budget"},
            "official_card_rate": {"official_card_spending", "official_card_eligible"},
            **{name: set(ids) for name, ids in evidence.items()},
        }
        assert {self.scores()[name].status for name in missing} == {"self_reported"}

    def test_cells_are_where_the_findings_say(self) -> None:
        """The cells named by the findings hold the figures that the report states."""
        facts = submission("116001岳阳市云溪区总工会.xlsx").facts
        at = {f"{fact.sheet}!{fact.cell}": (fact.field, fact.value) for column in facts.values() for fact in column}
        named = {cell for _, cell in FINDINGS["116001岳阳市云溪区总工会.xlsx"]}
        assert {cell: at[cell] for cell in named} == {
            "基本概况!D3": ("on_post_staff", 10 * SCALE),
            "评分表!F4": ("item_self_score", 5 * SCALE),
            "评分表!F25": ("item_self_score", 5 * SCALE),
            "评分表!F27": ("item_self_score", 5 * SCALE),
            **{f"绩效目标!D{row}": ("indicator_actual", "已完成") for row in (18, 19, 20, 21)},
            "绩效目标!C42": ("self_score_total", 98 * SCALE),
        }


@pytest.mark.parametrize("sample", READABLE, ids=lambda sample: sample.path)
def test_a_workbook_says_what_the_tables_say(sample: Sample) -> None:
    expected = expected_facts(sample)
    facts = submission(sample.path).facts
    assert set(facts) == set(RULEBOOK.field_by_id)
    for field, column in facts.items():
        wanted = expected.get(field, [])
        blank: list[Said] = [(State.BLANK, None)] * (len(column) - len(wanted))
        assert [as_typed(fact) for fact in column] == [*wanted, *blank], field


def expected_facts(sample: Sample) -> dict[str, list[Said]]:
    """Field id → what its cells must say, from the top; cells past the end are blank."""
    figures = {**printed(), **figures_of(sample.budget_code, RULEBOOK)}
    figures["scorecard_total"] = sum(Decimal(str(figure)) for figure in figures["item_self_score"])
    expected: dict[str, list[Said]] = {}
    for field, value in figures.items():
        column = list(value) if isinstance(value, list) else [value]
        for row in range(len(column)):
            column[row] = sample.reads.get((field, row), sample.typed.get((field, row), column[row]))
        expected[field] = [meant(field, value) for value in column]
    return expected


def printed() -> dict[str, Any]:
    """What the blank form comes with."""
    targets = next(block for _, block in RULEBOOK.blocks() if isinstance(block, RowsBlock) and block.preset_rows)
    return {
        "item_id": [indicator.id for indicator in RULEBOOK.indicators],
        "item_max": [indicator.points for indicator in RULEBOOK.indicators],
        "evidence_id": [evidence for indicator in RULEBOOK.indicators for evidence in indicator.evidence_ids],
        "indicator_type": [row.value for row in targets.preset_rows for _ in range(row.count)],
    }


def meant(field: str, value: Any) -> Said:
    if value is None:
        return State.BLANK, None
    if value is UNREADABLE:
        return State.UNREADABLE, None
    if value == "无":
        return State.STATED_NONE, None
    kind = RULEBOOK.field_by_id[field].kind
    if kind in NUMERIC_KINDS or (field == "evidence_answer" and not isinstance(value, str)):
        return State.FILLED, int(Decimal(str(value)) * (100 if kind == "percent" else 1) * SCALE)
    if kind == "date" and isinstance(value, str):
        return State.FILLED, date(*map(int, re.findall(r"\d+", value)))
    return State.FILLED, value


def as_typed(fact: Fact) -> Said:
    return fact.state, fact.value


@pytest.mark.parametrize("sample", READABLE, ids=lambda sample: sample.path)
def test_the_form_survived_libreoffice(sample: Sample) -> None:
    """Every input is still named, drop-downs and bounds are still there, and formulas carry their results."""
    path = INBOX / sample.path
    inspect(path.read_bytes(), Limits())
    with zipfile.ZipFile(path) as package:
        book = package.read("xl/workbook.xml").decode()
        sheets = [package.read(name).decode() for name in package.namelist() if "worksheets/sheet" in name]
        properties = package.read("docProps/core.xml").decode()
    assert 'appName="Calc"' in book
    revision = _revision(path)
    assert revision == (sample.revision or RULEBOOK.revision)
    had = RULEBOOK.as_of(revision).field_by_id
    assert set(had) <= set(re.findall(r'<definedName [^>]*name="(\w+)"', book))
    assert sum(sheet.count("<dataValidation ") for sheet in sheets) > 50
    formulas = [cell for sheet in sheets for cell in re.findall(r"<c [^>]*><f.*?</c>", sheet)]
    assert formulas
    assert [cell for cell in formulas if "<v>" not in cell] == []
    assert "dcterms:modified" not in properties


def _revision(path: Path) -> int:
    """The revision of the form that a sample was filled on; the first did not state that it was one."""
    return int(load_workbook(path, read_only=True)["_perfbatch"]["B4"].value or 1)


def test_nobody_is_named() -> None:
    """Whoever stands on the form is masked, and no figure in a telephone's place is one."""
    personal = [field.id for field in RULEBOOK.fields() if field.personal]
    values = {
        fact.value
        for sample in READABLE
        for field in personal
        for fact in submission(sample.path).facts[field]
        if fact.state is State.FILLED
    }
    assert values == {SEED["contact_person"], SEED["contact_phone"]} == {"（姓名）", "0000000"}


def test_the_later_file_of_a_code_wins_in_a_fresh_copy() -> None:
    """A fresh copy has one age for all files: then the name decides, and the corrected one comes later."""
    first, again = (sample.path for sample in READABLE if sample.budget_code == "404001")
    assert first.encode() < again.encode()
    assert submission(first).facts["goods_services"][0].value != submission(again).facts["goods_services"][0].value


def test_the_encrypted_file_is_a_workbook_of_this_form() -> None:
    pytest.importorskip("msoffcrypto")
    from tests.samples.packages import decrypt

    sample = next(sample for sample in SAMPLES if sample.finish is Finish.ENCRYPTED)
    content = decrypt((INBOX / sample.path).read_bytes(), ENCRYPTION_PASSWORD)
    read = read_submission(content, sample.path, RULEBOOK)
    assert (read.entity_code, read.findings) == (sample.budget_code, ())


@pytest.mark.libreoffice
def test_the_script_makes_the_same_files_again(tmp_path: Path) -> None:
    from tests.samples.build import build

    chosen = [sample for sample in SAMPLES if sample.budget_code in ("303001", "403001", "")]
    for path in build(tmp_path, chosen):
        name = path.relative_to(tmp_path).as_posix()
        if path.suffix == ".txt" or name not in FINDINGS:
            assert path.read_bytes() == (INBOX / name).read_bytes()
        else:
            again = read_submission(path.read_bytes(), name, RULEBOOK)
            assert again == submission(name)


def test_one_department_explains_a_check() -> None:
    explained = [finding for finding in night().findings if finding.standing == "explained"]
    assert [(finding.entity_code, finding.check, finding.cell) for finding in explained] == [("407001", "R24", "D3")]
    assert [finding.explained for finding in explained] == [EXPLANATIONS["407001"][0][2]]
    assert [finding.code for finding in night().findings if finding.code in ("S15", "S16")] == []


def test_the_sample_roster_has_a_review_and_a_waiver(tmp_path: Path) -> None:
    roster = read_roster(SAMPLE_ROSTER, RULEBOOK)
    with_roster = run_batch(BatchPlan(INBOX, LOADED, rosters={RULEBOOK.id: roster})).result
    assert roster.findings == ()
    assert {key: reason for key, (_, reason) in roster.reviews.items()} == {
        (code, indicator): reason for code, indicator, _, reason in REVIEWS
    }
    waived = [finding for finding in with_roster.findings if finding.standing == "waived"]
    assert [(finding.entity_code, finding.code, finding.waived) for finding in waived] == [
        (code, waived_code, reason) for code, waived_code, _, reason, _ in WAIVERS
    ]
    assert with_roster.tally is not None
    standing = {each: with_roster.tally.departments(each) for each in (Standing.MISSING, Standing.SENT_BACK)}
    assert {each: [department.entity_code for department in those] for each, those in standing.items()} == {
        Standing.MISSING: ["413001"],
        Standing.SENT_BACK: ["405001", "409001"],
    }
    write_sample_roster(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == SAMPLE_ROSTER.read_bytes()
