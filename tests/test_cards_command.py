"""`perfbatch cards`, as the one who prints sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from perfbatch.cli import main
from tests.conftest import Lay, workbook

Call = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def cards(capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command; its exit code, the lines it printed, what it complained of."""

    def call(*arguments: object) -> tuple[int, list[str], str]:
        with pytest.raises(SystemExit) as left:
            main(["cards", "--workers", "1", *map(str, arguments)])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out.splitlines(), printed.err

    return call


@pytest.fixture
def two(inbox: Lay) -> Path:
    second = workbook(budget_code="900002", unit_name="云溪区二局", on_post_staff=32)
    return inbox({"测试局.xlsx": workbook(), "二局.xlsx": second, "x.txt": b"text"})


def test_every_department_that_was_accepted(two: Path, tmp_path: Path, cards: Call) -> None:
    made = tmp_path / "cards" / "yunxi-2020-cards.xlsx"
    assert cards("--inbox", two, "--output", made.parent) == (
        0,
        [f"Wrote {made}", f"Next      perfbatch run --inbox {two}"],
        "",
    )
    assert openpyxl.load_workbook(made).sheetnames == ["目录", "900001　云溪区测试局", "900002　云溪区二局"]
    # Nothing else is written, and nothing stays behind.
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_file_of_the_operators_is_not_replaced_unasked(two: Path, tmp_path: Path, cards: Call) -> None:
    (tmp_path / "yunxi-2020-cards.xlsx").write_bytes(b"worked on")
    code, _, complaint = cards("--inbox", two, "--output", tmp_path)
    assert (code, "--force" in complaint) == (2, True)
    assert cards("--inbox", two, "--output", tmp_path, "--force")[0] == 0
    assert len((tmp_path / "yunxi-2020-cards.xlsx").read_bytes()) > 9


@pytest.mark.parametrize(
    ("language", "fault"),
    [
        ("en", ": no workbook of it was accepted, so there is no card to print."),
        ("zh", "：没有一份表格被接收，无一览表可印。"),
    ],
)
def test_nobody_to_print(inbox: Lay, tmp_path: Path, cards: Call, language: str, fault: str) -> None:
    folder = inbox({"x.txt": b"text"})
    code, lines, complaint = cards("--inbox", folder, "--output", tmp_path / "cards", "--lang", language)
    assert (code, lines) == (2, [])
    assert f"{folder}{fault}" in complaint
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize(
    ("language", "fault"),
    [
        ("en", "--pdf: LibreOffice is not installed. Install it (its program is soffice), or print the workbook"),
        ("zh", "--pdf：没有安装 LibreOffice。请安装（程序名为 soffice），或用 Excel、WPS 打印表格。"),
    ],
)
def test_without_libreoffice(
    two: Path, tmp_path: Path, cards: Call, monkeypatch: pytest.MonkeyPatch, language: str, fault: str
) -> None:
    monkeypatch.setattr("perfbatch.isolated.office.shutil.which", lambda _: None)
    code, lines, complaint = cards("--inbox", two, "--output", tmp_path / "cards", "--pdf", "--lang", language)
    assert (code, lines, fault in complaint) == (2, [], True)
    assert not (tmp_path / "cards").exists()


@pytest.mark.libreoffice
def test_pdfs(two: Path, tmp_path: Path, cards: Call) -> None:
    code, lines, _ = cards("--inbox", two, "--output", tmp_path, "--pdf")
    assert (code, lines[:-1]) == (0, [f"Wrote {tmp_path / f'yunxi-2020-cards.{kind}'}" for kind in ("xlsx", "pdf")])
    assert (tmp_path / "yunxi-2020-cards.pdf").read_bytes().startswith(b"%PDF-")
