"""One night from files to files: what becomes of every entry, what earlier runs and the roster add, what stays untouched."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from perfbatch import batch
from perfbatch.batch import BatchPlan, check_workbook, run_batch, run_forms
from perfbatch.district.reporting import Standing
from perfbatch.history.reading import closing_figures, run_ids
from perfbatch.history.record import HISTORY_NAME
from perfbatch.intake import one_file, reader
from perfbatch.model.errors import OperatorFault
from perfbatch.publishing import NightPlan, run_night
from perfbatch.report.report import report_schema
from perfbatch.roster import Roster, RosterEntry
from perfbatch.rulebook.load import LoadedRulebook, load_rulebook
from perfbatch.terminal.department import print_check, print_scorecard, print_trace
from perfbatch.terminal.night import print_forgiven, print_night
from tests.conftest import MONDAY, Lay, lay, workbook
from tests.workbooks import compound_file, places

SUMMARY = "district-summary-2020.xlsx"


def standings(inbox: Path, loaded: LoadedRulebook) -> dict[str, tuple[str, str, str]]:
    """Path → status, code, message of every entry."""
    night = run_batch(BatchPlan(inbox, loaded))
    return {entry.path: (entry.status, entry.code, entry.message) for entry in night.result.entries}


def report_of(outbox: Path) -> dict[str, Any]:
    """The run report, held against its schema."""
    report: dict[str, Any] = json.loads((outbox / "run-report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    return report


def test_a_faultless_department(inbox: Lay, loaded: LoadedRulebook) -> None:
    result = run_batch(BatchPlan(inbox({"测试局.xlsx": workbook()}), loaded)).result
    assert result.findings == ()
    row = result.departments.iloc[0]
    assert (row["self_total"], row["verified_total"], row["grade"], row["rank"]) == (99_000_000, 99_000_000, "优秀", 1)


class TestDuplicates:
    """The same budget code in several files."""

    def test_the_newest_wins_whatever_it_is_called(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        folder = inbox({"z.xlsx": workbook(), "a.xlsx": workbook(on_post_staff=27), "m.xlsx": workbook()})
        os.utime(folder / "a.xlsx", ns=(MONDAY, MONDAY + 1))
        assert standings(folder, loaded) == {
            "a.xlsx": ("accepted", "", ""),
            "m.xlsx": ("superseded", "", "已由新报文件 a.xlsx 替代"),
            "z.xlsx": ("superseded", "", "已由新报文件 a.xlsx 替代"),
        }
        result = run_batch(BatchPlan(folder, loaded)).result
        assert result.departments["on_post_staff"].tolist() == [27_000_000]
        assert {finding.file for finding in result.findings} == {"a.xlsx"}

    def test_of_one_age_the_later_name_wins(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        ends = standings(inbox({"1.xlsx": workbook(), "2.xlsx": workbook()}), loaded)
        assert {path: status for path, (status, _, _) in ends.items()} == {
            "1.xlsx": "superseded",
            "2.xlsx": "accepted",
        }

    def test_two_names_under_one_code_set_both_aside(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        folder = inbox(
            {
                "甲.xlsx": workbook(),
                "甲（重报）.xlsx": workbook(),
                "乙.xlsx": workbook(unit_name="云溪区另一局"),
                "丙.xlsx": workbook(budget_code="900002"),
            }
        )
        aside = ("set_aside", "F09", "预算编码 900001 出现在不同单位名称之下")
        assert standings(folder, loaded) == {
            "丙.xlsx": ("accepted", "", ""),
            "乙.xlsx": aside,
            "甲.xlsx": aside,
            "甲（重报）.xlsx": aside,
        }
        assert run_batch(BatchPlan(folder, loaded)).result.departments["entity_code"].tolist() == ["900002"]

    def test_spaces_and_full_width_letters_make_no_other_name(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        files = {"1.xlsx": workbook(unit_name="云溪区 测试局"), "2.xlsx": workbook(unit_name="云溪区测试局\u3000")}
        ends = standings(inbox(files), loaded)
        assert [status for status, _, _ in ends.values()] == ["superseded", "accepted"]

    def test_without_a_code_nothing_replaces_anything(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        folder = inbox({"1.xlsx": workbook(budget_code=""), "2.xlsx": workbook(budget_code="")})
        assert [status for status, _, _ in standings(folder, loaded).values()] == ["accepted", "accepted"]
        findings = run_batch(BatchPlan(folder, loaded)).result.findings
        assert [(finding.code, finding.file, finding.field) for finding in findings] == [
            ("C07", "1.xlsx", "budget_code"),
            ("C07", "2.xlsx", "budget_code"),
        ]


class TestSettingAside:
    """What cannot be read costs itself and nothing else."""

    def test_the_night_goes_on_beside_it(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        whole = workbook()
        folder = inbox(
            {
                "好.xlsx": whole,
                "文本.xlsx": "单位,金额\n总工会,1\n".encode(),
                "加密.xlsx": compound_file("EncryptedPackage", "EncryptionInfo"),
                "半截.xlsx": whole[: len(whole) // 2],
                "旧版.xls": compound_file("Book"),
                "空.xlsx": b"",
                "老表.xlsx": _restamped(whole, "2019"),
                "别的表.xlsx": _restamped(whole, None),
            }
        )
        assert {path: (status, code) for path, (status, code, _) in standings(folder, loaded).items()} == {
            "好.xlsx": ("accepted", ""),
            "文本.xlsx": ("set_aside", "F01"),
            "加密.xlsx": ("set_aside", "F02"),
            "半截.xlsx": ("set_aside", "F03"),
            "旧版.xls": ("set_aside", "F04"),
            "空.xlsx": ("set_aside", "F01"),
            "老表.xlsx": ("set_aside", "F06"),
            "别的表.xlsx": ("set_aside", "F05"),
        }
        assert run_batch(BatchPlan(folder, loaded)).result.findings == ()

    def test_a_fault_of_the_program_costs_one_file_and_is_told(
        self, inbox: Lay, loaded: LoadedRulebook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = inbox({"1.xlsx": workbook(), "2.xlsx": workbook(budget_code="900002")})
        real = reader.read_form

        def stumbling(content: bytes, file: str, *more: Any) -> Any:
            return 1 // 0 if file == "1.xlsx" else real(content, file, *more)

        monkeypatch.setattr(reader, "read_form", stumbling)
        # In this process, where the reader that stumbles is.
        monkeypatch.setattr(
            batch, "read_all", lambda files, book, *_, **__: [one_file.read_one(file, book) for file in files]
        )
        nights = run_forms(BatchPlan(folder, loaded))
        assert [(entry.path, entry.status, entry.code) for entry in nights.run.entries] == [
            ("1.xlsx", "set_aside", "F14"),
            ("2.xlsx", "accepted", ""),
        ]
        print_forgiven(nights)
        log = capsys.readouterr().err
        assert re.fullmatch(
            r"perfbatch: a fault of the program set aside 1\.xlsx \(ZeroDivisionError at test_batch\.py:\d+\)\. "
            r"Please report it\.\nTraceback \(most recent call last\):\n"
            r"(  File \"[^\n]*\", line \d+, in \w+\n(    [^\n]*\n)+)+ZeroDivisionError\n",
            log,
        )
        assert 'in stumbling\n    return 1 // 0 if file == "1.xlsx"' in log


def _restamped(content: bytes, version: str | None) -> bytes:
    """The form with another version in its stamp, or (None) without a stamp."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    if version is None:
        del book["_perfbatch"]
    else:
        book["_perfbatch"]["B2"] = version
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that an inbox can hold."""
    folder = lay(
        tmp_path_factory.mktemp("mixed"),
        {
            "1.xlsx": workbook(),
            "重报/1.xlsx": workbook(),
            "2.xlsx": workbook(budget_code="900002", unit_name="云溪区二局", on_post_staff=33),
            "说明.txt": "请于7月20日前报送".encode(),
            "损坏.xlsx": workbook()[:3000],
            ".隐藏.xlsx": workbook(),
            "~$1.xlsx": b"lock",
            ".git/x.xlsx": workbook(),
        },
    )
    (folder / "链接.xlsx").symlink_to(folder / "1.xlsx")
    (folder / "断链.xlsx").symlink_to(folder / "没有.xlsx")
    (folder / "管道.xlsx").touch()
    (folder / "管道.xlsx").unlink()
    os.mkfifo(folder / "管道.xlsx")
    return folder


Snapshot = Mapping[str, tuple[int, int, int, int, bytes]]


def _snapshot(folder: Path) -> Snapshot:
    """Mode, inode, both times and content of everything in a folder, itself among them."""
    entries = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        entries[str(path)] = (status.st_mode, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, content)
    return entries


class TestNight:
    """Inbox in, outbox out."""

    def test_every_entry_of_the_inbox_is_reported_once(
        self, mixed: Path, tmp_path: Path, loaded: LoadedRulebook
    ) -> None:
        _, outputs = run_night(NightPlan(mixed, tmp_path / "out", loaded))
        assert outputs == [SUMMARY, "notices/yunxi-2020/900002-云溪区二局.xlsx", HISTORY_NAME, "run-report.json"]
        report = report_of(tmp_path / "out")
        assert [(file["path"], file["status"], file["code"]) for file in report["files"]] == [
            ("1.xlsx", "superseded", None),
            ("2.xlsx", "accepted", None),
            ("损坏.xlsx", "set_aside", "F03"),
            ("断链.xlsx", "set_aside", "F10"),
            ("管道.xlsx", "set_aside", "F10"),
            ("说明.txt", "set_aside", "F01"),
            ("重报/1.xlsx", "accepted", None),
            ("链接.xlsx", "set_aside", "F10"),
        ]
        assert report["outputs"] == outputs

    def test_the_inbox_is_only_read(self, mixed: Path, tmp_path: Path, loaded: LoadedRulebook) -> None:
        before = _snapshot(mixed)
        run_night(NightPlan(mixed, tmp_path / "out", loaded))
        assert _snapshot(mixed) == before

    def test_two_nights_on_one_inbox_say_the_same(self, mixed: Path, tmp_path: Path, loaded: LoadedRulebook) -> None:
        nights = [tmp_path / "one", tmp_path / "two"]
        for outbox in nights:
            run_night(NightPlan(mixed, outbox, loaded))
        assert _lasting(report_of(nights[0])) == _lasting(report_of(nights[1]))
        assert _cells(nights[0] / SUMMARY) == _cells(nights[1] / SUMMARY)
        assert _history(nights[0]) == _history(nights[1])

    def test_two_workers_find_what_one_finds(self, mixed: Path, tmp_path: Path, loaded: LoadedRulebook) -> None:
        nights = {workers: tmp_path / str(workers) for workers in (1, 2)}
        for workers, outbox in nights.items():
            run_night(NightPlan(mixed, outbox, loaded, workers=workers))
        assert _lasting(report_of(nights[1])) == _lasting(report_of(nights[2]))
        assert _cells(nights[1] / SUMMARY) == _cells(nights[2] / SUMMARY)

    def test_the_order_of_the_files_changes_nothing(self, tmp_path: Path, loaded: LoadedRulebook) -> None:
        sent = [workbook(budget_code=f"90000{n}", unit_name=f"云溪区{n}局", on_post_staff=27 + n) for n in range(4)]
        reports = []
        for order in ("abcd", "dcba", "cadb"):
            (tmp_path / order).mkdir()
            folder = lay(tmp_path / order, {f"{name}.xlsx": content for name, content in zip(order, sent, strict=True)})
            run_night(NightPlan(folder, tmp_path / f"out-{order}", loaded))
            report = _lasting(report_of(tmp_path / f"out-{order}"))
            for entry in (*report["departments"], *report["findings"]):
                del entry["file"]
            reports.append((report["departments"], report["findings"]))
        assert reports[0] == reports[1] == reports[2]
        assert [department["budget_code"] for department in reports[0][0]] == ["900000", "900001", "900002", "900003"]

    def test_an_empty_inbox_leaves_a_whole_outbox(self, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
        run_night(NightPlan(inbox({}), tmp_path / "out", loaded))
        report = report_of(tmp_path / "out")
        assert (report["files"], report["departments"], report["findings"]) == ([], [], [])
        assert openpyxl.load_workbook(tmp_path / "out" / SUMMARY).sheetnames == [
            "总览", "部门一览", "得分排名", "指标得分", "收支汇总", "三公与资产", "问题清单", "本次变化", "报送情况", "评分标准", "运行记录",
            "部门底稿", "问题底稿", "图表数据",
        ]  # fmt: skip

    def test_a_missing_inbox_is_the_operators_fault(self, tmp_path: Path, loaded: LoadedRulebook) -> None:
        with pytest.raises(OperatorFault) as caught:
            run_night(NightPlan(tmp_path / "none", tmp_path / "out", loaded))
        assert str(caught.value).startswith(f"{tmp_path / 'none'}: is not a folder. ")
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("where", [".", "2021", "../inbox"])
    def test_an_outbox_in_the_inbox_is_refused(self, inbox: Lay, loaded: LoadedRulebook, where: str) -> None:
        folder = inbox({"1.xlsx": workbook()})
        with pytest.raises(OperatorFault, match="lies in the inbox, which is only read"):
            run_night(NightPlan(folder, folder / where, loaded))
        assert [path.name for path in folder.iterdir()] == ["1.xlsx"]

    def test_an_outbox_that_is_a_file_is_refused(self, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
        (tmp_path / "out").write_text("mine")
        with pytest.raises(OperatorFault, match=r"out: is not a folder\. "):
            run_night(NightPlan(inbox({}), tmp_path / "out", loaded))
        assert (tmp_path / "out").read_text() == "mine"


def _lasting(report: dict[str, Any]) -> dict[str, Any]:
    """A run report without what differs from run to run."""
    return {key: value for key, value in report.items() if key not in ("run_id", "started_at", "finished_at", "phases")}


_MOMENT = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def _cells(path: Path) -> dict[tuple[str, str], object]:
    """Every cell of a workbook, run id and times masked; the run's length left out."""
    cells: dict[tuple[str, str], object] = {}
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and not str(cell.value).endswith("秒"):
                    cells[sheet.title, cell.coordinate] = _MOMENT.sub("…", str(cell.value))
    return cells


