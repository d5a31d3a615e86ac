"""The workbook form follows the models: a new key is there by itself, and the tests name one without a Chinese title."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, create_model

from perfbatch.rulebook.model import Check, Grade, Rulebook
from perfbatch.rulebook.vocabulary import SHEETS, TITLES, WORDS
from perfbatch.rulebook.workbook.plan import leaves_of, plan, slots_below


def _models(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            yield annotation
            for info in annotation.model_fields.values():
                yield from _models(info.annotation, seen)
        return
    for argument in get_args(annotation):
        yield from _models(argument, seen)


def _choices(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Union, types.UnionType) or get_args(annotation):
        for argument in get_args(annotation):
            yield from _choices(argument)


MODELS = list(_models(Rulebook, set()))


def test_every_key_has_a_title() -> None:
    keys = {name for model in MODELS for name in model.model_fields}
    owned = {key.rpartition(".")[2] for key in TITLES if "." in key}
    assert sorted(keys - set(TITLES) - owned) == []


def test_every_choice_has_a_word_of_its_own() -> None:
    missing, shared = [], []
    for model in MODELS:
        for name, info in model.model_fields.items():
            key = "kind" if name == "kinds" else name
            choices = list(dict.fromkeys(_choices(info.annotation)))
            words = [WORDS.get(key, {}).get(choice, "") for choice in choices]
            missing += [
                f"{model.__name__}.{name} = {choice}" for choice, word in zip(choices, words, strict=True) if not word
            ]
            shared += [f"{model.__name__}.{name}" for word in words if word and words.count(word) > 1]
    assert (missing, shared) == ([], [])


def test_sheets_of_the_issue_are_there() -> None:
    names = [sheet.name for sheet in plan()]
    wanted = ["栏目类型", "工作表", "表块", "字段", "预置行", "一级指标", "等次", "指标", "计分", "勾稽"]
    assert [name for name in wanted if name not in names] == []
    assert len(set(names)) == len(names)
    assert set(SHEETS.values()) - {"规则"} <= set(names)


def test_titles_of_a_sheet_differ() -> None:
    for sheet in plan():
        titles = [leaf.title for leaf in sheet.columns]
        assert len(set(titles)) == len(titles), sheet.name


def test_a_new_key_is_a_column_and_new_entries_are_rows() -> None:
    check = create_model("Check", __base__=Check, escalates=(bool, False))
    assert ("escalates",) in [leaf.path for leaf in leaves_of(check)]
    rulebook = create_model("Rulebook", __base__=Rulebook, penalties=(tuple[Grade, ...], ()))
    slot = next(slot for slot in slots_below(None, (rulebook,)) if slot.key == "penalties")
    assert (slot.shape, slot.sheet) == ("many", "penalties")
