"""Active content of a workbook: what reaches out of it, runs, or is run by opening it. Named, never looked into.

Told by the directory, the relationships, the content types, the workbook part and the formulas of the sheets that are read.
A link that somebody has to click (a mail address, a web page) is none; a link to a file of the reader's machine or network is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from perfbatch.model.limits import Limits
from perfbatch.package.archive import Package
from perfbatch.package.relationships import Relation, read_relationships

__all__ = [
    "BOOK_LINKS",
    "CONNECTIONS",
    "DDE_LINKS",
    "MACROS",
    "MACRO_SHEETS",
    "OBJECTS",
    "active_formula",
    "active_name",
    "active_parts",
    "may_be_active",
]

MACROS, MACRO_SHEETS = "宏", "Excel 4.0 宏表"
BOOK_LINKS, DDE_LINKS, CONNECTIONS, _QUERIES = "外部工作簿链接", "DDE 链接", "数据连接", "网页查询"
OBJECTS, _CONTROLS, _ADD_INS, _RIBBON = "嵌入对象（OLE）", "ActiveX 控件", "加载项", "自定义界面"
_OUTSIDE, _FILES = "引用外部文件的部件", "指向文件的超链接"

_PARTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"(?:^|/)vba(?:project|data)[^/]*\.(?:bin|xml)$", MACROS),
        (r"(?:^|/)(?:macrosheets|intlmacrosheets|dialogsheets)/", MACRO_SHEETS),
        (r"(?:^|/)externallinks/[^/]+\.(?:xml|bin)$", BOOK_LINKS),
        (r"(?:^|/)connections\.(?:xml|bin)$", CONNECTIONS),
        (r"(?:^|/)querytables/", _QUERIES),
        (r"(?:^|/)embeddings/", OBJECTS),
        (r"(?:^|/)activex/", _CONTROLS),
        (r"(?:^|/)(?:webextensions|taskpanes)/", _ADD_INS),
        (r"(?:^|/)customui/", _RIBBON),
    )
)
_KINDS: Mapping[str, str] = {
    "vbaproject": MACROS,
    "wordvbadata": MACROS,
    "xlmacrosheet": MACRO_SHEETS,
    "xlintlmacrosheet": MACRO_SHEETS,
    "dialogsheet": MACRO_SHEETS,
    "externallink": BOOK_LINKS,
    "externallinkpath": BOOK_LINKS,
    "connections": CONNECTIONS,
    "querytable": _QUERIES,
    "oleobject": OBJECTS,
    "package": OBJECTS,
    "control": _CONTROLS,
    "activexcontrolbinary": _CONTROLS,
    "webextension": _ADD_INS,
    "webextensiontaskpanes": _ADD_INS,
    "extensibility": _RIBBON,
    "attachedtoolbars": _RIBBON,
}
_TRUE = ("1", "true", "on")
_SUSPICIOUS = re.compile(
    rb"[|\[]|&#|WEBSERVICE|FILTERXML|ENCODEURL|HYPERLINK\s*\(|RTD\s*\(|CALL\s*\(|REGISTER|EXEC|SQL\.|IMAGE\s*\(",
    re.IGNORECASE,
)
_TYPES = "[Content_Types].xml"
# A link to a file: with a drive, a share, or a scheme other than those that only show a page or begin a mail.
_FILE_TARGET = re.compile(
    r"(?:file:|\\\\|//|[a-z]:[\\/]|(?!https?:|mailto:|ftp:|tel:)[a-z][a-z0-9+.-]+:)", re.IGNORECASE
)
_DDE_LINK = re.compile(rb"<(?:\w+:)?(?:ddeLink|oleLink)\b")
_CALLS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"(?<![\w.])(?:_xlfn\.)?(?:_xlws\.)?(WEBSERVICE|FILTERXML|ENCODEURL)\s*\(", "WEBSERVICE 公式"),
        (r"(?<![\w.])HYPERLINK\s*\((?!\s*\"#)", "HYPERLINK 公式"),
        (r"(?<![\w.])(?:_xlfn\.)?RTD\s*\(", "RTD 公式"),
        (r"(?<![\w.])(?:CALL|REGISTER(?:\.ID)?|EXEC|SQL\.REQUEST|DDE)\s*\(", "调用外部程序的公式"),
        (r"(?<![\w.])(?:_xlfn\.)?IMAGE\s*\(", "IMAGE 公式"),
    )
)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# cmd|'/c calc'!A0; an apostrophe may stand around either side.
_DDE_FORMULA = re.compile(r"[\w.'\]]\s*\|\s*(?:'[^']*'|[\w.*]+)\s*!", re.IGNORECASE)
_OTHER_BOOK = re.compile(r"(?:\[[^\[\]]+\][^\[\]!'\"(),]*'?!)|(?<![\w\]])\[\d+\]!?")


def active_parts(package: Package, limits: Limits) -> list[str]:
    """What the package holds of active content, in words, each once and in a fixed order."""
    return list(dict.fromkeys(_active_parts(package, limits)))


def _active_parts(package: Package, limits: Limits) -> Iterator[str]:
    names = list(package.sizes)
    for pattern, word in _PARTS:
        if any(pattern.search(name) for name in names):
            yield word
    if b"macroEnabled" in _read(package, _TYPES, limits):
        yield MACROS
    for name in names:
        if name.endswith(".rels"):
            folder = name.rpartition("_rels/")[0].rstrip("/")
            yield from _of_relations(read_relationships(_read(package, name, limits), folder))
        elif "externallinks/" in name.casefold() and _DDE_LINK.search(_read(package, name, limits)):
            yield DDE_LINKS


def _read(package: Package, name: str, limits: Limits) -> bytes:
    size = package.sizes.get(name)
    return b"" if size is None or size > limits.control_bytes else package.open(name).read()


def _of_relations(related: Iterable[Relation]) -> Iterator[str]:
    for relation in related:
        kind = relation.kind.casefold()
        if kind in _KINDS:
            yield _KINDS[kind]
        elif relation.external and kind == "hyperlink":
            if _FILE_TARGET.match(relation.target):
                yield _FILES
        elif relation.external:
            yield _OUTSIDE


def active_name(text: str, attributes: Mapping[str, str]) -> str:
    """What a defined name does beyond its own workbook, in words; "" for nothing."""
    if attributes.get("vbProcedure") in _TRUE:
        return MACROS
    if attributes.get("xlm") in _TRUE or attributes.get("function") in _TRUE:
        return MACRO_SHEETS
    return active_formula(text)


def may_be_active(formulas: Iterable[bytes]) -> bool:
    """Whether any formula, as the markup has it, may be active: a quick look, which most sheets pass."""
    return any(map(_may_be_active, formulas))


# The forms of a district have the same formulas, but for how many rows there are.
@lru_cache(maxsize=4_096)
def _may_be_active(formula: bytes) -> bool:
    return _SUSPICIOUS.search(formula) is not None


def active_formula(formula: str) -> str:
    """What a formula (without `=`) does beyond its own workbook, in words; "" for nothing."""
    for pattern, word in _CALLS:
        if pattern.search(_QUOTED.sub(lambda text: '"#' if text[0].startswith('"#') else '"', formula)):
            return word
    bare = _QUOTED.sub('""', formula)
    if _DDE_FORMULA.search(bare):
        return DDE_LINKS
    return BOOK_LINKS if _OTHER_BOOK.search(bare) else ""
