"""A rulebook's file as text and as TOML, with faults that whoever types in Chinese can mend: encoding, full-width signs."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from decimal import Decimal
from typing import Any

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import toml_reason

__all__ = ["toml_data"]

_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTES = dict.fromkeys("“”„‟＂", '"') | dict.fromkeys("‘’＇", "'") | {"、": ",", "。": ".", "【": "[", "】": "]"}


def toml_data(content: bytes, name: str) -> dict[str, Any]:
    """The TOML in the content of a file, decimals as `Decimal`. Raises `OperatorFault` for what is in another encoding than UTF-8,
    or is not TOML."""
    text = _decoded(content, name)
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise OperatorFault(
            "rulebook.not_toml", file=name, reason=toml_reason(error), sign=_full_width(str(error), text)
        ) from None
    except RecursionError:
        raise OperatorFault("rulebook.too_deep", file=name) from None


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise OperatorFault("rulebook.utf16", file=name)
    try:
        # With or without a byte order mark, as Windows' editors write it.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OperatorFault("rulebook.gbk" if _is_gbk(content) else "rulebook.not_utf8", file=name, line=line) from None


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
        return worded("rulebook.full_width", sign=sign, plain=plain)
    return ""
