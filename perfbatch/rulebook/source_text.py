"""A rulebook's file as text and as TOML, with faults that whoever types in Chinese can mend: encoding, full-width signs."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from decimal import Decimal
from typing import Any

from perfbatch.model.errors import OperatorFault

__all__ = ["toml_data"]

_REMEDY = "Correct the file and run `perfbatch rulebook lint`."
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTES = dict.fromkeys("“”„‟＂", '"') | dict.fromkeys("‘’＇", "'") | {"、": ",", "。": ".", "【": "[", "】": "]"}


def toml_data(content: bytes, name: str) -> dict[str, Any]:
    """The TOML in the content of a file, decimals as `Decimal`. Raises `OperatorFault` for what is in another encoding than UTF-8,
    or is not TOML."""
    text = _decoded(content, name)
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise OperatorFault(name, f"not TOML: {error}{_full_width(str(error), text)}", _REMEDY) from None
    except RecursionError:
        raise OperatorFault(name, "not TOML: nested too deep", _REMEDY) from None


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise OperatorFault(name, "is saved as UTF-16 (“Unicode”)", "Save it as UTF-8.")
    try:
        # With or without a byte order mark, as Windows' editors write it.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        gbk = "saved as GBK (“ANSI”)" if _is_gbk(content) else "not UTF-8"
        raise OperatorFault(name, f"is {gbk}: line {line}", "Save it as UTF-8.") from None


def _is_gbk(content: bytes) -> bool:
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    # What is no GBK decodes into signs that nobody writes.
    return not any(unicodedata.category(sign) in ("Co", "Cn") for sign in text)


def _full_width(fault: str, text: str) -> str:
    """What stands at the place of a fault, where it is a sign typed with a Chinese keyboard."""
    place = _PLACE.search(fault)
    if place is None or place[1] is None:
        return ""
    line = text.split("\n")[int(place[1]) - 1] if int(place[1]) <= text.count("\n") + 1 else ""
    sign = line[int(place[2]) - 1 : int(place[2])]
    plain = _QUOTES.get(sign) or (unicodedata.normalize("NFKC", sign) if sign else "")
    if sign and plain != sign and plain.isascii():
        return f"; there stands the full-width {sign}, write {plain}"
    return ""
