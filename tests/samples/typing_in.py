"""What a sample department types into the form: field id → value or column of values, as `seed.py` has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from perfbatch.rulebook.model import RowsBlock, Rulebook
from tests.samples.district import DEDUCTIONS, EVIDENCE, EXPLANATIONS, base_data_of, name_of, staff_of
from tests.samples.duties import duty_of
from tests.samples.seed import SEED
from tests.samples.units import units_of

__all__ = ["figures_of"]

_CITY = "岳阳市"
_THRIFT = "严格执行公务接待、车辆、会议培训定额标准；水电实行定额管理；办公设备政府采购，超编超标一律不购。"
_NONE = "无"


def figures_of(budget_code: str, rulebook: Rulebook) -> dict[str, Any]:
    """Everything that the department means to fill in; totals, balances and repeated figures add up exactly.

    The real department's are `seed.py`'s, which do not all agree with each other."""
    if budget_code == SEED["budget_code"]:
        return SEED
    summary, amounts = _amounts(budget_code, rulebook)
    staff, subsidy = staff_of(budget_code), staff_of(budget_code).personal_family_subsidy
    wages = summary["personnel_expenditure"] - subsidy
    base = base_data_of(budget_code)
    return {
        **_words(budget_code, summary, wages),
        **amounts,
        **base,
        **({"thrift_measures": _THRIFT} if base else {}),
        **_targets(budget_code, rulebook),
        **_scores(budget_code, rulebook),
        **_explanations(budget_code),
        "unit_name": _CITY + name_of(budget_code),
        "budget_code": budget_code,
        "fiscal_year": rulebook.fiscal_year,
        "report_date": date(rulebook.fiscal_year + 1, 7, 15),
        "authorized_posts": staff.authorized_posts,
        "on_post_staff": staff.on_post,
        "satisfaction_rate": staff.satisfaction / 100,
        "narrative_on_post_staff": staff.on_post,
        "narrative_admin_staff": staff.admin,
        "narrative_institution_staff": staff.institution,
        "narrative_basic_expenditure": summary["basic_expenditure"],
        "wages_welfare": wages,
        "goods_services": summary["operating_expenditure"],
        "personal_family_subsidy": subsidy,
    }


def _amounts(budget_code: str, rulebook: Rulebook) -> tuple[dict[str, Decimal], dict[str, list[Any]]]:
    """The 汇总 row, and every column of the unit tables: 汇总, 局机关, subordinate units."""
    units = units_of(budget_code)
    rows = [_with_totals(own, rulebook) for _, own in units]
    summary = {field: sum((row[field] for row in rows), Decimal(0)) for field in rows[0]}
    names = [rulebook.unit_rows[0], rulebook.unit_rows[1]]
    names += [f"{number}、{name}" for number, (name, _) in enumerate(units[1:], start=2)]
    return summary, {"entity_name": names, **{field: [row[field] for row in (summary, *rows)] for field in summary}}


def _with_totals(own: dict[str, Decimal], rulebook: Rulebook) -> dict[str, Decimal]:
    row = dict(own)
    columns = [column for table in rulebook.unit_tables.values() for column in table.fields if column.parts]
    # A total of totals comes after them: 支出合计 needs 基本支出.
    for column in sorted(columns, key=lambda column: sum(part not in own for part in column.parts)):
        row[column.id] = sum((row[part] for part in column.parts), Decimal(0))
    row["balance_cumulative"] = row["revenue_total"] - row["expenditure_total"]
    row["balance_current_year"] = row["balance_cumulative"] - row["carryover_prior_year"]
    return row


def _scores(budget_code: str, rulebook: Rulebook) -> dict[str, Any]:
    deductions = DEDUCTIONS[budget_code]
    scores = [
        Decimal(deductions[indicator.id][0]) if indicator.id in deductions else indicator.points
        for indicator in rulebook.indicators
    ]
    total = sum(scores, Decimal(0))
    grade = next(grade.name for grade in rulebook.grades if grade.minimum is None or total >= grade.minimum)
    return {
        "item_self_score": scores,
        "item_deduction_reason": [deductions.get(indicator.id, (None, None))[1] for indicator in rulebook.indicators],
        "self_score_total": total,
        "self_grade": grade,
        "evidence_answer": list(_answers(budget_code, rulebook)),
    }


def _explanations(budget_code: str) -> dict[str, list[str]]:
    rows = EXPLANATIONS.get(budget_code, ())
    columns = zip(("explained_check", "explained_place", "explanation_text"), zip(*rows, strict=True), strict=True)
    return {field: list(values) for field, values in columns} if rows else {}


def _answers(budget_code: str, rulebook: Rulebook) -> Iterable[str | int]:
    assert rulebook.evidence_block is not None
    for indicator in rulebook.indicators:
        for evidence_id in indicator.evidence_ids:
            usual = 0 if indicator.rule.kind == "per_case" else rulebook.evidence_block.yes
            yield EVIDENCE.get(budget_code, {}).get(evidence_id, usual)


def _targets(budget_code: str, rulebook: Rulebook) -> dict[str, list[str | None]]:
    """The department's targets, each put into the rows that the form has for its type."""
    block = next(block for _, block in rulebook.blocks() if isinstance(block, RowsBlock) and block.preset_rows)
    targets: list[str | None] = []
    actuals: list[str | None] = []
    for preset in block.preset_rows:
        own = duty_of(budget_code).targets.get(preset.value, ())
        blank = preset.count - len(own)
        assert blank >= 0, f"{budget_code}: more than {preset.count} targets of {preset.value}"
        targets += [*(target for target, _ in own), *[None] * blank]
        actuals += [*(actual for _, actual in own), *[None] * blank]
    return {"indicator_target": targets, "indicator_actual": actuals}


