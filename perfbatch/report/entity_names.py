"""How the run report names a form's entities."""

from __future__ import annotations

from perfbatch.district.result import BatchResult
from perfbatch.model.figures import texts
from perfbatch.rulebook.roles import entity_key

__all__ = ["NO_UNIT", "EntityNames"]

NO_UNIT = {"budget_code": "", "unit_name": ""}
"""Of a file that is of no form of the night."""


class EntityNames:
    """How a form's entities are named: by the key, and by the code and the name of a unit where the form has such fields."""

    def __init__(self, result: BatchResult) -> None:
        self.rulebook = result.rulebook
        names = result.rulebook.entity
        roles = result.rulebook.roles
        # A key of several fields may have the code among them.
        self._code_in_key = names.key.index(roles.budget_code) if roles.budget_code in names.key else None
        self._name_is_units = names.name == roles.unit_name
        self._codes = {} if self._code_in_key is not None else _stated(result, roles.budget_code)
        self._names = {} if self._name_is_units else _stated(result, roles.unit_name)

    def key(self, code: str) -> list[str]:
        """The fields of the key; nothing where it is not known."""
        return entity_key(self.rulebook.entity, code)

    def unit(self, code: str, title: str, file: str) -> dict[str, str | None]:
        """The unit that an entity belongs to, or is: what the form's fields of its code and of its name say, None for a field
        that the form has not."""
        return {
            "budget_code": self.unit_code(code, file),
            "unit_name": title if self._name_is_units else self._names.get(file),
        }

    def unit_code(self, code: str, file: str) -> str | None:
        """What the form's field of budget codes says; None where it has none."""
        if self._code_in_key is None:
            return self._codes.get(file)
        # Where it is not known whose file it is, no part of the key is.
        return self.key(code)[self._code_in_key] if code else code


def _stated(result: BatchResult, field: str) -> dict[str, str]:
    """File → what a field that stands once says, where the form has it."""
    frame = result.departments
    if field not in result.rulebook.field_by_id or field not in frame:
        return {}
    return dict(zip(texts(frame["file"]), texts(frame[field]), strict=True))
