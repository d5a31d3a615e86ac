"""Several forms and years in one night: each workbook goes by its stamp, and nothing of one form says anything of another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from perfbatch.batch import BatchPlan, run_forms
from perfbatch.history.reading import last_run, listed_runs
from perfbatch.history.record import HISTORY_NAME
from perfbatch.intake.reading_cache import ReadingCache
from perfbatch.kept.cache_file import KeptFile
from perfbatch.model.errors import BatchFault, OperatorFault
from perfbatch.publishing import NightPlan, run_night
from perfbatch.report.report import report_schema
from perfbatch.rulebook.load import LoadedRulebook, load_forms, load_rulebook
from perfbatch.template import write_template
from tests.conftest import department, lay, workbook
from tests.overlays import blank_form, rulebook_of, written
from tests.workbooks import fill

OVERLAY = """extends = "yunxi-2020"
[meta]
id = "{id}"
fiscal_year = {year}
form_version = "{year}"
deadline = {after}-07-31
title = "岳阳市云溪区{year}年度部门整体支出绩效评价自评报告"
[change.sections.cover]
title = "岳阳市云溪区{year}年度部门整体支出绩效评价自评报告"
"""
Run = Callable[..., dict[str, Any]]


def year_file(folder: Path, year: int) -> Path:
    """The form of another year, as an overlay."""
    folder.mkdir(exist_ok=True)
    path = folder / f"yunxi_{year}.toml"
    path.write_text(OVERLAY.format(id=f"yunxi-{year}", year=year, after=year + 1), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> list[LoadedRulebook]:
    return [load_rulebook(), load_rulebook(year_file(tmp_path_factory.mktemp("years"), 2021))]


@pytest.fixture(scope="module")
def of_2021(years: list[LoadedRulebook], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A department's workbook of the next year: the same department with another figure wrong."""
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    write_template(years[1].rulebook, path, units=2)
    return fill(path, department(fiscal_year=2021, report_date="2022-7-15", goods_services=80, carryover_prior_year=10))


@pytest.fixture
def mixed(tmp_path: Path, of_2021: bytes) -> Path:
    unknown = workbook(unit_name="丙局", budget_code="900003")
    return lay(
        tmp_path / "inbox",
        {"2020.xlsx": workbook(on_post_staff=29), "2021.xlsx": of_2021, "丙/1.xlsx": unknown, "x.txt": b"text"},
    )


@pytest.fixture
def report(mixed: Path, tmp_path: Path, years: list[LoadedRulebook]) -> Run:
    """Runs a night and gives its report, held against the schema."""

    def run(forms: list[LoadedRulebook] = years, **options: Any) -> dict[str, Any]:
        run_night(NightPlan(mixed, tmp_path / "out", forms, **options))
        written: dict[str, Any] = json.loads((tmp_path / "out" / "run-report.json").read_text("utf-8"))
        jsonschema.Draft202012Validator(report_schema()).validate(written)
        return written

    return run