def _words(budget_code: str, summary: dict[str, Decimal], wages: Decimal) -> dict[str, Any]:
    duty, name, staff = duty_of(budget_code), name_of(budget_code), staff_of(budget_code)
    subordinate = len(units_of(budget_code)) - 1
    below = f"，下辖{subordinate}个二级机构" if subordinate else ""
    tasks = "\n".join(f"{number}、{task}。" for number, task in enumerate(duty.tasks, start=1))
    return {
        "evaluation_method": "部门（单位）绩效自评",
        "evaluating_body": "部门（单位）评价组",
        "contact_person": "（姓名）",
        "contact_phone": "0000000",
        "function_summary": duty.function,
        "annual_work_plan": tasks,
        "annual_achievements": duty.achievement,
        "goal_expected": "\n".join(f"目标{number}：{task}" for number, task in enumerate(duty.tasks, start=1)),
        "goal_actual": duty.achievement,
        "evaluator_name": ["（姓名）"] * 3,
        "evaluator_title": ["分管负责人", "财务负责人", "办公室主任"],
        "evaluator_unit": [name] * 3,
        "filler_name": "（姓名）",
        "filler_phone": "0000000",
        "narrative_overview": (
            f"本单位为一级预算单位{below}。编制{staff.authorized_posts}人，现有在职人数{staff.on_post}人，"
            f"其中行政人员{staff.admin}人，事业人员{staff.institution}人。"
        ),
        "narrative_public_budget": (
            f"（一）基本支出情况\n基本支出{summary['basic_expenditure']}万元，其中工资福利支出{wages}万元、"
            f"一般商品和服务支出{summary['operating_expenditure']}万元、"
            f"对个人和家庭补助支出{staff.personal_family_subsidy}万元。\n"
            f"（二）项目支出情况\n{_projects(budget_code, summary)}"
        ),
        "narrative_fund_budget": (
            f"政府性基金拨款{summary['gov_fund_appropriation']}万元，专款专用。"
            if summary["gov_fund_appropriation"]
            else _NONE
        ),
        "narrative_capital_budget": _NONE,
        "narrative_social_insurance": _NONE,
        "narrative_performance": duty.achievement,
    }


def _projects(budget_code: str, summary: dict[str, Decimal]) -> str:
    """The sentence on project spending."""
    key = base_data_of(budget_code).get("key_project_expenditure")
    share = f"，其中重点项目支出{key}万元" if key else ""
    return f"项目支出{summary['project_expenditure']}万元{share}，均按规定程序评估论证、拨付。"
