"""Departments, indicators and checks by whatever a person calls them: their code or id, their name, or a part of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from perfbatch.model.errors import OperatorFault
from perfbatch.model.submission import Submission
from perfbatch.rulebook.model import Rulebook

__all__ = ["department_called", "rule_called"]

_SHOWN = 5
# Two of three characters.
_ALIKE = 0.6


def department_called(wanted: str, submissions: Sequence[Submission], inbox: str) -> int:
    """The position of the department that a budget code, a name or a part of a name means.

    Raises `OperatorFault` where several are meant, or none, with the nearest.
    """
    known = [
        (f"{submission.entity_code} {submission.entity_title}", (submission.entity_code, submission.entity_title))
        for submission in submissions
    ]
    meant = _meant(wanted, [names for _, names in known])
    shown = [known[number][0] for number in meant]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise OperatorFault("department.several", wanted=wanted, count=len(meant), names=_some(shown))
    near = _near(wanted, known)
    raise OperatorFault("department.near" if near else "department.none", wanted=wanted, inbox=inbox, names=_some(near))


def rule_called(wanted: str, *rulebooks: Rulebook) -> str:
    """The id of the indicator or check of some rulebooks that an id, a name or a part of a name means; an indicator goes before a
    check of the same name. What several years call alike is one. Raises `OperatorFault` where several are meant, or none, with the nearest."""
    names = {(indicator.id, indicator.name): "" for book in rulebooks for indicator in book.indicators}
    titles = {(check.id, check.title): "" for book in rulebooks for check in book.checks}
    indicators, checks = ([(" ".join(pair), pair) for pair in pairs] for pairs in (names, titles))
    known = [*indicators, *checks]
    ids = [pair[0] for _, pair in known]
    meant = _meant(wanted, [pair for _, pair in known])
    named = [number for number in meant if number < len(indicators)]
    if len(meant) == 1 or len(named) == 1:
        return ids[(named or meant)[0]]
    shown = [known[number][0] for number in meant]
    if meant:
        raise OperatorFault("indicator.several", wanted=wanted, count=len(meant), names=_some(shown))
    near = _near(wanted, known)
    raise OperatorFault("indicator.near" if near else "indicator.none", wanted=wanted, names=_some(near))


def _meant(wanted: str, names: Sequence[tuple[str, ...]]) -> list[int]:
    """Those of this very name; where there is none, those in whose name it stands."""
    sought = _plain(wanted)
    if not sought:
        return []
    plain = [tuple(map(_plain, each)) for each in names]
    exact = [number for number, each in enumerate(plain) if sought in each]
    return exact or [number for number, each in enumerate(plain) if any(sought in name for name in each)]


def _near(wanted: str, known: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Those of which some part is most like it, the best first."""
    sought = _plain(wanted)
    likeness = {shown: max(_likeness(sought, _plain(name)) for name in names) for shown, names in known}
    alike = [shown for shown in likeness if likeness[shown] >= _ALIKE]
    return sorted(alike, key=lambda shown: -likeness[shown])


def _likeness(sought: str, name: str) -> float:
    """The names of a district begin alike, and nobody types them in full: the part that is most like it counts."""
    matcher = SequenceMatcher(b=sought, autojunk=False)
    best = 0.0
    for start in range(max(len(name) - len(sought), 0) + 1):
        matcher.set_seq1(name[start : start + len(sought)])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best


def _plain(name: str) -> str:
    """Without what a person types otherwise: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")