def test_each_workbook_goes_by_its_stamp(report: Run, tmp_path: Path) -> None:
    night_report = report()
    assert [book["id"] for book in night_report["rulebooks"]] == ["yunxi-2020", "yunxi-2021"]
    assert [book["summary"] for book in night_report["rulebooks"]] == [
        "district-summary-2020.xlsx",
        "district-summary-2021.xlsx",
    ]
    assert [(file["path"], file["status"], file["rulebook"]) for file in night_report["files"]] == [
        ("2020.xlsx", "accepted", "yunxi-2020"),
        ("2021.xlsx", "accepted", "yunxi-2021"),
        ("x.txt", "set_aside", None),
        ("丙/1.xlsx", "accepted", "yunxi-2020"),
    ]
    # One code in two years: two entities, and neither replaces the other.
    assert [(line["rulebook"], line["entity_key"], line["rank"]) for line in night_report["departments"]] == [
        ("yunxi-2020", ["900001"], 1),
        ("yunxi-2020", ["900003"], 1),
        ("yunxi-2021", ["900001"], 1),
    ]
    errors = {
        (line["rulebook"], line["file"], line["check"])
        for line in night_report["findings"]
        if line["severity"] == "error"
    }
    assert errors >= {("yunxi-2020", "2020.xlsx", "R14"), ("yunxi-2021", "2021.xlsx", "R11")}
    assert not {(book, file) for book, file, _ in errors} & {("yunxi-2021", "2020.xlsx"), ("yunxi-2020", "2021.xlsx")}
    assert {path for path in night_report["outputs"] if path.startswith("notices/")} == {
        "notices/yunxi-2020/900001-云溪区测试局.xlsx",
        "notices/yunxi-2021/900001-云溪区测试局.xlsx",
    }
    for name in night_report["outputs"]:
        assert (tmp_path / "out" / name).is_file()
    for year, codes in ((2020, ["900001", "900003"]), (2021, ["900001"])):
        ranking = openpyxl.load_workbook(tmp_path / "out" / f"district-summary-{year}.xlsx")["得分排名"]
        assert [str(cell) for row in ranking.iter_rows(values_only=True) for cell in row if str(cell) in codes] == codes


def test_a_year_is_held_against_the_one_before_once_that_is_on_record(report: Run, tmp_path: Path) -> None:
    compared = []
    for _ in range(2):
        report()
        book = openpyxl.load_workbook(tmp_path / "out" / "district-summary-2021.xlsx", data_only=True)
        compared.append("同比变化" in book.sheetnames)
        assert "同比变化" not in openpyxl.load_workbook(tmp_path / "out" / "district-summary-2020.xlsx").sheetnames
    assert compared == [False, True]
    row = next(row for row in book["同比变化"].iter_rows(min_row=5, values_only=True) if row[0] == "900001")
    # This year's score and last year's, then the revenue: both years have the same.
    assert all(isinstance(score, int | float) for score in row[2:4])
    assert (row[7] == row[8], row[9]) == (True, 0)


def test_what_no_rulebook_of_the_night_knows_is_f06(report: Run, years: list[LoadedRulebook]) -> None:
    night_report = report(years[:1])
    assert [(file["path"], file["code"], file["rulebook"]) for file in night_report["files"] if file["code"]] == [
        ("2021.xlsx", "F06", None),
        ("x.txt", "F01", None),
    ]


def test_last_years_summary_and_notices_are_not_this_years_to_delete(
    report: Run, tmp_path: Path, years: list[LoadedRulebook]
) -> None:
    report()
    night_report = report(years[1:], allow_fewer=True)
    assert [book["id"] for book in night_report["rulebooks"]] == ["yunxi-2021"]
    for name in ("district-summary-2020.xlsx", "notices/yunxi-2020/900001-云溪区测试局.xlsx"):
        assert (tmp_path / "out" / name).is_file()
        assert name not in night_report["outputs"]


def test_the_history_is_kept_form_by_form(
    report: Run, mixed: Path, tmp_path: Path, years: list[LoadedRulebook], of_2021: bytes
) -> None:
    report()
    history = tmp_path / "out" / HISTORY_NAME
    assert [(run.rulebook, run.departments) for run in listed_runs(history)] == [("yunxi-2020", 2), ("yunxi-2021", 1)]
    recorded = last_run(history, 2021, "yunxi")
    assert recorded is not None
    assert [(department.entity_code, department.file) for department in recorded.departments] == [
        ("900001", "2021.xlsx")
    ]
    (mixed / "2020.xlsx").unlink()
    (mixed / "丙" / "1.xlsx").unlink()
    # Half of a form is missed for itself, however many another form has.
    with pytest.raises(BatchFault, match=r"yunxi-2020: departments accepted: 0 tonight, 2 on the last night"):
        run_night(NightPlan(mixed, tmp_path / "out", years))


