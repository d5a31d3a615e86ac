"""`perfbatch import`: two workbooks for each report, a line for each, and nothing of people on the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from perfbatch.cli import app
from perfbatch.importing.protocol import PROTOCOL_SHEET
from perfbatch.importing.reports import import_reports
from perfbatch.model.errors import OperatorFault
from tests.word_documents import Report, report_of_the_seed
from tests.workbooks import compound_file, rulebook, zip_of

SAMPLE = Path(__file__).parents[1] / "forms" / "116001.docx"


def imported(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, words), "--output", str(folder / "out"), "--lang", "en"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports: two good ones of one name, and bad ones."""
    folder = tmp_path_factory.mktemp("reports")
    for place in ("a", "b"):
        (folder / "in" / place).mkdir(parents=True)
        shutil.copy(SAMPLE, folder / "in" / place / "总工会.docx")
    for name, content in {
        "c1 空.docx": b"",
        "c2 坏.docx": SAMPLE.read_bytes()[:20_000],
        "c3 表.docx": zip_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<a/>"}),
        "c4 密码.docx": compound_file("EncryptedPackage", "EncryptionInfo"),
        "c5 别的.docx": Report(["关于开展工作的通知", [["序号", "内容"], ["1", "甲"]]]).content(),
    }.items():
        (folder / "in" / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return imported(folder, folder / "in")


def test_a_bad_report_costs_itself(result: Result, folder: Path) -> None:
    assert result.exit_code == 3
    lines = [line.replace(str(folder / "in") + "/", "") for line in result.stdout.splitlines()]
    assert [line.split(": ")[0] for line in lines[:-1]] == [
        *("a/总工会.docx", "b/总工会.docx", "c1 空.docx", "c2 坏.docx", "c3 表.docx", "c4 密码.docx", "c5 别的.docx")
    ]
    assert [line.rpartition(": ")[2] for line in lines[2:-1]] == [
        "the file is no Word document. Save it as .docx.",
        "the file is damaged. Open it in Word or WPS, save it again as .docx.",
        "the file is no Word document. Save it as .docx.",
        "the file has a password. Save it without one.",
        "hardly any field of the form is in it. Is it a report on this form (--rulebook)?",
    ]
    assert lines[-1].startswith("Next      perfbatch check ")


def test_two_workbooks_for_each(result: Result, folder: Path) -> None:
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        *("总工会-2-导入记录.xlsx", "总工会-2.xlsx", "总工会-导入记录.xlsx", "总工会.xlsx")
    ]


def test_people_are_in_the_workbook_alone(result: Result, folder: Path) -> None:
    rows = openpyxl.load_workbook(folder / "out" / "总工会-导入记录.xlsx")[PROTOCOL_SHEET].values
    cells = [[str(cell or "") for cell in row] for row in rows]
    assert "0000000" not in str(cells)
    assert "（姓名）" not in str(cells)
    assert "0000000" not in result.output
    form = openpyxl.load_workbook(folder / "out" / "总工会.xlsx")
    sheet, cell = next(iter(form.defined_names["contact_phone"].destinations))
    assert form[sheet][cell.replace("$", "")].value == "0000000"


def test_the_protocol(result: Result, folder: Path) -> None:
    rows = list(openpyxl.load_workbook(folder / "out" / "总工会-导入记录.xlsx")[PROTOCOL_SHEET].values)
    assert rows[3] == ("工作表", "字段", "Word 位置", "原文", "值", "结论", "说明")
    by_field = {(row[0], row[1]): row[2:] for row in rows[4:]}
    assert by_field["封面", "预算编码"] == ("第5段", "116001", "116001", "确定", "")
    assert by_field["综述", "现有在职人数"] == ("第14段", "16人", "16", "须确认", "取自综述文字")
    assert by_field["基础数据表", "年初预算数"] == ("", "", "", "未找到", "报告中没有这一项，请补填")
    assert by_field["收支情况", "年度收入情况（万元）·收入合计（第2行）"][:4] == (
        "表2第6行第2格",
        "274.98",
        "274.98",
        "确定",
    )


def test_a_workbook_that_somebody_worked_on_is_not_replaced(tmp_path: Path) -> None:
    assert imported(tmp_path, SAMPLE).exit_code == 0
    assert imported(tmp_path, SAMPLE).exit_code == 0
    (tmp_path / "out" / "116001.xlsx").write_bytes(b"worked on")
    with pytest.raises(OperatorFault):
        import_reports([SAMPLE], tmp_path / "out", rulebook(), inbox=tmp_path / "inbox")
    import_reports([SAMPLE], tmp_path / "out", rulebook(), inbox=tmp_path / "inbox", force=True)
    assert (tmp_path / "out" / "116001.xlsx").stat().st_size > 10_000


@pytest.mark.parametrize("where", [".", "below"])
def test_never_into_the_inbox(tmp_path: Path, where: str) -> None:
    (tmp_path / "inbox").mkdir()
    with pytest.raises(OperatorFault, match="inbox"):
        import_reports([SAMPLE], tmp_path / "inbox" / where, rulebook(), inbox=tmp_path / "inbox")
    assert list((tmp_path / "inbox").iterdir()) == []


@pytest.mark.parametrize("named", [["not there.docx"], ["empty"]])
def test_nothing_to_import_is_told(tmp_path: Path, named: Sequence[str]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperatorFault):
        import_reports([tmp_path / name for name in named], tmp_path / "out", rulebook(), inbox=tmp_path / "inbox")


def test_a_doc_without_libreoffice_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfbatch.isolated.office.shutil.which", lambda _: None)
    (tmp_path / "老.doc").write_bytes(compound_file("WordDocument"))
    (made,) = import_reports([tmp_path / "老.doc"], tmp_path / "out", rulebook(), inbox=tmp_path / "inbox")
    assert (made.form, made.imported.reason) == (None, "no_office")


@pytest.mark.libreoffice
def test_a_doc_is_read_as_the_docx_it_was(tmp_path: Path) -> None:
    import subprocess

    program = shutil.which("soffice")
    if program is None or shutil.which("lowriter") is None:
        pytest.skip("LibreOffice Writer is not installed")
    (tmp_path / "seed.docx").write_bytes(report_of_the_seed().content())
    subprocess.run(
        [
            *(program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"),
            *("doc:MS Word 97", "--outdir", str(tmp_path / "old"), str(tmp_path / "seed.docx")),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    reports = [tmp_path / "seed.docx", tmp_path / "old" / "seed.doc"]
    new, old = import_reports(reports, tmp_path / "out", rulebook(), inbox=tmp_path / "inbox")
    assert old.imported.form == new.imported.form


def test_progress_is_told(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    import_reports(
        [SAMPLE], tmp_path / "out", rulebook(), inbox=tmp_path / "inbox", watch=lambda *step: steps.append(step)
    )
    assert steps == [("import", 1, 1)]
