"""A cap on the total (总分上限) as data: where a condition holds, the total is at most so many points."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from perfbatch.rulebook.form import Entry
from perfbatch.rulebook.marks import Expression, Identifier

__all__ = ["Cap"]


class Cap(Entry):
    """`when` looks at the department's figures, not at scores. A condition that cannot be decided for want of a figure caps
    nothing; of several that hold the lowest `maximum` counts."""

    id: Identifier
    name: str
    when: Expression
    maximum: Annotated[Decimal, Field(ge=0, decimal_places=2)]