def _history(outbox: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(outbox / HISTORY_NAME) as connection:
        departments = "SELECT entity, name, file, sha256, self_total, verified_total, grade, rank FROM run_department"
        findings = "SELECT entity, code, severity, sheet, cell, field, message FROM run_finding ORDER BY rowid"
        figures = "SELECT fiscal_year, entity, figures FROM closing_figures"
        return [row for query in (departments, findings, figures) for row in connection.execute(query)]


class TestRoster:
    """应报、未报, the bureau's own figures, and the reviewers' scores."""

    def test_standing(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        folder = inbox({"1.xlsx": workbook(), "2.xlsx": workbook(budget_code="900009"), "3.xlsx": workbook()[:100]})
        entries = tuple(RosterEntry(code, f"{code}局") for code in ("900003", "900001", "900002"))
        tally = run_batch(BatchPlan(folder, loaded, {loaded.rulebook.id: Roster(entries)})).result.tally
        assert tally is not None
        assert (tally.expected, tally.received) == (3, 1)
        assert [department.entity_title for department in tally.departments(Standing.MISSING)] == [
            "900003局",
            "900002局",
        ]

    def test_without_a_roster_nobody_is_expected(self, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
        run_night(NightPlan(inbox({"1.xlsx": workbook()}), tmp_path / "out", loaded))
        assert report_of(tmp_path / "out")["roster"] is None

    def test_the_bureaus_own_figures(self, inbox: Lay, loaded: LoadedRulebook) -> None:
        figures = {
            "authorized_posts": 29_000_000,
            "budget_initial": 480_000_000,
            "general_budget_appropriation": 480_004_000,
        }
        roster = Roster((RosterEntry("900001", "云溪区测试局", figures=figures),))
        result = run_batch(BatchPlan(inbox({"1.xlsx": workbook()}), loaded, {loaded.rulebook.id: roster})).result
        assert [
            (finding.code, finding.severity.value, finding.field, finding.reported) for finding in result.findings
        ] == [
            ("R23", "error", "authorized_posts", "30"),
            # 480.00 stands for all that rounds to it, 480.004 as well: a 尾差.
            ("R23", "info", "general_budget_appropriation", "480.00"),
        ]

    def test_a_reviewers_score_stands(self, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
        reviews = {("900001", "satisfaction"): (2_500_000, "问卷样本不足")}
        roster = Roster((RosterEntry("900001", "云溪区测试局"),), reviews)
        run_night(NightPlan(inbox({"1.xlsx": workbook()}), tmp_path / "out", loaded, {loaded.rulebook.id: roster}))
        report = report_of(tmp_path / "out")
        (department,) = report["departments"]
        assert department["verified_total"] == "96.50"
        assert [score for score in department["scores"] if score["status"] == "adjusted"] == [
            {
                "indicator": "satisfaction", "name": "社会公众或服务对象满意度", "max": "5.00", "self": "5.00", "computed": "5.00", "verified": "2.50",
                "status": "adjusted", "missing": [],
            }
        ]  # fmt: skip
        assert {(finding["code"], finding["message"]) for finding in report["findings"]} == {
            ("S07", "社会公众或服务对象满意度：财政复核核定 2.50 分，理由：问卷样本不足")
        }


@pytest.fixture(scope="module")
def year_2019(tmp_path_factory: pytest.TempPathFactory) -> LoadedRulebook:
    text = resources.files("perfbatch.rulebook").joinpath("yunxi_2020.toml").read_text("utf-8")
    path = tmp_path_factory.mktemp("rulebook") / "yunxi_2019.toml"
    text = text.replace("\nfiscal_year = 2020\n", "\nfiscal_year = 2019\n")
    path.write_text(text.replace("岳阳市云溪区2020年度部门整体支出", "岳阳市云溪区2019年度部门整体支出"), "utf-8")
    return load_rulebook(path)


class TestLastYear:
    """R22: what was closed last year is where this year starts."""

    def test_two_years_in_one_outbox(self, tmp_path: Path, loaded: LoadedRulebook, year_2019: LoadedRulebook) -> None:
        outbox = tmp_path / "out"
        closed = {"fiscal_year": 2019, "balance_cumulative": [19.5, 19.5], "three_public_budget": 10}
        last = {"1.xlsx": workbook(**closed), "2.xlsx": workbook(**closed, budget_code="900002")}
        (tmp_path / "2019").mkdir()
        run_night(NightPlan(lay(tmp_path / "2019", last), outbox, year_2019))
        assert closing_figures(outbox / HISTORY_NAME, 2019)["900001"]["balance_cumulative"] == 19_500_000
        (tmp_path / "2020").mkdir()
        this = {"1.xlsx": workbook(), "3.xlsx": workbook(budget_code="900003")}
        run_night(NightPlan(lay(tmp_path / "2020", this), outbox, loaded))
        sheet, cell = places(workbook())["carryover_prior_year"][0]
        other, place = places(workbook())["three_public_final_prior"][0]
        assert [
            (finding["code"], finding["budget_code"], finding["sheet"], finding["cell"], finding["reported"], finding["expected"], finding["difference"])
            for finding in report_of(outbox)["findings"]
        ] == [
            ("R22", "900001", other, place, "9.50", "9.00", "0.50"),
            ("R22", "900001", sheet, cell, "20.00", "19.50", "0.50"),
        ]  # fmt: skip
        assert sorted(path.name for path in outbox.glob("*.xlsx")) == ["district-summary-2019.xlsx", SUMMARY]
        assert set(closing_figures(outbox / HISTORY_NAME, 2020)) == {"900001", "900003"}

    def test_this_years_own_record_is_no_last_year(self, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
        folder = inbox({"1.xlsx": workbook()})
        for _ in range(2):
            run_night(NightPlan(folder, tmp_path / "out", loaded))
        assert report_of(tmp_path / "out")["findings"] == []

    def test_a_file_that_is_no_history_counts_as_none_and_is_kept(
        self, inbox: Lay, tmp_path: Path, loaded: LoadedRulebook
    ) -> None:
        outbox, content = tmp_path / "out", b"not a database, but long enough to be taken for one" * 40
        outbox.mkdir()
        (outbox / HISTORY_NAME).write_bytes(content)
        night, outputs = run_night(NightPlan(inbox({"1.xlsx": workbook()}), outbox, loaded))
        kept = f"history.unreadable-{night.run.run_id}.sqlite"
        assert night.forgiven == (
            f"{outbox / HISTORY_NAME}: cannot be used as the history (file is not a database). Restore it from a backup or "
            f"move it away. It counts as none, and is kept as {kept}.",
        )
        assert kept in outputs
        assert (outbox / kept).read_bytes() == content
        assert run_ids(outbox / HISTORY_NAME) == [night.run.run_id]
        again, outputs = run_night(NightPlan(tmp_path / "inbox", outbox, loaded))
        assert (again.forgiven, kept in outputs, (outbox / kept).exists()) == ((), False, True)


# Made up, and unlike anything else in a workbook.
_PEOPLE = ("赵钱孙李甲", "周吴郑王乙", "冯陈褚卫丙", "0730-55501234", "0730-55505678")


def test_people_are_named_nowhere(
    inbox: Lay, tmp_path: Path, loaded: LoadedRulebook, capsys: pytest.CaptureFixture[str]
) -> None:
    contact, evaluator, filler, phone, other_phone = _PEOPLE
    # Too long for its field, so that the cells are spoken of.
    folder = inbox(
        {
            "1.xlsx": workbook(
                contact_person=contact * 20,
                contact_phone=phone * 20,
                evaluator_name=[evaluator, evaluator * 20],
                filler_name=filler * 20,
                filler_phone=other_phone,
            )
        }
    )
    night, outputs = run_night(NightPlan(folder, tmp_path / "out", loaded))
    assert {(finding.code, finding.field) for finding in night.run.results[0].findings} >= {
        ("C17", "contact_person"),
        ("C17", "evaluator_name"),
    }
    print_night(night, tmp_path / "out", outputs, verbose=True)
    print_forgiven(night)
    checked = check_workbook(folder / "1.xlsx", loaded)
    assert checked.night is not None
    print_check(checked)
    print_scorecard(checked.night, 0)
    print_trace(checked.night, 0, "staff_control_rate")
    shown = capsys.readouterr()
    summary = "\n".join(str(value) for value in _cells(tmp_path / "out" / SUMMARY).values())
    report = (tmp_path / "out" / "run-report.json").read_text("utf-8")
    history = (tmp_path / "out" / HISTORY_NAME).read_bytes().decode("utf-8", "ignore")
    for text in (shown.out, shown.err, summary, report, history):
        assert [person for person in _PEOPLE if person in text] == []
    assert "（个人信息，不显示）" in report
