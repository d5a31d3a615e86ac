"""The figures that a form comes to: what a summary counts together, and what one year is compared with another by."""

from __future__ import annotations

from perfbatch.rulebook.model import Rulebook

__all__ = ["main_totals"]


def main_totals(rulebook: Rulebook) -> list[str]:
    """The field ids of the totals that are no part of another: one for each table that has a total."""
    return [
        column.id
        for table in rulebook.money_tables.values()
        for column in table.fields
        if column.parts and column.id not in rulebook.siblings
    ]
