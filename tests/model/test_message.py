"""Messages, plain values and bundles: what is put in comes out, and what somebody else put in is data or nothing."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.model.bundle import BundleColumns, bundled, unbundled
from perfbatch.model.findings import Finding, Severity
from perfbatch.model.message import HEAD_BYTES, Garbled, packed, unpacked
from perfbatch.model.plain import shape_of
from perfbatch.model.submission import Column, State, Submission
from perfbatch.rulebook.data import rulebook_data, rulebook_of
from tests.cases.clean import changed
from tests.workbooks import rulebook

# ---------------------------------------------------------------------- messages

_HEADS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_HEADS, st.lists(st.binary()))
def test_a_message_comes_out_as_it_went_in(head: Any, buffers: list[bytes]) -> None:
    out, views = unpacked(packed(head, buffers))
    assert (out, [bytes(view) for view in views]) == (head, buffers)


def test_bytes_of_a_path_that_are_no_text_come_through() -> None:
    assert unpacked(packed("\udcff\udc80"))[0] == "\udcff\udc80"


@given(st.binary(max_size=200))
def test_anything_else_is_garbled(content: bytes) -> None:
    try:
        unpacked(content)
    except Garbled:
        return
    raise AssertionError("a message")


@given(st.binary(), st.integers(0, 10**6), st.integers(1, 255))
def test_a_message_that_was_changed_is_another_message_or_none(buffer: bytes, place: int, mask: int) -> None:
    content = bytearray(packed({"a": 1}, [buffer]))
    content[place % len(content)] ^= mask
    try:
        head, buffers = unpacked(bytes(content))
    except Garbled:
        return
    assert packed(head, buffers) != b""


@pytest.mark.parametrize("text", ["NaN", "Infinity", "[" * 100_000, "9" * 5000, '{"a": 1', ""])
def test_a_head_that_is_no_plain_value(text: str) -> None:
    head = text.encode()
    with pytest.raises(Garbled):
        unpacked((1).to_bytes(4, "little") + len(head).to_bytes(8, "little") + head)


def test_a_head_too_large_is_not_looked_at() -> None:
    head = b" " * HEAD_BYTES + b"1"
    with pytest.raises(Garbled):
        unpacked((1).to_bytes(4, "little") + len(head).to_bytes(8, "little") + head)
    with pytest.raises(Garbled):
        packed("x" * HEAD_BYTES)


# ---------------------------------------------------------------------- plain values


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    number: int | None
    ratio: float = 0.5


@dataclass(frozen=True)
class Outer:
    name: str
    colour: Colour
    inner: Inner | None
    many: tuple[Inner, ...]
    pair: tuple[str, int]
    amount: Decimal
    day: date
    path: Path
    word: Literal["a", "b"] = "a"
    table: dict[str, list[int]] = field(default_factory=dict)
    derived: int = field(default=7, init=False)


OUTER = Outer(
    "名", Colour.BLUE, Inner(None), (Inner(1), Inner(2, 2.0)), ("x", 3), Decimal("1.50"), date(2021, 7, 20), Path("/x"),
    "b", {"k": [1, 2]},
)  # fmt: skip


def test_a_value_of_every_kind_of_part_comes_out_as_it_went_in() -> None:
    shape = shape_of(Outer)
    plain = json.loads(json.dumps(shape.write(OUTER)))
    assert shape.read(plain) == OUTER
    assert type(shape.read(plain).inner) is Inner


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        (0, 1), (0, None), (1, "green"), (1, 1), (2, 5), (2, ["x", 0.5]), (2, [1]), (2, [True, 0.5]), (3, [[1, "x"]]), (3, {}),
        (4, ["x"]), (4, ["x", 3, 4]), (5, "NaN"), (5, "1" * 101), (5, 1.5), (5, "x"), (6, "2021-02-30"), (6, 5), (7, 1), (8, "c"),
        (8, 1), (9, [["k", [1, "2"]]]), (9, [["k"]]), (9, {"k": [1]}),
    ],
)  # fmt: skip
def test_a_part_of_another_type_is_garbled(part: int, instead: Any) -> None:
    plain = shape_of(Outer).write(OUTER)
    plain[part] = instead
    with pytest.raises(Garbled):
        shape_of(Outer).read(plain)


@pytest.mark.parametrize("plain", [None, [], {}, "x", [1] * 10, [*shape_of(Outer).write(OUTER), 1]])
def test_a_value_of_another_shape_is_garbled(plain: Any) -> None:
    with pytest.raises(Garbled):
        shape_of(Outer).read(plain)


@pytest.mark.parametrize("kind", [object, type, Any, set[int], bytes, "x"])
def test_a_type_that_is_no_data_cannot_be_carried(kind: Any) -> None:
    with pytest.raises(TypeError):
        shape_of(kind)


def test_a_finding_travels_with_all_its_fields() -> None:
    finding = Finding("C01", Severity.INFO, "900001", "a.xlsx", "封面", "B3", "unit_name", "x", "", "", "m", "r")
    shape = shape_of(Finding)
    assert shape.read(json.loads(json.dumps(shape.write(finding)))) == finding
    assert len(shape.write(finding)) == len(Finding.__dataclass_fields__)


def test_a_rulebook_travels_as_data() -> None:
    form = rulebook()
    arrived = rulebook_of(rulebook_data(form))
    assert arrived == form
    assert arrived.model_dump_json() == form.model_dump_json()
    assert [type(block) for _, block in arrived.blocks()] == [type(block) for _, block in form.blocks()]
    with pytest.raises(Garbled):
        rulebook_of(packed({"id": "x"}))


# ---------------------------------------------------------------------- bundles

_NUMBERS = st.lists(st.none() | st.integers(-(2**62), 2**62), min_size=1, max_size=4)
_TEXTS = st.lists(st.none() | st.text(st.characters()), min_size=1, max_size=4)
_DAYS = st.lists(st.none() | st.dates(), min_size=1, max_size=4)


@st.composite
def _columns(draw: st.DrawFn) -> dict[str, Column]:
    columns = {}
    for number, values in enumerate(draw(st.lists(_NUMBERS | _TEXTS | _DAYS, min_size=1, max_size=5))):
        unfilled = st.sampled_from([State.BLANK, State.STATED_NONE, State.UNREADABLE])
        states = bytes(draw(unfilled) if value is None else State.FILLED for value in values)
        cells = " ".join(f"C{row}" for row in range(3, 3 + len(values)))
        steps = draw(st.lists(st.sampled_from([0, 100, 10_000, 10**9]), min_size=len(values), max_size=len(values)))
        columns[f"f{number}"] = Column(
            f"表{number % 2}", cells, states, tuple(values), tuple(steps) if any(steps) else ()
        )
    return columns


@given(st.lists(_columns(), max_size=4))
def test_submissions_come_out_of_a_bundle_as_they_went_in(many: list[dict[str, Column]]) -> None:
    submissions = [Submission(f"{number}.xlsx", "1", "局", columns, ()) for number, columns in enumerate(many)]
    head, buffers = bundled(submissions)
    again = unbundled(json.loads(json.dumps(head)), [memoryview(buffer) for buffer in buffers])
    assert again == submissions
    assert [dict(submission.columns) for submission in again] == many
    # And once more, out of the bundle.
    head, buffers = bundled(again)
    assert unbundled(json.loads(json.dumps(head)), [memoryview(buffer) for buffer in buffers]) == submissions


def test_workbooks_of_one_layout_share_it_and_what_they_say_alike() -> None:
    submissions = [changed({"official_reception": amount}, code=f"10000{amount}") for amount in (1, 2)]
    head, buffers = bundled(submissions)
    assert (len(head["layouts"]), head["layout_of"]) == (1, [0, 0])
    again = unbundled(head, [memoryview(buffer) for buffer in buffers])
    assert again == submissions
    first, second = (submission.columns for submission in again)
    assert isinstance(first, BundleColumns)
    assert isinstance(second, BundleColumns)
    assert (first.bundle, first.layout) == (second.bundle, second.layout)
    assert len(first.bundle.cells.texts) == len(set(first.bundle.cells.texts))


@pytest.mark.parametrize(
    "garbling", ["shorter", "half a number", "texts", "layouts", "field twice", "names", "rows", "pickle"]
)
def test_parts_that_do_not_fit_together_are_garbled(garbling: str) -> None:
    head, buffers = bundled([changed({})])
    place = head["layouts"][0][0]
    if garbling == "shorter":
        buffers[0] = buffers[0][:-1]
    elif garbling == "half a number":
        buffers[1] = buffers[1][:-1]
    elif garbling == "texts":
        buffers[4] += b"x"
    elif garbling == "layouts":
        head["layout_of"] = [1]
    elif garbling == "field twice":
        head["layouts"][0].append(place)
    elif garbling == "names":
        place[2] += " B9"
    elif garbling == "rows":
        place[3] = -1
    else:
        head["layouts"] = pickle.dumps(place).decode("latin-1")
    with pytest.raises(Garbled):
        unbundled(head, [memoryview(buffer) for buffer in buffers])
