"""No fault is raised past the catalogue, and nothing stands in it that nobody raises."""

from __future__ import annotations

import ast
import errno
import os
import pickle
import string
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import perfbatch
from perfbatch.model.errors import OperatorFault, OperatorFaults
from perfbatch.model.words.catalogue import FAULTS, alternatives, worded
from perfbatch.model.words.reasons import REASONS, reason, reason_of_reader, toml_reason
from perfbatch.model.words.wording import Worded, words_of

_PACKAGE = Path(perfbatch.__file__).parent
_FAULTS = ("BatchFault", "HistoryDamaged", "OperatorFault")
# These carry a worded reason into a fault.
_REASONS = ("ExpressionError", "Interrupted", "WorkersUnavailable")


def _sources() -> Iterator[tuple[str, str]]:
    for path in sorted(_PACKAGE.rglob("*.py")):
        module = path.relative_to(_PACKAGE).as_posix()
        if not module.startswith("model/words/") and module != "model/errors.py":
            yield module, path.read_text("utf-8")


def _placeholders(key: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(FAULTS[key].en) if name is not None}


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.IfExp):
        function = function.body
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _of_an_overlay(call: ast.Call) -> bool:
    return ast.unparse(call.func) in ("self.fault", "work.fault")


def _of_a_roster(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "table.note"


def _keys(given: ast.expr) -> list[str]:
    if isinstance(given, ast.IfExp):
        return [*_keys(given.body), *_keys(given.orelse)]
    return [str(given.value)] if isinstance(given, ast.Constant) else []


def bypasses(source: str) -> list[str]:
    """What a source raises or says that is no wording of the catalogue, filled with what it speaks of: line and call."""
    wrong = []
    own = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name, stated = _called(call), {str(word.arg) for word in call.keywords}
        if name in _REASONS:
            right = bool(call.args) and isinstance(call.args[0], ast.Call)
            right = right and _called(call.args[0]) in ("worded", "words_of")  # type: ignore[arg-type]
        elif name in (*_FAULTS, "worded") and call.args and name not in own:
            right = _right(call.args[0], stated)
        elif (name == "placed" or _of_an_overlay(call)) and len(call.args) > 1:
            right = _right(call.args[1], stated)
        elif (name == "_fault" or _of_a_roster(call)) and len(call.args) > 2:
            right = _right(call.args[2], {*stated, "place"})
        else:
            right = name not in _FAULTS
        if not right:
            wrong.append(f"{call.lineno}: {name}")
    return wrong


def _right(given: ast.expr, stated: set[str]) -> bool:
    keys = _keys(given)
    if not keys:
        # Handed on, or put together: the test below finds the whole of it.
        return isinstance(given, ast.Name | ast.JoinedStr)
    if not all(key in FAULTS for key in keys):
        return False
    return (
        all(_placeholders(key) <= stated for key in keys) and {n for key in keys for n in _placeholders(key)} == stated
    )


def test_no_fault_bypasses_the_catalogue() -> None:
    assert {module: wrong for module, source in _sources() if (wrong := bypasses(source))} == {}


@pytest.mark.parametrize(
    "source",
    [
        'raise OperatorFault("place", "fault", "remedy")',
        'raise OperatorFault("inbox.none")',
        'raise OperatorFault("inbox.none", inbox=inbox, outbox=outbox)',
        'raise OperatorFault(f"{place}: is wrong" + remedy)',
        "raise BatchFault()",
        'raise BatchFault("no.such.key")',
        'raise (HistoryDamaged if damaged else BatchFault)("The disk is full.")',
        'raise WorkersUnavailable("ended")',
        'raise ExpressionError("not an expression", 1)',
        'raise Interrupted("The outbox is as it was.")',
        'table.note(row, column, "the name is blank", "Fill it in.")',
        'worded("inbox.none", outbox=1)',
        'placed("groups", "no.such.key")',
        'self.fault(place, "has no place", "give it one")',
    ],
)
def test_a_planted_bypass_is_found(source: str) -> None:
    assert len(bypasses(source)) == 1


def test_what_goes_through_the_catalogue_is_none() -> None:
    assert bypasses('raise OperatorFault("inbox.none", inbox=inbox)\nraise Interrupted\nraise TypeError("x")') == []


def test_every_wording_is_raised_by_somebody() -> None:
    named, begun = set(), set()
    for _, source in _sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
    # `alternatives` is of the catalogue itself.
    named.add("part.or")
    starts = tuple(start for start in begun if "." in start and any(key.startswith(start) for key in FAULTS))
    assert [key for key in FAULTS if key not in named and not key.startswith(starts)] == []


# ---------------------------------------------------------------------- what a fault says


def test_a_fault_is_english_and_knows_its_chinese() -> None:
    fault = OperatorFault("inbox.unreadable", inbox="share", reason=reason(OSError(errno.EACCES, "Permission denied")))
    assert str(fault) == (
        "share: cannot be read (Permission denied). Name a folder that exists and can be read (--inbox)."
    )
    assert fault.worded.zh == "share：无法读取（没有权限）。请用 --inbox 指明一个存在且可以读取的文件夹。"


def test_a_fault_of_a_folder_aside_is_told_of_its_own() -> None:
    more = worded("part.more", count=2)
    fault = OperatorFault("file.other_content", path=Path("aside/x"), more=more).elsewhere("aside", "there")
    assert str(fault).startswith("there/x (and 2 more): is there already")
    assert fault.worded.zh.startswith("there/x（另有 2 个）：已经存在")


def test_several_faults_say_the_first() -> None:
    faults: Sequence[OperatorFault] = [OperatorFault("rule.unknown", rule=rule) for rule in ("R98", "R99")]
    several = OperatorFaults(faults)
    assert (str(several), several.faults) == (str(faults[0]), tuple(faults))


def test_a_worded_text_is_kept_by_pickling() -> None:
    text = pickle.loads(pickle.dumps(worded("part.more", count=2)))
    assert (text, text.zh) == (" (and 2 more)", "（另有 2 个）")


def test_an_exception_s_words() -> None:
    assert words_of(ValueError(Worded("a", "甲"))) == Worded("a", "甲")
    assert (words_of(ValueError("a")), words_of(ValueError())) == ("a", "")


def test_alternatives() -> None:
    texts = alternatives(["a", "b"])
    assert (texts, texts.zh) == ("a or b", "a 或 b")


@pytest.mark.parametrize(
    "number",
    [
        errno.EACCES, errno.EPERM, errno.ENOENT, errno.EEXIST, errno.ENOSPC, errno.EROFS, errno.EISDIR, errno.ENOTDIR,
        errno.EIO, errno.ENAMETOOLONG, errno.ELOOP, errno.EBUSY, errno.EMFILE, errno.ENFILE, errno.ENOTEMPTY,
        errno.EXDEV, errno.ENOLCK, errno.EDQUOT, errno.ESTALE, errno.EFBIG, errno.EINVAL, errno.ENOMEM, errno.EAGAIN,
    ],
)  # fmt: skip
def test_what_the_system_says_has_its_chinese(number: int) -> None:
    text = reason(OSError(number, os.strerror(number)))
    assert (text, text.zh) == (os.strerror(number), REASONS[os.strerror(number)])


def test_any_other_reason_stands_as_it_is() -> None:
    assert reason(ValueError("two\nlines")).zh == "ValueError: two lines"
    assert reason(OSError("no number")).zh == "OSError: no number"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("a 1", "第 1 行第 3 列，键名后面缺少等号"),
        ("a = [1", "文件末尾，方括号没有闭合"),
        ("a = 1\na = 2\nb = 3", "第 2 行第 6 列，同一个键写了两次"),
        ("a = “x”", "第 1 行第 5 列，值有误（文字须加英文引号）"),
        ("[a\n", "第 1 行第 3 列，表名后面缺少 ]"),
        ("a = {b = 1", "文件末尾，花括号没有闭合"),
        ('a = "x', "文件末尾，引号没有闭合"),
        ("a = 1 b = 2", "第 1 行第 7 列，一行中写了多项，或值后面有多余的内容"),
    ],
)
def test_what_is_no_toml_is_told_with_its_place(text: str, chinese: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    why = toml_reason(caught.value)
    assert (why, why.zh) == (str(caught.value), chinese)


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("No such file or directory (os error 2)", "文件或文件夹不存在"),
        ("[Errno 13] Permission denied: 'roster.xlsx'", "没有权限"),
        ("Cannot detect file format", "文件已损坏，或不是 Excel 工作簿"),
    ],
)
def test_why_a_workbook_could_not_be_opened(text: str, chinese: str) -> None:
    why = reason_of_reader(ValueError(text))
    assert (why, why.zh) == (text, chinese)
