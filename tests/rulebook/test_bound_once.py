"""A rulebook's checks are bound once, and each rulebook keeps its own."""

from __future__ import annotations

from perfbatch.rulebook.checks import bind_checks
from tests.submissions import RULEBOOK


def test_each_rulebook_has_its_own_checks_whoever_asked_before() -> None:
    fewer = RULEBOOK.model_copy(update={"checks": RULEBOOK.checks[:1]})
    whole = bind_checks(RULEBOOK)
    assert {bound.check.id for bound in bind_checks(fewer)} == {RULEBOOK.checks[0].id}
    assert bind_checks(RULEBOOK) is whole
    assert {bound.check.id for bound in whole} == {check.id for check in RULEBOOK.checks}
    for number in range(10):
        bind_checks(RULEBOOK.model_copy(update={"checks": RULEBOOK.checks[: number + 1]}))
    assert bind_checks(RULEBOOK) == whole
