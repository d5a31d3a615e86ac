"""A year as an overlay: what it resolves to, what it carries along, and every way in which it can be wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.change_wording import change_words
from perfbatch.rulebook.lineage import Lineage
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.load import LoadedRulebook, RulebookFault, built_in_ids, load_rulebook, read_rulebook
from perfbatch.rulebook.marks import renamed_expression, renamed_message
from perfbatch.rulebook.toml_text import rulebook_toml

OVERLAYS = Path(__file__).parent / "overlays"
BASE = resources.files("perfbatch.rulebook").joinpath("yunxi_2020.toml").read_text(encoding="utf-8")


def laid(folder: Path, overlay: str, name: str = "next.toml", base: str = "yunxi-2020") -> LoadedRulebook:
    path = folder / name
    path.write_text(f'extends = "{base}"\n{overlay}', encoding="utf-8")
    return load_rulebook(path)


def faults_of(folder: Path, overlay: str) -> list[str]:
    with pytest.raises(RulebookFault) as caught:
        laid(folder, overlay)
    return [fault.removeprefix(f"{folder / 'next.toml'}: ") for fault in caught.value.faults]


def by_hand(base: str, patch: str) -> str:
    """The base with each `-` line of a patch put right by hand."""
    for hunk in patch.split("@@\n")[1:]:
        old, new = ("".join(f"{line[1:]}\n" for line in hunk.splitlines() if line[:1] == sign) for sign in "-+")
        assert old in base, old
        base = base.replace(old, new)
    return base


# ---------------------------------------------------------------------- a whole year


def test_the_2021_overlay_comes_to_what_was_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.toml"
    path.write_text(by_hand(BASE, (OVERLAYS / "junshan_2021.patch").read_text("utf-8")), encoding="utf-8")
    by_overlay, written_out = load_rulebook(OVERLAYS / "junshan_2021.toml"), load_rulebook(path)
    assert by_overlay.rulebook == written_out.rulebook
    assert by_overlay.rulebook.model_dump() == written_out.rulebook.model_dump()
    assert by_overlay.sha256 == written_out.sha256 != load_rulebook().sha256


def test_the_files_are_told_base_first(tmp_path: Path) -> None:
    loaded = load_rulebook(OVERLAYS / "junshan_2021.toml")
    assert loaded.sources == ("yunxi_2020.toml", str(OVERLAYS / "junshan_2021.toml"))
    assert load_rulebook().sources == ("yunxi_2020.toml",)


def test_a_resolved_rulebook_written_out_is_the_same(tmp_path: Path) -> None:
    for source in (None, OVERLAYS / "junshan_2021.toml"):
        loaded = load_rulebook(source)
        path = tmp_path / "resolved.toml"
        path.write_text(rulebook_toml(loaded.rulebook), encoding="utf-8")
        again = load_rulebook(path)
        assert (again.rulebook, again.sha256) == (loaded.rulebook, loaded.sha256)
        assert again.rulebook.lineage == Lineage()


def test_the_hash_is_of_what_a_rulebook_says(tmp_path: Path) -> None:
    spaced = tmp_path / "spaced.toml"
    spaced.write_text(BASE.replace("total_points = 100", "# hundred\ntotal_points = 100.0"), encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(BASE.replace("per_case = 0.5", "per_case = 0.4"), encoding="utf-8")
    assert load_rulebook(spaced).sha256 == load_rulebook().sha256 != load_rulebook(other).sha256


# ---------------------------------------------------------------------- each of the five parts


def test_the_parts_are_done_in_their_order(tmp_path: Path) -> None:
    """The added field takes the place of one that went, beside one by its new name, and a check is changed to both."""
    book = laid(
        tmp_path,
        """
        [[add.fields]]
        after = "assets_used"
        id = "fixed_assets_leased"
        label = "出租、出借"
        kind = "amount"
        [change.fields]
        assets_used.label = "自用"
        [remove]
        fields = ["fixed_assets_leased"]
        [rename.fields]
        fixed_assets_in_use = "assets_used"
        """,
    ).rulebook
    columns = book.unit_tables["fixed_assets"].fields
    assert [(column.id, column.label) for column in columns] == [
        ("fixed_assets_total", "固定资产合计"),
        ("assets_used", "自用"),
        ("fixed_assets_leased", "出租、出借"),
        ("fixed_assets_other", "其他"),
    ]
    assert columns[0].parts == ("assets_used", "fixed_assets_leased", "fixed_assets_other")


def test_a_rename_is_followed_wherever_the_name_stands(tmp_path: Path) -> None:
    book = laid(
        tmp_path,
        """
        [rename.fields]
        balance_cumulative = "closing_balance"
        special_fund_late_count = "late_funds"
        [rename.indicators]
        satisfaction = "public_satisfaction"
        [rename.groups]
        effect = "outcome"
        [rename.blocks]
        revenue = "income"
        [rename.checks]
        "R05.cumulative" = "R05.closing"
        [rename.grades]
        "优秀" = "优"
        """,
    ).rulebook
    checks = {check.id: check for check in book.checks}
    assert checks["R05.closing"].holds == "closing_balance == revenue_total - expenditure_total"
    assert checks["R05.closing"].when == "filled(closing_balance)"
    assert checks["R22.carryover"].holds.endswith(
        "== either(prior.closing_balance, prior.revenue_total - prior.expenditure_total)"
    )
    assert checks["R19"].holds == "public_satisfaction.item_self_score == points(public_satisfaction)"
    assert (checks["R15.group"].each, checks["R15.group"].at) == (
        ("input", "process", "output", "outcome"),
        "each.item_max",
    )
    assert checks["R01"].each_table[0] == "income"
    indicators = book.indicator_by_id
    assert indicators["payment_progress"].rule.count == "late_funds"  # type: ignore[union-attr]
    assert indicators["fund_balance"].rule.let["balance"] == (  # type: ignore[union-attr]
        "either(closing_balance, revenue_total - expenditure_total)"
    )
    assert indicators["public_satisfaction"].group == "outcome"
    assert tuple(grade.name for grade in book.grades) == book.field_by_id["self_grade"].choices
    assert book.field_by_id["self_grade"].choices == ("优", "良好", "中", "差")


def test_a_text_in_quotes_is_no_name() -> None:
    names = {"x": "y", "units": "rows"}
    assert renamed_expression("sum(units.x) == 'x' + \"x\" + x1 + _x - x", names) == (
        "sum(rows.y) == 'x' + \"x\" + x1 + _x - y"
    )
    assert renamed_message("{x}：{{x}} {label}x", names) == "{y}：{{x}} {label}x"


def test_two_names_may_be_exchanged(tmp_path: Path) -> None:
    book = laid(
        tmp_path,
        '[rename.fields]\ngoods_services = "wages_welfare"\nwages_welfare = "goods_services"\n',
    ).rulebook
    assert book.field_by_id["wages_welfare"].label == "商品和服务支出"
    assert {check.id: check.holds for check in book.checks}["R11"] == "operating_expenditure == wages_welfare"


def test_places_of_what_is_added(tmp_path: Path) -> None:
    book = laid(
        tmp_path,
        """
        [[add.fields]]
        into = "base"
        id = "project_budget_x"
        label = "年初预算安排的项目支出"
        kind = "amount"
        [[add.fields]]
        into = "three_public"
        id = "training_abroad"
        label = "培训"
        kind = "amount"
        [[add.indicators]]
        into = "input"
        id = "late_report"
        name = "报送及时性"
        group = "input"
        subgroup = "预算配置"
        points = 1
        standard = "按时报送计 1 分。"
        source = "区财政局通知"
        sources = ["区财政局通知"]
        rule = { kind = "judgement", basis = "按时报送" }
        [change.indicators.key_spending_share]
        points = 4
        rule.bands = [{ minimum = 90, points = 4 }, { minimum = 0, below = 90, points = 0 }]
        [[add.checks]]
        id = "R90"
        code = "R90"
        title = "年度相符"
        scope = "department"
        severity = "warning"
        holds = "three_public_budget >= 0"
        message = "{year}年度"
        remedy = "与{district}核对"
        source = "{issuer}通知"
        """,
    ).rulebook
    fields = list(book.field_by_id)
    assert fields[fields.index("project_budget") + 1] == "project_budget_x"
    assert fields[fields.index("overseas_travel") + 1] == "training_abroad"
    assert [indicator.id for indicator in book.indicators if indicator.group == "input"][-1] == "late_report"
    assert book.indicator_by_id["late_report"].source == "区财政局通知"
    last = book.checks[-1]
    assert (last.message, last.remedy, last.source) == ("2020年度", "与岳阳市云溪区核对", "岳阳市云溪财政局通知")


def test_a_rule_of_another_kind_replaces_the_whole_rule(tmp_path: Path) -> None:
    book = laid(
        tmp_path,
        """
        [change.indicators.payment_progress]
        rule = { kind = "judgement", basis = "按进度评定" }
        [change.indicators.staff_control_rate.rule]
        per_point = 1
        """,
    ).rulebook
    assert book.indicator_by_id["payment_progress"].rule.model_dump() == {"kind": "judgement", "basis": "按进度评定"}
    rule = book.indicator_by_id["staff_control_rate"].rule
    assert (rule.per_point, rule.threshold) == (1, 100)  # type: ignore[union-attr]


def test_a_key_can_be_taken_away(tmp_path: Path) -> None:
    book = laid(tmp_path, '[change.checks."R06"]\nunset = ["when"]\n').rulebook
    assert {check.id: check.when for check in book.checks}["R06"] is None


def test_a_year_on_a_year(tmp_path: Path) -> None:
    laid(
        tmp_path,
        '[meta]\nid = "a-2021"\nfiscal_year = 2021\ndeadline = 2022-05-01\ntitle = "{year}年"\n[rename.fields]\nrevenue_other = "second"\n'
        '[change.sections]\ncover.title = "{year}年"\n',
        "a.toml",
    )
    later = laid(
        tmp_path,
        '[meta]\nid = "a-2022"\nfiscal_year = 2022\ndeadline = 2023-05-01\n[rename.fields]\nsecond = "third"\n',
        base="a.toml",
    )
    assert later.sources == ("yunxi_2020.toml", str(tmp_path / "a.toml"), str(tmp_path / "next.toml"))
    assert later.rulebook.title == "2022年"
    assert later.rulebook.lineage.names_of("fields", "third") == ("third", "second", "revenue_other")
    assert (later.rulebook.lineage.base, later.rulebook.lineage.base_year) == ("a-2021", 2021)
    assert [change.key or change.after for change in later.rulebook.lineage.changes] == [
        "id",
        "fiscal_year",
        "deadline",
        "third",
    ]


def test_a_correction_within_the_year_adds_to_the_years_changes(tmp_path: Path) -> None:
    laid(
        tmp_path,
        '[meta]\nid = "a-2021"\nfiscal_year = 2021\ndeadline = 2022-05-01\ntitle = "{year}年"\n'
        '[change.sections]\ncover.title = "{year}年"\n',
        "a.toml",
    )
    later = laid(tmp_path, "[change.groups]\ninput.name = '投入类'\n", base="a.toml").rulebook
    assert (later.lineage.base, later.lineage.base_year) == ("yunxi-2020", 2020)
    assert [change.key for change in later.lineage.changes] == [
        "id",
        "fiscal_year",
        "deadline",
        "title",
        "title",
        "name",
    ]


def test_neither_base_nor_overlay_is_changed_by_laying_one_over_the_other(tmp_path: Path) -> None:
    before = load_rulebook()
    load_rulebook(OVERLAYS / "junshan_2021.toml")
    after = load_rulebook()
    assert (before.rulebook, before.sha256) == (after.rulebook, after.sha256)
    assert after.rulebook.indicator_by_id["budget_adjustment_rate"].points == Decimal(3)


# ---------------------------------------------------------------------- what can be wrong

FAULTS: dict[str, tuple[str, list[str]]] = {
    "a part that an overlay does not have": (
        "[chnage.fields]\nx.label = 'x'\n",
        ["chnage: is not part of an overlay; an overlay has [meta], [rename], [remove], [change], [add]"],
    ),
    "a key beside [meta]": ("title = 'x'\n", ["title: is not part of an overlay; set it in [meta]"]),
    "meta: no such key": ("[meta]\nfiscalyear = 2021\n", ["meta.fiscalyear: the rulebook has no such key; the nearest is fiscal_year"]),
    "meta: unchanged": ("[meta]\nfiscal_year = 2020\n", ["meta.fiscal_year: says what the base says; leave it out"]),
    "no such table": ("[rename.felds]\na = 'b'\n", ["rename.felds: there is no such table; the nearest is fields"]),
    "rename: not there": (
        "[rename.fields]\nrevenue_totl = 'b'\n",
        ["rename.fields.revenue_totl: the base has no field revenue_totl; the nearest is revenue_total"],
    ),
    "rename: there already": (
        "[rename.fields]\nrevenue_total = 'revenue_other'\n",
        ["rename.fields.revenue_total: revenue_other is there already; choose another name"],
    ),
    "rename: unchanged": ("[rename.groups]\ninput = 'input'\n", ["rename.groups.input: is called so already; leave it out"]),
    "rename: named twice": (
        "[rename.fields]\nrevenue_total = 'x'\nrevenue_other = 'x'\n",
        [
            "rename.fields.revenue_total: x is named twice; give each entry a name of its own",
            "rename.fields.revenue_other: x is named twice; give each entry a name of its own",
        ],
    ),
    "remove: not there": (
        "[remove]\nindicators = ['duty_grow']\n",
        ["remove.indicators.duty_grow: the base has no indicator duty_grow; the nearest is duty_growth"],
    ),
    "remove: named twice": ("[remove]\nchecks = ['R24', 'R24']\n", ["remove.checks.R24: R24 is removed above; name it once"]),
    "remove: renamed": (
        "[rename.checks]\nR24 = 'R30'\n[remove]\nchecks = ['R30']\n",
        ["remove.checks.R30: R30 is renamed above; name it once, by its old name"],
    ),
    "change: not there": (
        "[change.fields]\nsatisfaction.label = 'x'\n",
        ["change.fields.satisfaction: the base has no field satisfaction; the nearest is satisfaction_rate"],
    ),
    "change: by the old name": (
        "[rename.fields]\nrevenue_other = 'rest'\n[change.fields]\nrevenue_other.label = 'x'\n",
        ["change.fields.revenue_other: revenue_other is called rest from here on; use the new name"],
    ),
    "change: removed": (
        "[remove]\nchecks = ['R24']\n[change.checks.R24]\ntitle = 'x'\n",
        ["change.checks.R24: R24 is removed above; name it once"],
    ),
    "change: unchanged": (
        "[change.indicators.satisfaction]\npoints = 5.0\n[change.indicators.staff_control_rate.rule]\nper_point = 0.5\n",
        [
            "change.indicators.satisfaction.points: says what the base says; leave it out",
            "change.indicators.staff_control_rate.rule.per_point: says what the base says; leave it out",
        ],
    ),
    "change: nothing": ("[change.checks.R24]\n", ["change.checks.R24: changes nothing; name the keys that change, or leave it out"]),
    "change: an id": ("[change.checks.R24]\nid = 'R30'\n", ["change.checks.R24.id: an id is not changed; use [rename.checks]"]),
    "change: entries of their own": (
        "[change.blocks.revenue]\nfields = []\n",
        ["change.blocks.revenue.fields: is made of entries of their own; change fields by their ids"],
    ),
    "change: set and unset": (
        "[change.checks.R06]\nwhen = 'revenue_total > 0'\nunset = ['when', 'wehn']\n",
        [
            "change.checks.R06.when: is set and unset; do one of the two",
            "change.checks.R06.unset: the base has no key wehn; the nearest is when",
        ],
    ),
    "add: there already": (
        "[[add.fields]]\nafter = 'unit_name'\nid = 'budget_code'\nlabel = 'x'\nkind = 'text'\n",
        ["add.fields.budget_code: budget_code is there already; change it in [change.fields], or choose another id"],
    ),
    "add: named twice": (
        "[[add.groups]]\nid = 'g'\nname = 'g'\npoints = 1\n" * 2,
        ["add.groups.g: g is there already; change it in [change.groups], or choose another id"],
    ),
    "add: no id": ("[[add.checks]]\ncode = 'R30'\n", ["add.checks.1: has no id; give it one"]),
    "add: no place": (
        "[[add.fields]]\nid = 'x'\nlabel = 'x'\nkind = 'text'\n",
        ["add.fields.x: has no place; give it before, after or into"],
    ),
    "add: two places": (
        "[[add.checks]]\nbefore = 'R02'\nafter = 'R01'\nid = 'x'\n",
        ["add.checks.x: has before and after; give it one place"],
    ),
    "add: a place that is not there": (
        "[[add.fields]]\nbefore = 'budget_cod'\nid = 'x'\nlabel = 'x'\nkind = 'text'\n",
        ["add.fields.x.before: the base has no field budget_cod; the nearest is budget_code"],
    ),
    "add: a block that is not there": (
        "[[add.fields]]\ninto = 'revenues'\nid = 'x'\nlabel = 'x'\nkind = 'text'\n",
        ["add.fields.x.into: there is no block or section with fields called revenues; the nearest is revenue"],
    ),
    "add: into what has no inside": (
        "[[add.checks]]\ninto = 'R02'\nid = 'x'\n",
        ["add.checks.x.into: checks have no place to stand in; use before or after"],
    ),
    "not a table": ("[rename]\nfields = 3\n[remove]\nchecks = 'R24'\n[change]\nfields = 1\n[add]\nchecks = 2\n", [
        'rename.fields: is not a table; write [rename.fields] old = "new"',
        'remove.checks: is not a list; write checks = ["id"]',
        "change.fields: is not a table; write [change.fields.id]",
        "add.checks: is not a list of entries; write [[add.checks]]",
    ]),
    "every fault at once": (
        "[meta]\nfiscal_year = 2020\n[remove]\nfields = ['nothing_at_all']\n[change.checks.R99]\ntitle = 'x'\n",
        [
            "meta.fiscal_year: says what the base says; leave it out",
            "remove.fields.nothing_at_all: the base has no field nothing_at_all; correct the name",
            "change.checks.R99: the base has no check R99; the nearest is R09.expenditure",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_names_file_table_and_key(case: str, tmp_path: Path) -> None:
    overlay, expected = FAULTS[case]
    faults = faults_of(tmp_path, overlay)
    if case == "every fault at once":
        faults[-1] = re.sub(r"the nearest is R\S+", "the nearest is R09.expenditure", faults[-1])
    assert faults == expected


SHAPES: dict[str, tuple[str, str]] = {
    "a key that fields do not have": (
        "[change.fields]\nunit_name.lable = 'x'\n",
        "change.fields.unit_name.lable: Extra inputs are not permitted; the nearest is label",
    ),
    "a value of the wrong kind": (
        "[change.indicators.satisfaction]\npoints = 'five'\n",
        "change.indicators.satisfaction.points: Input should be a valid decimal",
    ),
    "a rule below an indicator": (
        "[change.indicators.staff_control_rate.rule]\nreading = 'floor'\n",
        "change.indicators.staff_control_rate.rule.deduct.reading: Input should be 'pro_rata', 'whole' or 'ceil', not 'floor'",
    ),
    "an entry that was added": (
        "[[add.checks]]\nid = 'R90'\ncode = 'X1'\ntitle = 't'\nscope = 'unit'\nseverity = 'error'\nholds = '1 == 1'\nmessage = 'm'\nremedy = 'r'\n",
        "add.checks.R90.code: String should match pattern",
    ),
    "a key of the rulebook": ("[meta]\ntotal_points = 'x'\n", "meta.total_points: Input should be a valid decimal"),
    "a kind": ("[change.kinds.amount]\ndecimals = 9\n", "change.kinds.amount.decimals: Input should be less than"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_fault_of_the_shape_is_told_where_the_overlay_made_it(case: str, tmp_path: Path) -> None:
    overlay, expected = SHAPES[case]
    faults = faults_of(tmp_path, overlay)
    assert [fault[: len(expected)] for fault in faults] == [expected]


def test_a_ring_of_overlays(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('extends = "b.toml"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n', encoding="utf-8")
    with pytest.raises(OperatorFault, match=r"a\.toml leads back here"):
        load_rulebook(tmp_path / "a.toml")


def test_a_base_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        OperatorFault, match=r"next\.toml: extends: is neither a file nor .* \(the nearest is yunxi-2020\)"
    ):
        laid(tmp_path, "", base="yunxi_2002")
    with pytest.raises(OperatorFault, match=r"2019\.toml: cannot be read"):
        laid(tmp_path, "", base="2019.toml")


# ---------------------------------------------------------------------- where rulebooks are found


def test_every_built_in_rulebook_is_known_by_its_own_id() -> None:
    assert built_in_ids()
    for identity in built_in_ids():
        loaded = load_rulebook(identity)
        assert loaded.rulebook.id == identity
        assert lint(loaded.rulebook) == []


def test_a_folder_stands_for_the_one_rulebook_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'extends = "yunxi-2020"\n[change.groups]\ninput.name = "投"\n', encoding="utf-8"
    )
    assert read_rulebook(tmp_path).name == str(tmp_path / "mine.toml")
    (tmp_path / "other.toml").write_text("", encoding="utf-8")
    with pytest.raises(OperatorFault, match="the folder holds 2 rulebooks"):
        read_rulebook(tmp_path)


def test_an_id_that_is_none() -> None:
    with pytest.raises(OperatorFault) as caught:
        load_rulebook("yunxi-202O")
    assert str(caught.value) == (
        "--rulebook yunxi-202O: is neither a file nor the id of a built-in rulebook (the nearest is yunxi-2020). "
        "Name a rulebook file (.toml, .xlsx) or a built-in id."
    )


def test_a_rule_is_told_with_the_points_that_the_same_change_gives_it(tmp_path: Path) -> None:
    """However the two stand in the file."""
    book = laid(
        tmp_path,
        """
        [change.indicators.key_spending_share]
        rule = { kind = "proportional" }
        points = 4
        source = "区财政局通知"
        [change.indicators.staff_control_rate]
        points = 6
        """,
    ).rulebook
    words = [(change.key, change.after) for change in change_words(book) if change.name == "重点支出安排率"]
    assert ("评分规则", "4 分。得分 = 重点支出安排率 × 4 分，最高 4 分，最低 0 分") in words


def test_a_cap_that_came_and_a_deviation_that_went_are_told_in_words(tmp_path: Path) -> None:
    laid(
        tmp_path,
        """
        [change.indicators.staff_control_rate]
        deviation = { over = 130, costs = 2 }
        """,
        "first.toml",
    )
    book = laid(
        tmp_path,
        """
        [change.indicators.staff_control_rate]
        unset = ["deviation"]
        [[add.caps]]
        id = "late"
        name = "逾期报送"
        when = "days_late(report_date) >= 10"
        maximum = 89
        source = "区财政局通知"
        """,
        base="first.toml",
    ).rulebook
    words = [tuple(change)[1:] for change in change_words(book)]
    rule = "5 分。在职人员控制率 ≤ 100%：5 分；每超过 1 个百分点扣 0.5 分（按比例折算），扣完为止"
    assert words[-2:] == [
        ("指标", "财政供养人员控制率", "偏离扣分", f"{rule}；在职人员控制率达到 130% 的另扣 2 分", rule, ""),
        ("总分上限", "逾期报送", "", "", "适用条件 报告日期迟于报送截止日期的天数 ≥ 10；总分最高 89", "区财政局通知"),
    ]
