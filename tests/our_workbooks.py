"""A workbook of every kind that goes out of our hands, for whoever has to find fault with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from perfbatch.batch import BatchPlan, run_batch
from perfbatch.history.last_year import LastYear, ScoreOnRecord
from perfbatch.importing.filling import Filling
from perfbatch.importing.protocol import protocol_content
from perfbatch.importing.reading import filled_from
from perfbatch.importing.word_report import read_word_report
from perfbatch.intake.reader import read_submission
from perfbatch.intake.typing_in import read_typed
from perfbatch.model.limits import Limits
from perfbatch.notice import marks_of_earlier_notice_removed, notice_content
from perfbatch.notice.refilled import refilled_notice
from perfbatch.notice.returned_letter import ReturnedFile, return_notice
from perfbatch.notice.standalone import standalone_notice
from perfbatch.roster import Roster, RosterEntry
from perfbatch.roster.blank import write_blank_roster
from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.main_totals import main_totals
from perfbatch.summary import Surroundings, write_summary
from perfbatch.summary.card_pack import write_card_pack
from perfbatch.summary.standard import write_standard
from perfbatch.template import write_blank, write_prefilled
from perfbatch.template.refill import refill
from perfbatch.template.scorecard import NAME_OFFSET
from tests.conftest import workbook
from tests.notice.test_odd_packages import FINDINGS, commented, prefixed, strict, utf16
from tests.notice.workbooks import HEADING, finding, form, rich
from tests.workbooks import repack, rulebook

__all__ = ["KINDS", "SOURCES", "write_all"]

_INBOX = Path(__file__).parents[1] / "inbox"
_OVERLAY = Path(__file__).parent / "rulebook" / "overlays" / "junshan_2021.toml"
_ENTRY = RosterEntry("116002", "区教育局", "教科文股", subordinate_units=("一小", "二小（本部）", "三小"))
_PRIOR = {"116002": {"balance_cumulative": 100_000_000, "three_public_total": 5_000_000}}
_RICH = (*FINDINGS, finding("数据", "A2"), finding("数据", "A12"), finding("数据", ""))


def write_all(folder: Path) -> list[Path]:
    """Write one of every kind into a folder, and return where they are."""
    written = []
    for kind in KINDS:
        path = folder / f"{kind}.xlsx"
        KINDS[kind](path)
        written.append(path)
    return written


def _moved(make: Callable[[Path], Path]) -> Callable[[Path], None]:
    """A writer that names its file itself, its file put where it is wanted."""

    def write(path: Path) -> None:
        made = path.parent / f"{path.stem}-made"
        make(made).replace(path)
        made.rmdir()

    return write


def _content(make: Callable[[], bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(make())

    return write


def _summary(path: Path) -> None:
    result = run_batch(BatchPlan(_INBOX, load_rulebook(None))).result
    write_summary(result, path, [path.name, "run-report.json"], Surroundings(inbox="../inbox"))


def _compared(path: Path) -> None:
    """A summary beside a last year: of whom one moved ten times over, one not, and the others are not on record."""
    result = run_batch(BatchPlan(_INBOX, load_rulebook(None))).result
    first, second, *_ = result.departments.to_dict("records")
    totals = main_totals(result.rulebook)
    before = {
        str(first["budget_code"]): {name: 10 * int(first[name]) for name in totals},
        str(second["budget_code"]): {name: int(second[name]) for name in totals},
    }
    scores = {str(second["budget_code"]): ScoreOnRecord(95_000_000, "优秀")}
    last_year = LastYear(result.rulebook.fiscal_year - 1, before, scores)
    write_summary(result, path, [path.name], Surroundings(last_year=last_year))


def _cards(folder: Path) -> Path:
    folder.mkdir()
    (path,) = write_card_pack(run_batch(BatchPlan(_INBOX, load_rulebook(None))).result, folder)
    return path


def _notice(of: bytes) -> bytes:
    return notice_content(of, _RICH, heading=HEADING)


def _notice_of_form() -> bytes:
    """Marks on every sheet of a form: at a filled cell, at a blank one, at one far below."""
    places = [fact[0] for fact in read_submission(form(), "a.xlsx", rulebook()).facts.values()]
    findings = [finding(place.sheet, place.cell) for place in places[::3]]
    return notice_content(form(), [*findings, finding(places[0].sheet, "Z900")], heading=HEADING)


def _notice_refilled() -> bytes:
    content = repack(workbook(authorized_posts="约10"), {"xl/vbaProject.bin": b"macros"})
    findings = read_submission(content, "a.xlsx", rulebook()).findings
    return refilled_notice(content, rulebook(), findings, HEADING, "原件未附")


def _return_notice() -> bytes:
    file = ReturnedFile("=1+1.xls", HEADING.run_date, "F05", "不是本套表格", "请使用空白模板填报")
    return return_notice([file, file], HEADING, "116001.xlsx")


def _refilled() -> bytes:
    return refill(rulebook(), read_typed(workbook(), rulebook(), NAME_OFFSET)).content


def _imported() -> Filling:
    report = (Path(__file__).parent / "forms" / "116001.docx").read_bytes()
    return filled_from(read_word_report(report, Limits()), rulebook())


def _kinds() -> Iterator[tuple[str, Callable[[Path], None]]]:
    yield "blank-form", _moved(lambda folder: write_blank(rulebook(), folder))
    yield (
        "prefilled-form",
        _moved(lambda folder: write_prefilled(rulebook(), Roster((_ENTRY,)), folder, prior=_PRIOR)[0]),
    )
    yield "refilled-form", _content(_refilled)
    yield "imported-form", _content(lambda: refill(rulebook(), _imported().typed_form(), units=10).content)
    yield "import-protocol", _content(lambda: protocol_content(list(_imported().entries()), rulebook(), "=1+1.docx"))
    yield "blank-roster", _moved(lambda folder: write_blank_roster(rulebook(), folder))
    yield "summary", _summary
    yield "summary-compared", _compared
    yield "cards", _moved(_cards)
    yield "standard", lambda path: write_standard(rulebook(), path)
    yield "rules", lambda path: export_rules(None, path, path)
    yield "rules-changed", lambda path: export_rules(_OVERLAY, path, path)
    yield "notice-of-form", _content(_notice_of_form)
    yield "notice-refilled", _content(_notice_refilled)
    yield "notice-alone", _content(lambda: standalone_notice(_RICH, HEADING))
    yield "notice-of-return", _content(_return_notice)
    yield "notice-of-rich", _content(lambda: _notice(rich()))
    yield "notice-taken-off", _content(lambda: marks_of_earlier_notice_removed(_notice(rich())))
    yield "notice-of-notice", _content(lambda: _notice(_notice(rich())))
    for odd in (prefixed, strict, utf16, commented):
        yield f"notice-of-{odd.__name__}", _content(lambda odd=odd: _notice(odd(rich())))  # type: ignore[misc]


KINDS: dict[str, Callable[[Path], None]] = dict(_kinds())

# What a department's program wrote its own way, by the notice made of it: what is wrong with it already is not ours.
SOURCES: dict[str, Callable[[], bytes]] = {"notice-of-form": form, "notice-of-prefixed": lambda: prefixed(rich())}
