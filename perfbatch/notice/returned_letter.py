"""退回通知: a letter of one sheet for a department whose files could not be taken; it says why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from perfbatch.model.notices import RETURN_NOTICE
from perfbatch.notice.alone import workbook_of_sheet
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.letter import LetterSheet, day_text, head_rows, letter_looks, until
from perfbatch.notice.styles import StyleSheet

__all__ = ["ReturnedFile", "return_notice"]

_COLUMNS = (("序号", 6.0), ("文件", 26.0), ("送达日期", 15.0), ("退回原因", 30.0), ("处理办法", 30.0))
_REMARK = "重新报送时无须附回本通知。"


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """A file that was set aside: its name as the department knows it, the day it came in, the reason and what to do."""

    name: str
    day: date
    code: str
    message: str
    remedy: str


def return_notice(files: Sequence[ReturnedFile], heading: NoticeHeading, accepted: str = "") -> bytes:
    """The workbook. `accepted`: the name of an earlier workbook of the department that was taken, "" where there is none. The same
    arguments give the same bytes."""

    def sheet(styles: StyleSheet, namespace: str) -> bytes:
        looks = letter_looks(styles)
        letter = LetterSheet(_COLUMNS, looks)
        letter.head(RETURN_NOTICE, heading, _body(len(files), heading, accepted), "退回日期")
        for number, file in enumerate(files, start=1):
            letter.row(
                [
                    (str(number), looks.centred),
                    (file.name, looks.text),
                    (day_text(file.day), looks.centred),
                    (f"{file.message}（{file.code}）", looks.text),
                    (file.remedy, looks.text),
                ]
            )
        letter.foot([_REMARK], heading)
        return letter.markup(namespace, "", portrait=True)

    return workbook_of_sheet(RETURN_NOTICE, head_rows(heading) + 1, sheet)


def _body(count: int, heading: NoticeHeading, accepted: str) -> str:
    """What cannot be taken, and what is asked until when; a correction need not be sent again where there was nothing to correct."""
    form, asked = heading.form_title or "绩效自评表", f"{until(heading)}按下表所列办法办理并重新报送"
    if accepted:
        return (
            f"经核对，你单位报送的{form}已受理（文件“{accepted}”），其后报送的文件有{count}份不能受理，现予退回，"
            f"暂以已受理的文件为准。需要更正已报数据的，请{asked}；无须更正的，不必重报。"
        )
    return f"经核对，你单位报送的{form}有{count}份文件不能受理，现予退回。请{asked}。"