def test_without_a_rulebook_those_that_are_named(report: Run, mixed: Path, years: list[LoadedRulebook]) -> None:
    """By a workbook or by the last night; the first where nobody names one."""
    (mixed / "2021.xlsx").rename(mixed.parent / "2021.xlsx")
    assert [book["id"] for book in report(named_only=True)["rulebooks"]] == ["yunxi-2020"]
    (mixed.parent / "2021.xlsx").rename(mixed / "2021.xlsx")
    assert [book["id"] for book in report(named_only=True)["rulebooks"]] == ["yunxi-2020", "yunxi-2021"]
    for name in ("2020.xlsx", "丙/1.xlsx"):
        (mixed / name).unlink()
    night_report = report(named_only=True, allow_fewer=True)
    assert [book["id"] for book in night_report["rulebooks"]] == ["yunxi-2020", "yunxi-2021"]
    nights = run_forms(BatchPlan(lay(mixed.parent / "none", {"x.txt": b"text"}), years, named=()))
    assert [night.result.rulebook.id for night in nights.nights] == ["yunxi-2020"]


def test_readings_of_one_form_are_known_whatever_others_are_read(
    mixed: Path, tmp_path: Path, years: list[LoadedRulebook]
) -> None:
    def night(forms: list[LoadedRulebook]) -> int:
        kept = KeptFile(tmp_path / "kept")
        cache = ReadingCache(kept, [loaded.rulebook for loaded in forms])
        nights = run_forms(BatchPlan(mixed, forms, cache=cache))
        cache.keep()
        kept.write()
        return nights.recalled

    assert night(years) == 0
    assert night(years) == 4
    # What was set aside hangs on all forms of the night, and is looked at again where these are others.
    assert night(years[:1]) == 2
    # What was known of all forms is not pushed out by a night of one.
    assert night(years) == 4


def test_files_folders_and_ids_of_rulebooks(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    year_file(folder, 2022)
    year_file(folder, 2021)
    assert [loaded.rulebook.id for loaded in load_forms([str(folder), "yunxi-2020"])] == [
        "yunxi-2021",
        "yunxi-2022",
        "yunxi-2020",
    ]
    assert load_forms()[0].rulebook.id == "yunxi-2020"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "yunxi-2020"}, "has the id of"),
        ({"form_version": "2020"}, "has the form and version of"),
        ({"fiscal_year": 2020}, "has the summary of"),
    ],
)
def test_two_rulebooks_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, change: dict[str, Any], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfbatch.rulebook import load

    real, other = load_rulebook, year_file(tmp_path / "books", 2021)

    def changed(source: Path | str | None = None) -> LoadedRulebook:
        loaded = real(source)
        return loaded if source == "yunxi-2020" else replace(loaded, rulebook=loaded.rulebook.model_copy(update=change))

    monkeypatch.setattr(load, "load_rulebook", changed)
    with pytest.raises(OperatorFault, match=fault):
        load_forms(["yunxi-2020", other])


OF_UNITS = """extends = "xiangmu-2023"

[meta]
id = "of-units"
form_id = "of_units"

[[add.fields]]
after = "department_name"
id = "unit_name"
label = "申报单位"
kind = "text"
"""


def test_a_unit_s_name_is_its_own_field_and_never_the_project_s(tmp_path: Path) -> None:
    book = rulebook_of(OF_UNITS)
    typed = {
        "project_name": "道路养护", "project_code": "P1", "department_name": "区交通局", "department_code": "101",
        "unit_name": "区公路站",
    }  # fmt: skip
    inbox = lay(tmp_path / "inbox", {"a.xlsx": fill(blank_form(book), typed)})
    run_night(NightPlan(inbox, tmp_path / "out", [load_rulebook(written(tmp_path, OF_UNITS))]))
    report = json.loads((tmp_path / "out" / "run-report.json").read_text("utf-8"))
    (department,) = report["departments"]
    assert (department["name"], department["unit_name"]) == ("道路养护", "区公路站")
    assert [entry["unit_name"] for entry in report["files"]] == ["区公路站"]
