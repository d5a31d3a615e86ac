"""Strings that were met before: what is known is what a fresh look gives, and how much is known is bounded."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.model.limits import Limits
from perfbatch.package.plain_strings import KnownStrings, PlainStrings

GOOD = (
    b"<t>\xe7\x94\xb2</t></si>",
    b'<t xml:space="preserve"> a </t></si>',
    b"<r><rPr><b/></rPr><t>a</t></r></si>",
    b"<t>&amp;</t></si>",
    b"<t/></si>",
)
BAD = (
    b"<t>a</t>",
    b"<t>\xff</t></si>",
    b"<t>]]></t></si>",
    b"<t>&nbsp;</t></si>",
    b"<t>\x01</t></si>",
    b"<x/></si>",
    b"",
    b"</si> ",
)


@settings(max_examples=100)
@given(books=st.lists(st.lists(st.sampled_from(GOOD + BAD), max_size=6), max_size=12), most=st.integers(0, 6))
def test_what_is_known_is_what_a_fresh_look_gives(books: list[list[bytes]], most: int) -> None:
    known = KnownStrings(most)
    for pieces in books:
        assert known(pieces) == all(piece in GOOD for piece in pieces) == KnownStrings()(pieces)


def test_what_is_known_is_bounded() -> None:
    known = KnownStrings(10)
    for number in range(1_000):
        assert known([b"<t>%d</t></si>" % number, b"<t>%d</t></si>" % -number])
        assert len(known) <= 20
    assert known([b"<t>%d</t></si>" % number for number in range(100)])
    assert len(known) <= 20


def test_a_string_that_is_not_understood_leaves_the_part_to_the_parser() -> None:
    def part(*pieces: bytes) -> bytes:
        return b"<sst>" + b"".join(b"<si>" + piece for piece in pieces) + b"</sst>"

    strings = PlainStrings.read(part(*GOOD), Limits())
    assert strings is not None
    assert [strings[0], strings[1], strings[3], strings[4]] == ["甲", " a ", "&", ""]
    for piece in BAD:
        assert PlainStrings.read(part(GOOD[0], piece, GOOD[1]), Limits()) is None, piece
