"""The run report and its schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from perfbatch import __version__
from perfbatch.district.result import STATUS_LABELS, BatchResult
from perfbatch.model.catalogue import CATALOGUE, SET_ASIDE
from perfbatch.model.submission import InboxEntry
from perfbatch.report.report import build_report, report_schema, write_report
from perfbatch.rulebook.model import Rulebook
from tests.districts import INJECTION, score_of

OUTPUTS = ["district-summary-2020.xlsx", "run-report.json"]


@pytest.fixture(scope="module")
def report(district: BatchResult) -> dict[str, Any]:
    return build_report(district, OUTPUTS)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_head(report: dict[str, Any], rulebook: Rulebook) -> None:
    lists = ("files", "departments", "findings")
    assert {key: value for key, value in report.items() if key not in lists} == {
        "schema_version": 2,
        "run_id": "20210720-010005",
        "started_at": "2021-07-20T01:00:05+00:00",
        "finished_at": "2021-07-20T01:00:36+00:00",
        "perfbatch_version": __version__,
        "rulebooks": [
            {
                "id": "yunxi-2020",
                "sha256": "0f" * 32,
                "form_id": rulebook.form_id,
                "form_version": rulebook.form_version,
                "fiscal_year": 2020,
                "sources": [],
                "summary": "district-summary-2020.xlsx",
            }
        ],
        "roster": {
            "expected": 5,
            "received": 4,
            "late": 0,
            "sent_back": [],
            "missing": [
                {
                    "rulebook": "yunxi-2020",
                    "entity_key": ["118001"],
                    "name": "区文联",
                    "budget_code": "118001",
                    "unit_name": "区文联",
                }
            ],
        },
        "outputs": OUTPUTS,
        "phases": [],
    }


def test_files_stand_in_the_order_of_their_paths(report: dict[str, Any]) -> None:
    assert [(file["path"], file["status"], file["code"], file["message"], file["budget_code"]) for file in report["files"]] == [
        ("007002.xlsx", "accepted", None, None, "007002"),
        ("101001.xlsx", "accepted", None, None, "101001"),
        ("116001.xlsx", "accepted", None, None, "116001"),
        ("116001旧.xlsx", "superseded", None, "已由新报文件 116001.xlsx 替代", "116001"),
        ("116002.xlsx", "accepted", None, None, "116002"),
        ("z加密.xlsx", "set_aside", "F02", "文件已加密，需要密码才能打开", ""),
        ("\\xff\x01.xlsx", "set_aside", "F01", "不是电子表格（文本）", ""),
    ]  # fmt: skip


def test_departments(report: dict[str, Any]) -> None:
    assert [{key: entry[key] for key in entry if key not in ("scores", "points_by_status", "rulebook", "entity_key", "name")} for entry in report["departments"]] == [
        {"budget_code": "007002", "unit_name": "区教育局", "file": "007002.xlsx", "self_total": "100.00", "verified_total": "100.00", "grade": "优秀", "rank": 1},
        {"budget_code": "101001", "unit_name": INJECTION, "file": "101001.xlsx", "self_total": None, "verified_total": None, "grade": "", "rank": None},
        {"budget_code": "116001", "unit_name": "云溪区总工会", "file": "116001.xlsx", "self_total": "98.00", "verified_total": "93.00", "grade": "优秀", "rank": 2},
        {"budget_code": "116002", "unit_name": "区妇联", "file": "116002.xlsx", "self_total": "94.665", "verified_total": "93.00", "grade": "优秀", "rank": 2},
    ]  # fmt: skip
    assert report["departments"][2]["points_by_status"] == {
        "computed": "3.00",
        "self_reported": "85.00",
        "not_applicable": "5.00",
        "adjusted": "0.00",
    }


def test_scores(report: dict[str, Any], rulebook: Rulebook) -> None:
    for department in report["departments"]:
        assert [score["indicator"] for score in department["scores"]] == [
            indicator.id for indicator in rulebook.indicators
        ]
    assert score_of(report, "116001", "staff_control_rate") == {
        "indicator": "staff_control_rate",
        "name": "财政供养人员控制率",
        "max": "5.00",
        "self": "5.00",
        "computed": "0.00",
        "verified": "0.00",
        "status": "computed",
        "missing": [],
    }
    assert score_of(report, "116001", "payment_progress")["missing"] == ["special_fund_late_count"]
    assert score_of(report, "116002", "satisfaction") == {
        "indicator": "satisfaction",
        "name": "社会公众或服务对象满意度",
        "max": "5.00",
        "self": "5.00",
        "computed": "1.00",
        "verified": "3.335",
        "status": "adjusted",
        "missing": [],
    }
    blank = score_of(report, "101001", "staff_control_rate")
    assert (blank["self"], blank["computed"], blank["verified"]) == (None, None, None)


def test_who_an_entry_a_department_and_a_finding_belong_to(report: dict[str, Any]) -> None:
    owners = {(file["path"], file["rulebook"], *file["entity_key"]) for file in report["files"]}
    assert {("116001旧.xlsx", "yunxi-2020", "116001"), ("z加密.xlsx", None)} <= owners
    assert {(part["rulebook"], *part["entity_key"]) for part in report["departments"]} == {
        ("yunxi-2020", code) for code in ("007002", "101001", "116001", "116002")
    }
    for part in (*report["departments"], *report["findings"]):
        assert part["entity_key"] == [part["budget_code"]]
    assert all(part["name"] == part["unit_name"] for part in report["departments"])


def test_nothing_names_an_entity_without_a_code(district: BatchResult) -> None:
    departments = district.departments.copy()
    departments["entity_code"] = ["", *departments["entity_code"][1:]]
    (finding, *_) = district.findings
    nameless = replace(
        district,
        departments=departments,
        findings=(replace(finding, entity_code="", check=""),),
        entries=(InboxEntry("a.xlsx", 1, "", 0, "accepted"), InboxEntry("b.xlsx", 1, "", 0, "set_aside", "F09")),
    )
    (written,) = build_report(replace(district, findings=(replace(finding, check="R05.1"),)), OUTPUTS)["findings"]
    assert written["check"] == "R05.1"
    built = build_report(nameless, OUTPUTS)
    assert built["departments"][0]["entity_key"] == []
    assert [(part["entity_key"], part["check"]) for part in built["findings"]] == [([], None)]
    assert [(file["rulebook"], file["entity_key"]) for file in built["files"]] == [("yunxi-2020", []), (None, [])]


def test_findings_are_in_the_order_of_gravity_department_code_and_cell(report: dict[str, Any]) -> None:
    assert [
        (entry["severity"], entry["budget_code"], entry["code"], entry["cell"]) for entry in report["findings"]
    ] == [
        ("error", "007002", "R05", "H22"),
        ("error", "116001", "R14", "C4"),
        ("warning", "116001", "R21", "D9"),
        ("warning", "116001", "R21", "D12"),
        ("info", "116001", "S05", "F9"),
    ]
    assert report["findings"][1] == {
        "code": "R14",
        "severity": "error",
        "rulebook": "yunxi-2020",
        "entity_key": ["116001"],
        "budget_code": "116001",
        "file": "116001.xlsx",
        "sheet": "综述",
        "cell": "C4",
        "field": "narrative_on_post_staff",
        "check": "R14",
        "reported": "16.00",
        "expected": "10.00",
        "difference": "6.00",
        "message": "基本概况的实有人数与综述中的在职人数不一致",
        "remedy": "核实在职人数",
        "waived": None,
        "explained": None,
    }


def test_the_order_of_entries_and_findings_does_not_matter(district: BatchResult, report: dict[str, Any]) -> None:
    turned = replace(district, entries=district.entries[::-1], findings=district.findings[::-1])
    assert build_report(turned, OUTPUTS) == report


def test_schema_accepts(
    report: dict[str, Any], empty_night: BatchResult, validator: jsonschema.Draft202012Validator
) -> None:
    validator.validate(report)
    empty = build_report(empty_night, OUTPUTS)
    assert (empty["roster"], empty["departments"], empty["files"]) == (None, [], [])
    validator.validate(empty)


def _objects(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    paths = [path] if isinstance(value, dict) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        paths += _objects(member, (*path, key))
    return paths


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _kinds(report: dict[str, Any]) -> list[tuple[Any, ...]]:
    """One object of every kind."""
    return list(
        {tuple("0" if isinstance(key, int) else key for key in path): path for path in _objects(report)}.values()
    )


def test_schema_refuses_an_extra_key_anywhere(
    report: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    kinds = _kinds(report)
    assert len(kinds) == 9
    for path in kinds:
        planted = copy.deepcopy(report)
        _at(planted, path)["planted"] = ""
        errors = list(validator.iter_errors(planted))
        assert errors, path
        assert "planted" in json.dumps([error.message for error in errors], ensure_ascii=False), path


def test_schema_refuses_a_missing_key_anywhere(
    report: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    for path in _kinds(report):
        for key in _at(report, path):
            planted = copy.deepcopy(report)
            del _at(planted, path)[key]
            assert not validator.is_valid(planted), (*path, key)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("departments", 0, "verified_total"), "93"),
        (("departments", 0, "verified_total"), "9.3E+1"),
        (("departments", 0, "verified_total"), 93.0),
        (("departments", 0, "self_total"), "-"),
        (("departments", 0, "rank"), 0),
        (("departments", 0, "rank"), "1"),
        (("departments", 0, "scores", 0, "status"), "guessed"),
        (("departments", 0, "scores", 0, "max"), None),
        (("departments", 0, "scores", 0, "missing"), None),
        (("files", 0, "status"), "lost"),
        (("files", 0, "code"), "F02"),
        (("files", 0, "code"), ""),
        (("files", 0, "message"), ""),
        (("files", 0, "sha256"), "AB" * 32),
        (("files", 5, "code"), None),
        (("files", 5, "code"), "F99"),
        (("findings", 0, "code"), "X01"),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "cell"), "收支情况!H22"),
        (("findings", 0, "reported"), None),
        (("started_at",), "2021-07-20T01:00:05"),
        (("outputs",), ["a", "a"]),
    ],
)
def test_schema_refuses_a_bad_value(
    report: dict[str, Any], validator: jsonschema.Draft202012Validator, path: tuple[Any, ...], value: Any
) -> None:
    planted = copy.deepcopy(report)
    _at(planted, path[:-1])[path[-1]] = value
    assert not validator.is_valid(planted)


def test_schema_knows_every_code_and_status(rulebook: Rulebook) -> None:
    kinds = report_schema()["$defs"]
    assert kinds["file"]["properties"]["code"]["enum"] == [*SET_ASIDE, None]
    assert kinds["scoreStatus"]["enum"] == list(STATUS_LABELS)
    assert list(kinds["department"]["properties"]["points_by_status"]["properties"]) == list(STATUS_LABELS)
    code = jsonschema.Draft202012Validator(kinds["finding"]["properties"]["code"])
    for known in [*CATALOGUE, *(check.code for check in rulebook.checks)]:
        code.validate(known)


def test_written_bytes(district: BatchResult, report: dict[str, Any], tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_report(district, OUTPUTS, first)
    write_report(district, OUTPUTS, second)
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(first.read_text("utf-8")) == report
    assert "云溪区总工会".encode() in first.read_bytes()
    assert b"\\u0001.xlsx" in first.read_bytes()
    assert first.read_bytes().endswith(b"}\n")


def test_a_name_of_any_bytes_is_written(
    district: BatchResult, tmp_path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    make: Callable[[str], InboxEntry] = lambda path: replace(district.entries[0], path=path)  # noqa: E731
    odd = replace(district, entries=(make("\udcff\udc80"), make("\ud800"), make('a\x00\u2028"\\')))
    write_report(odd, OUTPUTS, tmp_path / "report.json")
    loaded = json.loads((tmp_path / "report.json").read_text("utf-8"))
    validator.validate(loaded)
    assert [file["path"] for file in loaded["files"]] == ['a\x00\u2028"\\', "\\ud800", "\\xff\\x80"]


@pytest.mark.parametrize("block", [1, 3, 1000])
def test_what_is_written_block_by_block_is_the_same(
    district: BatchResult, report: dict[str, Any], block: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("perfbatch.report.score_lines._BLOCK", block)
    shuffled = replace(district, scores=district.scores.sort_values("indicator", kind="stable"))
    write_report(district, OUTPUTS, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == report
    by_code = {entry["budget_code"]: entry["scores"] for entry in report["departments"]}
    for entry in build_report(shuffled, OUTPUTS)["departments"]:
        assert entry["scores"] == sorted(by_code[entry["budget_code"]], key=lambda score: score["indicator"])


def test_every_file_score_and_finding_has_a_line_of_its_own(
    district: BatchResult, report: dict[str, Any], tmp_path: Path
) -> None:
    write_report(district, OUTPUTS, tmp_path / "report.json")
    lines = (tmp_path / "report.json").read_text("utf-8").splitlines()
    texts = [json.dumps(entry, ensure_ascii=False) for entry in (*report["files"], *report["findings"])]
    assert [text for text in texts if text not in {line.rstrip(",") for line in lines}] == []
    assert sum(line.startswith('{"indicator": ') for line in lines) == len(district.scores)


def test_a_finding_of_any_text_is_inert(district: BatchResult) -> None:
    odd = replace(district.findings[0], message='a\u202e"\\\x85', sheet="收支\u3000情况")
    (written,) = build_report(replace(district, findings=(odd,)), OUTPUTS)["findings"]
    assert (written["message"], written["sheet"]) == ('a\\u202e"\\\\x85', "收支\u3000情况")
