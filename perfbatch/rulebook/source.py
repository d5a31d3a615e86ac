"""One file of rules as plain data, whether TOML or a workbook, and where in it each part stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from perfbatch.model.errors import OperatorFault
from perfbatch.model.words.reasons import reason
from perfbatch.rulebook.source_text import toml_data
from perfbatch.rulebook.spellings import spelt_out
from perfbatch.rulebook.workbook.places import CellPlace, RulePlaces

__all__ = ["RuleSource", "read_source"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


class _File(Protocol):
    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True)
class RuleSource:
    """What a file says. `places` are the cells of a workbook, None of a text; `faults` what is wrong with its cells, told with all
    else; `based_on` the rulebook that a workbook was written from."""

    data: dict[str, Any]
    places: RulePlaces | None = None
    faults: Sequence[str] = ()
    based_on: str = ""

    def located(self, fault: str) -> str:
        """A fault with its cell in front, where it has one."""
        return self.places.located(fault) if self.places is not None else fault

    def cell(self, fault: str) -> CellPlace | None:
        """The cell of a fault."""
        return self.places.cell_of(fault) if self.places is not None else None


def read_source(file: _File, name: str) -> RuleSource:
    """Read a file of rules. Raises `OperatorFault` for a file that cannot be read, is in another encoding than UTF-8, or is neither
    TOML nor a workbook of rules."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise OperatorFault("rulebook.unreadable", file=name, reason=reason(error)) from None
    if content.startswith(_OLE):
        raise OperatorFault("rulebook.old_excel", file=name)
    if not content.startswith(_ZIP):
        return RuleSource(spelt_out(toml_data(content, name)))
    from perfbatch.rulebook.workbook.reading import read_rules

    read = read_rules(content, name)
    return RuleSource(read.data, read.places, read.faults, read.based_on)
