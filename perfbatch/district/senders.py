"""Whose a file of the inbox is: told by what stands in it, else by what it and its folders are called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from unicodedata import normalize

from perfbatch.model.submission import InboxEntry

__all__ = ["Senders"]

# What nobody but a workbook vouches for must be long enough not to stand in any file name by chance.
_SHORTEST_NAME, _SHORTEST_STATED_NAME, _SHORTEST_STATED_CODE = 2, 3, 4

_NUMBER = re.compile(r"\d+")


class Senders:
    """The departments that a file may be from, as code and name: those `listed` in the roster, and those that workbooks have
    `stated`, as far as the roster does not have their code. `district`: a name is known without it, too."""

    def __init__(
        self, listed: Iterable[tuple[str, str]], district: str, stated: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.names = dict(listed)
        """Code → the name of the department."""
        vouched = frozenset(self.names)
        for code, entity_title in stated:
            if code:
                self.names.setdefault(code, entity_title)
        names: dict[str, set[str]] = defaultdict(set)
        full: dict[str, set[str]] = defaultdict(set)
        # A code of digits is looked up among a name's numbers; any other one is looked for.
        self._numbers = dict[str, str]()
        self._codes = dict[str, re.Pattern[str]]()
        self._owners = dict[str, str]()
        for code, entity_title in self.names.items():
            shortest = _SHORTEST_NAME if code in vouched else _SHORTEST_STATED_NAME
            if code in vouched or len(code) >= _SHORTEST_STATED_CODE:
                self._know(code)
            full[_folded(entity_title)].add(code)
            for name in _names(entity_title, district):
                if len(name) >= shortest:
                    names[name].add(code)
        # A name that two departments go by tells nothing.
        self._names, self._full = _of_one(names), _of_one(full)

    def _know(self, code: str) -> None:
        folded = _folded(code)
        if folded.isdecimal():
            self._numbers[folded] = code
        else:
            self._codes[code] = re.compile(rf"(?<!\d){re.escape(folded)}(?!\d)")

    def of(self, entry: InboxEntry) -> str:
        """The code of the department that an entry came from; "" where nobody can tell."""
        if entry.status != "set_aside":
            return entry.entity_code
        # A code that is claimed under two names (F09) is one of them's; who states a known name in full is that department.
        stated = self._full.get(_folded(entry.entity_title), "") if entry.entity_code else ""
        return stated or entry.entity_code or self.owner(entry.path)

    def owner(self, path: str) -> str:
        """The code of the department that a path names; "" where it fits none, or several. The file's own name goes before its
        folders."""
        if path not in self._owners:
            self._owners[path] = self._owner(path)
        return self._owners[path]

    def _owner(self, path: str) -> str:
        for part in reversed(path.split("/")):
            folded = _folded(part)
            codes = {self._numbers[number] for number in _NUMBER.findall(folded) if number in self._numbers}
            codes |= {code for code, pattern in self._codes.items() if pattern.search(folded)}
            if len(codes) == 1:
                return codes.pop()
            named = [name for name in self._names if name in folded]
            longest = max(named, key=len, default="")
            # 教育局 is told in 教育局机关; a name beside the longest one is another department's.
            codes = {self._names[name] for name in named if name == longest or name not in longest}
            if len(codes) == 1:
                return codes.pop()
        return ""


def _of_one(names: dict[str, set[str]]) -> dict[str, str]:
    return {name: min(codes) for name, codes in names.items() if name and len(codes) == 1}


def _names(entity_title: str, district: str) -> set[str]:
    """The full name, and what is left without the district, or the end of it (云溪区总工会, 区总工会 → 总工会)."""
    full, place = _folded(entity_title), _folded(district)
    return {full, *(full[len(place) - start :] for start in range(len(place)) if full.startswith(place[start:]))}


def _folded(text: str) -> str:
    return "".join(normalize("NFKC", text).split()).casefold()
