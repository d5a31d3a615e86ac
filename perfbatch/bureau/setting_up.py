"""A bureau's folder, set up once: settings, a rulebook of its own, the roster to fill, the folders. Nothing that is there is
written over, and what is written runs at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from perfbatch.bureau.last_night import LAST_NIGHT_NAME
from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.reasons import reason
from perfbatch.outbox.unasked import hand_out
from perfbatch.roster.blank import blank_roster_name, write_blank_roster
from perfbatch.rulebook.load import BUILT_IN_ID, built_in_ids, load_rulebook
from perfbatch.rulebook.new_year import NewYear, write_overlay
from perfbatch.rulebook.toml_text import toml_value
from perfbatch.settings import FILE_NAME

__all__ = ["Bureau", "set_up", "suggested"]

_GITIGNORE = ".gitignore"


@dataclass(frozen=True)
class Bureau:
    """What a bureau says of itself and its year. `contact` is whom departments turn to, "" for nobody named; relative folders
    begin where the settings lie."""

    issuer: str
    district: str
    year: int
    deadline: date
    contact: str = ""
    inbox: Path = Path("inbox")
    outbox: Path = Path("outbox")


def suggested(year: int) -> Bureau:
    """What holds for a year where nothing else is said: district, bureau and last day to report of the rulebook that is built
    in, moved to that year."""
    book = load_rulebook(None).rulebook
    return Bureau(book.issuer, book.district, year, _deadline(book.deadline, book.fiscal_year, year))


def _deadline(deadline: date | None, fiscal_year: int, year: int) -> date:
    if deadline is None:
        return date(year + 1, 6, 30)
    later = deadline.year - fiscal_year + year
    return date(later, deadline.month, min(deadline.day, 28 if deadline.month == 2 else deadline.day))


def set_up(bureau: Bureau, folder: Path) -> list[Path]:
    """Write a bureau's settings, rulebook and blank roster into a folder, and make its inbox and outbox; the paths written.

    Raises `OperatorFault`, and leaves nothing behind, where one of the files is there already, a value cannot be, or the folder
    cannot be written to.
    """
    _refuse_values(bureau)
    name = _rulebook_id(bureau.year)
    roster = blank_roster_name(load_rulebook(None).rulebook.model_copy(update={"id": name}))
    for path in (folder / FILE_NAME, folder / f"{name}.toml", folder / roster):
        if path.exists() or path.is_symlink():
            raise OperatorFault("init.there", path=path)

    def write(aside: Path) -> Sequence[Path]:
        new = NewYear(bureau.year, bureau.district, bureau.issuer, bureau.deadline, BUILT_IN_ID, name)
        rulebook = write_overlay(new, aside / f"{name}.toml")
        written = [aside / FILE_NAME, rulebook, write_blank_roster(load_rulebook(rulebook).rulebook, aside)]
        written[0].write_text(settings_text(bureau, rulebook.name, roster), "utf-8")
        if not (folder / _GITIGNORE).exists():
            written.append(aside / _GITIGNORE)
            written[-1].write_text("".join(_ignored(bureau)), "utf-8")
        return written

    made = [path for path in (folder / bureau.inbox, folder / bureau.outbox) if not path.exists()]
    try:
        for path in made:
            path.mkdir(parents=True)
    except OSError as error:
        raise OperatorFault("init.folder", path=path, reason=reason(error)) from None
    try:
        return hand_out(folder, write)
    except OperatorFault:
        for path in made:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _refuse_values(bureau: Bureau) -> None:
    for option, text in (
        ("--issuer", bureau.issuer),
        ("--district", bureau.district),
        ("--contact", bureau.contact),
        ("--inbox", str(bureau.inbox)),
        ("--outbox", str(bureau.outbox)),
    ):
        if any(ord(sign) < 32 or sign == "\x7f" for sign in text):
            raise OperatorFault("init.control", option=option)
        if not text.strip() and option != "--contact":
            raise OperatorFault("init.blank", option=option)
    inbox, outbox = bureau.inbox.resolve(), bureau.outbox.resolve()
    if outbox.is_relative_to(inbox):
        raise OperatorFault("outbox.in_inbox", outbox=bureau.outbox)


def _rulebook_id(year: int) -> str:
    book = load_rulebook(None).rulebook
    name = f"{book.form_id.replace('_', '-')}-{year}"
    return f"{name}-own" if name in built_in_ids() else name


def settings_text(bureau: Bureau, rulebook: str, roster: str) -> str:
    """`perfbatch.toml`, each line with what it is for."""
    return "".join(
        (
            f"# {bureau.issuer}：perfbatch 的设置。每一行都可以改；行首有 # 的不生效，去掉 # 即生效。\n",
            "# 在本文件所在的文件夹中运行：perfbatch run。各项现在取什么值、来自何处：perfbatch settings。\n",
            "# 相对路径从本文件所在的文件夹算起。\n\n",
            "# 各部门报送的自评表放在这里；程序只读取，不改动。\n",
            f"inbox = {toml_value(bureau.inbox.as_posix())}\n",
            "# 汇总表、整改通知等结果写在这里。\n",
            f"outbox = {toml_value(bureau.outbox.as_posix())}\n",
            "# 本年度的规则：在内置规则的基础上，只写与其不同的地方（地区、单位、年度、截止日期）。\n",
            f"rulebook = {toml_value(rulebook)}\n",
            "# 部门名录：填好后去掉下一行行首的 #，才统计应报、未报，并核对财政掌握的数据。\n",
            f"# roster = {toml_value(roster)}\n",
            "# 印在整改通知上的联系方式，供部门咨询；只写科室和办公电话，不写个人姓名。\n",
            f"{'' if bureau.contact else '# '}contact = {toml_value(bureau.contact or '绩效股（办公电话）')}\n",
            "# 终端用中文显示；不写则随系统的语言。\n",
            '# lang = "zh"\n\n',
            "[run]\n",
            "# 运行结束后（无论成败）通知：网址，或一条命令。\n",
            '# notify = "https://example.org/ping/{exit_code}"\n',
            "# 运行日志和 last-night.json 放在哪里；不写则与本文件放在一起。\n",
            '# log = "logs"\n',
        )
    )


def _ignored(bureau: Bureau) -> Iterator[str]:
    yield "# What departments send, what comes of it, cards for print, and the accounts of the nights.\n"
    for path in (bureau.inbox, bureau.outbox, Path("cards")):
        if not path.is_absolute() and ".." not in path.parts:
            yield f"/{path.as_posix()}/\n"
    yield f"perfbatch-*.log\n{LAST_NIGHT_NAME}\n"
