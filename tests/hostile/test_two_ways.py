"""The patterns that read most sheets give what the parsers give: on samples, odd and hostile files, and mutants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from perfbatch.intake.guard import inspect
from perfbatch.isolated.executor import Confinement, IsolatedExecutor
from perfbatch.model.limits import Limits
from perfbatch.model.message import packed, unpacked
from perfbatch.package.parts import read_workbook_part
from perfbatch.package.plain_sheet import PlainSheet
from perfbatch.package.plain_strings import PlainStrings
from tests.conftest import workbook
from tests.hostile.files import HOSTILE, ODD
from tests.hostile.fuzz import mutate
from tests.hostile.two_ways import TwoWays
from tests.workbooks import blank, rulebook

SAMPLES = sorted((Path(__file__).parents[2] / "inbox").glob("*.xlsx"))
MUTANTS, SEED = 600, 20210721


def both_ways(folder: Path, contents: Mapping[str, bytes]) -> dict[str, TwoWays]:
    limits = Limits()
    confinement = Confinement(limits.address_space, limits.cpu_seconds, limits.wall_seconds, limits.reply_bytes)
    with IsolatedExecutor(2, confinement, "tests.hostile.two_ways") as executor:
        waiting = {}
        for number, (name, content) in enumerate(contents.items()):
            path = folder / f"{number}.xlsx"
            path.write_bytes(content)
            waiting[name] = executor.submit("read both ways", packed(str(path)))
        return {
            name: TwoWays(*unpacked(future.result())[0])
            for name, future in waiting.items()
            if future.exception() is None
        }


def test_samples_are_read_plainly_and_the_same_both_ways(tmp_path: Path) -> None:
    contents = {path.name: path.read_bytes() for path in SAMPLES} | {"blank": blank(), "openpyxl": workbook()}
    outcomes = both_ways(tmp_path, contents)
    assert outcomes.keys() == contents.keys()
    assert {name for name, outcome in outcomes.items() if not outcome.same} == set()
    assert sum(outcome.plainly == "" for outcome in outcomes.values()) >= 12


@pytest.mark.parametrize(
    "content", [SAMPLES[0].read_bytes(), blank(), workbook()], ids=["LibreOffice", "xlsxwriter", "openpyxl"]
)
def test_the_patterns_cover_what_the_writers_write(content: bytes) -> None:
    package = inspect(content)
    book = read_workbook_part(package, Limits())
    named = {area.sheet for name, area in book.names.items() if name in rulebook().field_by_id}
    covered = {name for name in named if PlainSheet.read(package.whole(book.sheets[name]) or b"", Limits())}
    assert covered == named
    if book.strings_part is not None:
        assert PlainStrings.read(package.whole(book.strings_part) or b"", Limits()) is not None


def test_odd_and_hostile_files_get_the_same_both_ways(tmp_path: Path) -> None:
    made = {name: make() for name, make in ODD.items()} | {name: make() for name, (_, make) in HOSTILE.items()}
    outcomes = both_ways(tmp_path, made)
    # A worker that dies of a file dies of the parsers.
    assert len(made) - len(outcomes) <= 3
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.same} == {}


def test_mutants_get_the_same_both_ways(tmp_path: Path, figure: Callable[[str, object], None]) -> None:
    mutants = {str(number): mutate(number, SEED) for number in range(MUTANTS)}
    outcomes = both_ways(tmp_path, {name: mutant.content for name, mutant in mutants.items()})
    unlike = {
        f"{name} {mutants[name].kind} {sorted(mutants[name].touched or ())}": outcome
        for name, outcome in outcomes.items()
        if not outcome.same
    }
    assert unlike == {}
    assert len(outcomes) == MUTANTS
    read = sum(outcome.plainly == "" for outcome in outcomes.values())
    assert MUTANTS // 10 < read < MUTANTS * 9 // 10
    figure("mutants read both ways", f"{len(outcomes)}, {read} of them as workbooks")
