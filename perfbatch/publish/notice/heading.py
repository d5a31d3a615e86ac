"""What a notice says at its head, and the name of its file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from perfbatch.findings import Finding

__all__ = ["NoticeHeading", "notice_name"]

_CHARACTERS, _BYTES = 120, 200
_EXTENSION = ".xlsx"
_SEPARATORS = re.compile(r'[<>:"/\\|?*\s]+')
# Windows opens a device whatever stands behind the dot.
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|COM[0-9¹²³]|LPT[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_UNNAMED = "未具名部门"


@dataclass(frozen=True)
class NoticeHeading:
    """Who gets the notice, of which day, until when; `points_at_risk`: 分 at stake behind a finding, where known.

    `form_title` and `issuer` are shown where they are given.
    """

    budget_code: str
    unit_name: str
    run_date: date
    deadline: date | None = None
    points_at_risk: Mapping[Finding, Decimal] = field(default_factory=dict)
    form_title: str = ""
    issuer: str = ""


def notice_name(budget_code: str, unit_name: str, *, extension: str = _EXTENSION, number: int = 1) -> str:
    """The file name of a department's notice, `116001-云溪区总工会.xlsx`, good on Windows and everywhere else.

    Without characters that Windows reserves, control and direction marks, device names, leading or trailing dots and
    spaces; at most 120 characters and 200 bytes of UTF-8. A name that had to be changed or cut carries a mark of what it
    was, so that different departments keep different names. For departments that share both code and name, `number`
    (2, 3 …) tells them apart.
    """
    plain = f"{budget_code}-{unit_name}"
    stem = unicodedata.normalize("NFC", plain)
    stem = "".join(" " if unicodedata.category(sign) in _INVISIBLE else sign for sign in stem)
    stem = _SEPARATORS.sub(" ", stem).strip(" .-")
    if not budget_code.strip(" .-") or not unit_name.strip(" .-"):
        stem = stem or _UNNAMED
    if _DEVICE.match(stem) or stem[:1] in ("=", "+", "@", "~", "$"):
        stem = "_" + stem
    mark = "" if stem == plain else "~" + sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    tail = mark + (f"~{number}" if number > 1 else "") + extension
    if not _fits(stem + tail):
        if not mark:
            mark = "~" + sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            tail = mark + tail
        while not _fits(stem + tail):
            stem = stem[:-1]
        stem = stem.rstrip(" .")
    return stem + tail


def _fits(name: str) -> bool:
    return len(name) <= _CHARACTERS and len(name.encode("utf-8")) <= _BYTES
