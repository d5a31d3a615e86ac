"""A new year's rulebook as an overlay: what `rulebook new` writes, for a bureau to go on from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.reasons import reason
from perfbatch.rulebook.load import built_in_ids, load_rulebook, read_resolved
from perfbatch.rulebook.tables import Data, entries_of
from perfbatch.rulebook.toml_text import toml_value

__all__ = ["NewYear", "new_overlay", "write_overlay"]


_TITLES = ("title", "source")


class NewYear(NamedTuple):
    """What a bureau says of its new year. `identity` and `district` are the base's unless given; `base` is a built-in id or a
    file."""

    year: int
    district: str
    issuer: str
    deadline: date
    base: str
    identity: str = ""


def write_overlay(new: NewYear, output: Path | None = None, *, force: bool = False) -> Path:
    """Write the overlay to a file, its id with `.toml` unless given, and return the path. It is written only if it lints.

    Raises `OperatorFault` as `new_overlay`, for a file that is there already (unless `force`) or cannot be written, and
    where the new rulebook would have a fault.
    """
    data = read_resolved(new.base)
    path = output or Path(f"{_identity(data, new)}.toml")
    if path.exists() and not force:
        raise OperatorFault("new_year.there", path=path)
    # The overlay finds its base from where it lies itself.
    base = new.base if new.base in built_in_ids() else Path(os.path.relpath(new.base, path.parent)).as_posix()
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(new_overlay(new._replace(base=base), data), encoding="utf-8")
        load_rulebook(beside)
        beside.replace(path)
    except OSError as error:
        raise OperatorFault("new_year.not_written", path=path, reason=reason(error)) from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def new_overlay(new: NewYear, data: Data) -> str:
    """The overlay's text; `data` is what its base says. Titles that name the base's year, district or issuer follow by themselves; other texts that do (a
    standard that rests on last year's notice) stand below as comments, for the bureau to look at.

    Raises `OperatorFault` for a deadline before the year's end.
    """
    if new.deadline < date(new.year, 12, 31):
        raise OperatorFault("new_year.deadline", deadline=new.deadline, year=new.year)
    meta = _meta(data, new)
    lines = [
        f"# {new.district}{new.year}年度规则：在 {new.base} 的基础上，只写与其不同的地方。",
        "# 检查：perfbatch rulebook lint --rulebook 本文件；查看合成结果：perfbatch rulebook show --resolved --rulebook 本文件",
        f"extends = {toml_value(new.base)}",
        "",
        "[meta]",
        *(f"{key} = {toml_value(value)}" for key, value in meta.items()),
        "",
        *_titles(data),
        *_EXAMPLES,
        *_to_look_at(data),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


_EXAMPLES = (
    "# 写法示例（去掉行首的 # 后生效）：",
    "# [rename.fields]                      # 栏目改用新代码，算式和上年数随之对应",
    '# old_id = "new_id"',
    "# [remove]                             # 取消的栏目、指标、勾稽关系",
    '# fields = ["id"]',
    "# [change.fields]                      # 修改：代码.项目 = 新值",
    '# some_id.label = "新名称"',
    "# [[add.fields]]                       # 新增：before / after = 栏目代码，或 into = 表块代码",
    '# after = "some_id"',
    '# id = "new_id"',
    '# label = "名称"',
    '# kind = "amount"',
    "",
)


def _identity(data: Data, new: NewYear) -> str:
    return new.identity or f"{data['form_id'].replace('_', '-')}-{new.year}"


def _meta(data: Data, new: NewYear) -> dict[str, Any]:
    wanted = {
        "id": _identity(data, new),
        "district": new.district,
        "issuer": new.issuer,
        "form_version": str(new.year),
        "fiscal_year": new.year,
        "deadline": new.deadline,
    }
    wanted = {key: value for key, value in wanted.items() if data.get(key) != value}
    texts = {key: data[key] for key in _TITLES if key in data}
    return wanted | {key: _general(text, data) for key, text in texts.items() if _general(text, data) != text}


def _general(text: str, data: Mapping[str, Any]) -> str:
    """A title with words in place of the base's own district, issuer and year."""
    for word, key in (("{district}", "district"), ("{issuer}", "issuer"), ("{year}", "fiscal_year")):
        text = text.replace(str(data[key]), word)
    return text


def _titles(data: Data) -> Iterator[str]:
    titled = {
        name: _general(place.entry["title"], data)
        for name, place in entries_of(data, "sections").items()
        if _general(place.entry.get("title", ""), data) != place.entry.get("title", "")
    }
    if titled:
        yield "[change.sections]"
        yield from (f"{name}.title = {toml_value(title)}" for name, title in titled.items())
        yield ""


def _to_look_at(data: Data) -> Iterator[str]:
    """Other texts that name the base's year, district or issuer."""
    own = [str(data[key]) for key in ("fiscal_year", "district", "issuer")]
    mentions: list[tuple[str, str, str, str]] = []
    for table, keys in (("indicators", ("standard", "name")), ("checks", ("message", "remedy", "title", "source"))):
        for name, place in entries_of(data, table).items():
            for key in keys:
                text = place.entry.get(key, "")
                if any(word in text for word in own):
                    mentions.append((table, name, key, text))
    if not mentions:
        return
    yield f"# 下列文字提到了 {data['fiscal_year']} 年或原地区的文件，请逐条核对，改好后去掉行首的 #："
    for table, name, key, text in mentions:
        yield f"# [change.{table}.{toml_value(name) if not name.isidentifier() else name}]"
        yield f"# {key} = {toml_value(text)}"
