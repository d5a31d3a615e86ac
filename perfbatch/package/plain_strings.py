"""Shared strings as nearly every program writes them, cut apart with a pattern in place of a parser (`plain_sheet` says why).

Most strings of a workbook are the form's own labels: those whose markup was looked at in an earlier workbook are not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from perfbatch.model.limits import Limits
from perfbatch.package.plain_rows import ATTRIBUTES, RUN, SPACE
from perfbatch.package.plain_text import is_sound, text_of
from perfbatch.package.scanning import starts_plainly
from perfbatch.package.texts import Run, Runs, plainest, unescaped_text

__all__ = ["KnownStrings", "PlainStrings"]

_STRINGS = re.compile(
    rb"(?:<si>(?:" + RUN + rb"|(?:<r>(?:<rPr>(?:<[A-Za-z]\w*" + ATTRIBUTES + rb" ?/>)*+</rPr>)?" + RUN + rb"</r>)*+)"
    rb"</si>)*+"
)
_PIECES = re.compile(rb"(<rPr>.*?</rPr>)?<t" + SPACE + rb">([^<]*+)</t>", re.DOTALL)
_STRUCK = re.compile(rb'<strike(?: val="([^"]*)")?')
_RAISED = re.compile(rb'<vertAlign val="(?:superscript|subscript)"')
_PRESERVED, _BARE, _ENDS = b'<t xml:space="preserve">', b"<t>", b"</t></si>"
_TABLE = re.compile(rb"<sst" + ATTRIBUTES + rb">\s*")
_LONGEST_REMEMBERED, _LONGEST_RICH = 300, 4_000
_BEGINS = b"<si>"
# Strings that each of the two generations of known ones may hold; a form has some six hundred.
_MOST_KNOWN = 10_000


class KnownStrings:
    """Strings whose markup the pattern covers, in two generations: when the younger is full it becomes the elder, and what is met
    again goes over into the younger. So the form's own stay and those of one workbook go."""

    def __init__(self, most: int = _MOST_KNOWN) -> None:
        self._most = most
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def __call__(self, pieces: Sequence[bytes]) -> bool:
        """Whether all strings, each as it stands behind its `<si>`, are understood, and are sound text."""
        met = set(pieces) - self._young
        unknown = met - self._old
        if unknown and not _understood(unknown):
            return False
        short = {piece for piece in met if len(piece) <= _LONGEST_REMEMBERED}
        if len(self._young) + len(short) > self._most:
            self._old, self._young = self._young, set()
        if len(short) <= self._most:
            self._young |= short
        return True


_known = KnownStrings()


def _understood(pieces: Iterable[bytes]) -> bool:
    # No string holds another one's beginning, so that in whichever order they stand all together are what each is alone.
    body = _BEGINS + _BEGINS.join(pieces)
    return _STRINGS.fullmatch(body) is not None and is_sound(body)


class PlainStrings:
    """The shared strings, cut apart but not yet read."""

    def __init__(self, markup: bytes, pieces: list[bytes], longest: int) -> None:
        self._markup, self._pieces = markup, pieces
        self.longest = longest
        """An upper bound of the characters of each."""

    @classmethod
    def read(cls, part: bytes, limits: Limits) -> PlainStrings | None:
        """Read the shared strings, None where they are not understood or are too many."""
        first, end = part.find(b"<si>"), part.rfind(b"</sst>")
        if first < 0 or end < first or not starts_plainly(part) or part[end + len(b"</sst>") :].strip():
            return None
        head, body = part[:first], part[first:end]
        if _TABLE.fullmatch(head, max(0, head.find(b"<sst"))) is None:
            return None
        pieces = body.split(_BEGINS)[1:]
        if not is_sound(head + part[end:]) or not _known(pieces):
            return None
        if len(pieces) > limits.shared_strings:
            return None
        return cls(body, pieces, max(map(len, pieces), default=0))

    def __len__(self) -> int:
        return len(self._pieces)

    def any_like(self, patterns: Mapping[bytes, re.Pattern[bytes]]) -> bool:
        """Whether one of the patterns, each under what it begins with, stands somewhere in their markup."""
        markup = self._markup
        for begin, pattern in patterns.items():
            place = markup.find(begin)
            while place >= 0:
                if pattern.match(markup, place):
                    return True
                place = markup.find(begin, place + 1)
        return False

    def __getitem__(self, index: int) -> Runs:
        """A string by its number."""
        piece = self._pieces[index]
        if len(piece) <= _LONGEST_REMEMBERED:
            return _runs_once(piece)
        return _rich_once(piece) if piece.startswith(b"<r>") and len(piece) <= _LONGEST_RICH else _runs(piece)


def _runs(piece: bytes) -> Runs:
    for begin in (_PRESERVED, _BARE):
        if piece.startswith(begin):
            return unescaped_text(text_of(piece[len(begin) : -len(_ENDS)]))
    return plainest([_run(look, markup) for look, markup in _PIECES.findall(piece) if markup])


# Labels stand in every workbook, accounts of oneself in one.
_runs_once = lru_cache(maxsize=20_000)(_runs)
# So do the form's labels of several looks, whose markup is long for few characters.
_rich_once = lru_cache(maxsize=2_000)(_runs)


def _run(look: bytes, markup: bytes) -> Run:
    text = unescaped_text(text_of(markup))
    if not look:
        return Run(text)
    struck = _STRUCK.search(look)
    is_struck = struck is not None and struck[1] not in (b"0", b"false", b"off")
    return Run(text, is_struck, _RAISED.search(look) is not None)
