"""Short ways of writing something in a rulebook's file, put as the models have it: `scope = "row:x"`, `scope = "entity"`, a preset row by its columns."""

from __future__ import annotations

from typing import Any

from perfbatch.rulebook.form import PresetRow

__all__ = ["spelt_out"]

_ROW = "row:"


def spelt_out(data: Any) -> Any:
    """Plain data with each short way of writing spelt out; an overlay's entries too."""
    if isinstance(data, list):
        return [spelt_out(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {key: spelt_out(value) for key, value in _presets(_scope(data)).items()}


def _scope(entry: dict[str, Any]) -> dict[str, Any]:
    """A check in the rows of a table: `row:x` is the scope `row` of the table x; `entity` is another word for `department`."""
    scope = entry.get("scope")
    if scope == "entity":
        return {**entry, "scope": "department"}
    if not isinstance(scope, str) or not scope.startswith(_ROW) or "table" in entry:
        return entry
    return {**entry, "scope": "row", "table": scope.removeprefix(_ROW).strip()}


def _presets(entry: dict[str, Any]) -> dict[str, Any]:
    """Preset rows that name the columns themselves."""
    rows = entry.get("preset_rows")
    if not isinstance(rows, list):
        return entry
    return {**entry, "preset_rows": [_preset(row) if isinstance(row, dict) else row for row in rows]}


def _preset(row: dict[str, Any]) -> dict[str, Any]:
    columns = {key: value for key, value in row.items() if key not in PresetRow.model_fields}
    if not columns or not all(isinstance(value, str) for value in columns.values()):
        return row
    known = {key: value for key, value in row.items() if key not in columns}
    return {**known, "values": {**row.get("values", {}), **columns}}
