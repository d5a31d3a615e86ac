"""Places that are remembered from workbooks laid out alike: the same as when each workbook is looked through by itself."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.intake.formats import open_form
from perfbatch.intake.named_places import FormPlaces, NamedPlace
from perfbatch.model.limits import Limits
from tests.intake.test_named_places import SAMPLES, named
from tests.workbooks import blank, repack, rulebook

_POSTS, _STAFF = "人员编制（人）", "实有人数（人）"


def relabelled(labels: Mapping[str, str]) -> bytes:
    """The blank workbook with other labels, all else as it was written."""
    with zipfile.ZipFile(io.BytesIO(blank())) as package:
        strings = package.read("xl/sharedStrings.xml").decode()
    assert all(f">{label}</t></si>" in strings for label in labels)
    pattern = re.compile(">(" + "|".join(map(re.escape, labels)) + ")</t></si>")
    strings = pattern.sub(lambda match: f">{labels[match[1]]}</t></si>", strings)
    return repack(blank(), {"xl/sharedStrings.xml": strings.encode()})


@cache
def workbooks() -> tuple[bytes, ...]:
    """Workbooks that differ in what stands beside the fields, or in where the names stand."""
    twin = '<definedName name="on_post_staff" localSheetId="2">基本概况!$B$3</definedName>'
    return (
        blank(),
        relabelled({_POSTS: _STAFF, _STAFF: _POSTS}),
        relabelled({_STAFF: ""}),
        relabelled({_STAFF: "说" * 300}),
        # Another unit: looked for all over the sheets.
        relabelled({_STAFF: "实有人数（元）"}),
        named(blank(), {"authorized_posts": "基本概况!$D$3", "on_post_staff": "基本概况!$B$3"}),
        named(blank(), {"on_post_staff": "#REF!"}, twin),
        # What departments type has no part in it.
        *(path.read_bytes() for path in SAMPLES[:2]),
    )


def found_places(places: FormPlaces, content: bytes) -> Mapping[str, NamedPlace]:
    return places.find(open_form(content, Limits(), rulebook().field_by_id, ()))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 8), min_size=2, max_size=8))
def test_what_other_workbooks_had_changes_no_place(order: list[int]) -> None:
    remembering = FormPlaces(rulebook())
    for at in order:
        assert found_places(remembering, workbooks()[at]) == found_places(FormPlaces(rulebook()), workbooks()[at])


def test_labels_exchanged_are_told_after_a_workbook_where_they_stand_right() -> None:
    remembering = FormPlaces(rulebook())
    fields = ("authorized_posts", "on_post_staff")
    for at, codes in ((0, ["", ""]), (1, ["C14", "C14"]), (7, ["", ""]), (5, ["C14", "C14"])):
        places = found_places(remembering, workbooks()[at])
        remarks = [places[field].remark for field in fields]
        assert [remark.code if remark else "" for remark in remarks] == codes


def test_workbooks_laid_out_alike_share_their_places() -> None:
    remembering = FormPlaces(rulebook())
    elsewhere = relabelled({"实有人数 ≤ 人员编制": "别的话"})
    assert found_places(remembering, blank()) is found_places(remembering, elsewhere)
    assert found_places(remembering, workbooks()[1]) is not found_places(remembering, blank())
