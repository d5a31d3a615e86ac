"""Names of the workbooks that go to departments, good on Windows and everywhere else whatever a code or a unit is called."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

__all__ = ["workbook_name"]

_CHARACTERS, _BYTES = 120, 200
_EXTENSION = ".xlsx"
_SEPARATORS = re.compile(r'[<>:"/\\|?*\s]+')
# Windows opens a device whatever stands behind the dot.
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|COM[0-9¹²³]|LPT[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_UNNAMED = "未具名部门"
# Signs that a command line or a spreadsheet would take for more than a name.
_ODD_STARTS = "=+-@$~"


def workbook_name(entity_code: str, entity_title: str, *, number: int = 1, kind: str = "") -> str:
    """The file name of a department's workbook, `116001-云溪区总工会.xlsx`.

    Without characters that Windows reserves, control and direction marks, device names, leading or trailing dots and
    spaces; at most 120 characters and 200 bytes of UTF-8. A name that had to be changed or cut carries a mark of what it
    was, so that different departments keep different names. For departments that share both code and name, `number`
    (2, 3 …) tells them apart; `kind`, which is never cut, tells what a department is sent beside its workbook.
    """
    plain = f"{entity_code}-{entity_title}"
    stem = unicodedata.normalize("NFC", plain)
    stem = "".join(" " if unicodedata.category(sign) in _INVISIBLE else sign for sign in stem)
    stem = _SEPARATORS.sub(" ", stem).strip(" .-") or _UNNAMED
    if _DEVICE.match(stem) or stem[0] in _ODD_STARTS:
        stem = "_" + stem
    # Windows takes small and capital letters for the same; `-` in a code and `~` could make two departments look alike.
    safe = stem == plain == plain.casefold() and "-" not in entity_code and "~" not in plain
    counted = (f"（{kind}）" if kind else "") + (f"~{number}" if number > 1 else "") + _EXTENSION
    mark = "~" + sha256(f"{entity_code}\0{entity_title}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if safe and _fits(stem + counted):
        return stem + counted
    while not _fits(stem + mark + counted):
        stem = stem[:-1]
    return stem.rstrip(" .") + mark + counted


def _fits(name: str) -> bool:
    return len(name) <= _CHARACTERS and len(name.encode("utf-8")) <= _BYTES
