"""A notice that is to be made: whose, from which bytes, with what in it. An order travels, as data, to the process that makes it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfbatch.intake.inbox import Found, read_bytes
from perfbatch.isolated.worker import Turns
from perfbatch.model.findings import Finding
from perfbatch.model.limits import Limits
from perfbatch.model.message import Garbled, packed, unpacked
from perfbatch.model.plain import shape_of
from perfbatch.model.set_aside import SetAside
from perfbatch.notice import NoticeHeading, notice_content
from perfbatch.package.archive import Package, members_of

if TYPE_CHECKING:
    # Few notices need it: a process that makes notices need not load what a rulebook is made of.
    from perfbatch.rulebook.model import Rulebook

__all__ = ["DAMAGED", "REFILLED", "TASKS", "NoticeOrder", "hashes_in", "request_to_write"]

_CHANGED = b""
"""What stands in for a workbook that is no longer what was read: its notice has the list alone."""

REFILLED = "本通知是用空白表重新填入的，数据和文字照原样填列；请在本工作簿中改正后重新报送。"
DAMAGED = f"原工作簿中有部件已损坏，未附原文件：{REFILLED}原件中的公式、批注、图片和附加的工作表均未带入。"


@dataclass(frozen=True, slots=True)
class NoticeOrder:
    """A notice of these findings on the workbook that was found there and had this SHA-256 when it was read."""

    file: Found
    sha256: str
    findings: Sequence[Finding]
    heading: NoticeHeading
    key: str = ""
    """What the notice is made of but for its day (`notice_key`); "" where nobody asks."""
    form: Callable[[], Rulebook] | None = None
    """The form that is filled anew in place of the workbook, where the workbook cannot be handed on."""
    left_out: str = ""
    """Why the workbook must not be handed on, for the notice to say; "" where it may be, if all of it is sound."""

    def __call__(self, path: Path) -> None:
        """Write the notice."""
        self.write(path)

    def write(self, path: Path) -> str:
        """Write the notice; the SHA-256 of its bytes in hex, "" where it is not what was ordered: the list alone for want of the
        workbook, or the form filled anew because of damage where nobody reads."""
        workbook = self._content()
        left_out, as_ordered = self.left_out, True
        if workbook is not _CHANGED and self.form is not None and not left_out and not _is_sound(workbook):
            left_out, as_ordered = DAMAGED, False
        if left_out and self.form is not None and workbook is not _CHANGED:
            from perfbatch.notice.refilled import refilled_notice

            content = refilled_notice(workbook, self.form(), self.findings, self.heading, left_out)
        else:
            content = notice_content(workbook, self.findings, heading=self.heading)
        path.write_bytes(content)
        return hashlib.sha256(content).hexdigest() if workbook is not _CHANGED and as_ordered else ""

    def _content(self) -> bytes:
        """The workbook as it was read, byte for byte, or nothing: marks must not go into cells that nobody checked."""
        try:
            content, now = read_bytes(self.file)
        except SetAside:
            return _CHANGED
        return content if now == self.sha256 else _CHANGED


def _is_sound(workbook: bytes) -> bool:
    """Whether all parts of a workbook are what its directory declares, also those that nobody reads and that a notice would
    carry onwards."""
    try:
        Package(workbook, members_of(workbook), Limits()).check_all()
    except SetAside:
        return False
    return True


# What is at stake behind a finding travels beside it, and no finding twice.
_ORDER = shape_of(NoticeOrder, without=("findings", "heading", "form"))
_HEADING = shape_of(NoticeHeading, without=("points_at_risk",))
_FINDINGS = shape_of(tuple[tuple[Finding, Decimal | None], ...])
_PATH = shape_of(Path)
_WRITTEN = shape_of(list[str])
_HASH = re.compile(r"[0-9a-f]{64}|")


def request_to_write(orders: Sequence[tuple[NoticeOrder, Path]]) -> bytes:
    """A request for the task `write`: notices, and where each of them is to be written. A form to be filled anew is one of the
    request's buffers, once for all notices that are made on it."""
    forms: dict[int, tuple[int, bytes]] = {}
    plain = []
    for order, path in orders:
        form = None if order.form is None else order.form()
        if form is not None and id(form) not in forms:
            from perfbatch.rulebook.data import rulebook_data

            forms[id(form)] = len(forms), rulebook_data(form)
        number = None if form is None else forms[id(form)][0]
        plain.append([*_plain(order), number, _PATH.write(path)])
    return packed(plain, [message for _, message in forms.values()])


def _plain(order: NoticeOrder) -> list[Any]:
    points = order.heading.points_at_risk
    findings = [(finding, points.get(finding)) for finding in order.findings]
    return [_ORDER.write(order), _HEADING.write(order.heading), _FINDINGS.write(findings)]


def hashes_in(answer: bytes, orders: int) -> list[str]:
    """What the task `write` says of the first of so many notices: see `NoticeOrder.write`. Raises `Garbled`."""
    hashes: list[str] = _WRITTEN.read(unpacked(answer)[0])
    if not 0 < len(hashes) <= orders or not all(map(_HASH.fullmatch, hashes)):
        raise Garbled("no hashes of notices")
    return hashes


def _order(order: Any, heading: Any, findings: Any, form: bytes | None) -> NoticeOrder:
    at_stake = _FINDINGS.read(findings)
    points = {finding: at_risk for finding, at_risk in at_stake if at_risk is not None}
    ordered: NoticeOrder = _ORDER.read(
        order,
        findings=[finding for finding, _ in at_stake],
        heading=_HEADING.read(heading, points_at_risk=points),
        form=None if form is None else partial(_form, form),
    )
    return ordered


@lru_cache(maxsize=4)
def _form(message: bytes) -> Rulebook:
    from perfbatch.rulebook.data import rulebook_of

    return rulebook_of(message)


def _write(request: memoryview, turns: Turns) -> bytes:
    """Write notices one after the other. The first that cannot be written ends it."""
    hashes, (orders, forms) = list[str](), unpacked(request)
    for order, heading, findings, form, path in orders:
        if not turns.begin():
            break
        made_on = None if form is None else bytes(forms[form])
        hashes.append(_order(order, heading, findings, made_on).write(_PATH.read(path)))
    return packed(hashes)


TASKS = {"write": _write}
"""What a process that makes notices can be asked for."""
