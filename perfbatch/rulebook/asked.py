"""What of a form its rules ask for: the tables of rows that they look into, the long texts whose words they want."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from perfbatch.rulebook.entries import Check
from perfbatch.rulebook.expression import owners_in
from perfbatch.rulebook.form import FormField, RowsBlock

__all__ = ["tables_asked", "words_unasked"]

_WORD, _FILLED = re.compile(r"\w+"), re.compile(r'\bfilled\(\w+\)|"at":"\w+"')


def tables_asked(named: Iterable[str], checks: Sequence[Check], tables: Mapping[str, RowsBlock]) -> tuple[str, ...]:
    """The tables, in the order of the form, that are `named` or that checks and conditions look into."""
    asked = set(named)
    asked |= {name for name, table in tables.items() if any(field.required_when is not None for field in table.fields)}
    texts = [text for check in checks for text in (check.holds, check.when, check.expected) if text]
    asked |= {owner for text in texts for owner in owners_in(text)}
    return tuple(name for name in tables if name in asked)


def words_unasked(fields: Iterable[FormField], rules: str) -> frozenset[str]:
    """The long texts of which neither a condition of a field nor `rules`, all other parts of the rulebook as JSON, ask more than
    whether something stands there."""
    known = tuple(fields)
    asking = [rules, *(field.required_when or "" for field in known)]
    named = {name for text in asking for name in _WORD.findall(_FILLED.sub("", text))}
    return frozenset(field.id for field in known if field.kind == "longtext" and field.id not in named)
