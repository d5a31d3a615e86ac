"""The sample departments of the district beside the real one: staff, base data, self-scores (all invented).

Read with `units.py` (the units' amounts) and `duties.py` (the words). What follows from other figures (totals, the 汇总
row, balances, the figures that the narrative repeats, the total self-score) is derived in `typing_in.py`, so the tables
are consistent by themselves; what is wrong with a workbook is only in `faults.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["DEDUCTIONS", "EVIDENCE", "EXPLANATIONS", "Staff", "base_data_of", "departments", "name_of", "staff_of"]

# 编码 单位 编制 实有 行政 事业 对个人和家庭补助(万元) 满意度(%)
_STAFF = """
205001 教育局                 1310 1268  32 1236 1186.40 92
303001 农业农村局              142  138  46   92  214.80 91
304001 乡村振兴局               24   22  14    8   38.60 93
305001 水利局                   86   83  21   62  127.35 93
401001 卫生健康局              214  214  38  176  263.70 95
402001 民政局                   64   61  18   43  402.15 94
403001 住房和城乡建设局        158  155  27  128  188.20 90
404001 交通运输局              121  118  24   94  146.90 92
405001 应急管理局               41   39  22   17   42.10 96
406001 文化旅游广电局           68   66  19   47   81.25 96
407001 市场监督管理局          112  113  81   32  118.60 91
408001 审计局                   34   32  20   12   33.48 97
409001 司法局                   46   45  33   12   51.90 92
410001 档案馆                   14   13   0   13   16.75 90
412001 发展和改革局             61   61  24   37   70.42 88
413001 城市管理和综合执法局    176  170  22  148  139.60 86
"""

_BASE_COLUMNS = (
    "three_public_budget_prior",
    "three_public_budget",
    "three_public_final_prior",
    "key_project_expenditure",
    "budget_initial",
    "budget_supplement",
    "budget_reduction",
    "budget_reallocation",
    "budget_adjustment_exempt",
    "special_fund_count",
    "special_fund_late_count",
    "procurement_budget",
    "procurement_actual",
    "official_card_spending",
    "official_card_eligible",
    "office_expense",
    "utilities_travel",
    "meeting_training",
    "building_approved_area",
    "building_actual_area",
    "building_approved_investment",
    "building_actual_investment",
)

# 民政局 is not here: it left the sheet blank.
_BASE = """
#      上年三公 本年三公 上年决算 重点支出  年初预算   追加   追减 调整   除外 专项 未按 采购预算 实际采购 公务卡 应刷卡   办公 水电差旅 会议培训  批复㎡  实际㎡ 批复投资 实际投资
205001    19.50    18.00    17.85  2633.00 17800.00 850.00 120.00 0.00 430.00   12    0  1240.00  1240.00 402.60 610.00 412.30   638.75   156.20 18600.00 18600.00  5200.00  5200.00
303001    15.00    14.00    13.90   680.00  2400.00 210.00  30.00 20.00 60.00   18    1   320.00   307.20  74.20 120.00  62.40    58.90    21.35     0.00     0.00     0.00     0.00
304001     5.00     4.50     4.62   262.00   600.00  42.00   0.00 0.00   6.00   14    0    36.00    36.00  12.60  20.00  14.20    11.85     3.60     0.00     0.00     0.00     0.00
305001     8.00     7.50     7.62   330.65  1400.00  96.00  12.00 0.00  24.00    7    0   260.00   260.00  41.00  70.00  33.10    46.72     8.90     0.00     0.00     0.00     0.00
401001    28.00    26.00    26.40   651.52  2900.00 310.00   0.00 40.00 205.00  11    1   480.00   480.00  98.80 156.00  88.15    97.40    26.80  3200.00  3200.00   960.00   960.00
403001    22.50    21.00    20.60   648.57  2500.00 260.00  40.00 0.00  50.00    9    0   400.00   384.00  66.00 110.00  55.70    61.25    12.40     0.00     0.00     0.00     0.00
404001    13.00    12.50    12.40   505.00  1800.00 150.00   0.00 0.00  60.00    8    0   600.00   600.00  53.00  88.00  42.35    49.80    10.15     0.00     0.00     0.00     0.00
405001     6.50     6.20     6.10   231.57   680.00  45.00   0.00 0.00  11.00    4    0    82.00    82.00  24.00  38.00  18.60    22.40     6.75     0.00     0.00     0.00     0.00
406001     6.60     6.20     6.35   410.59  1100.00  80.00  10.00 0.00  24.00    6    0    90.00    90.00  38.00  60.00  26.45    30.15     7.30     0.00     0.00     0.00     0.00
407001    14.60    14.00    13.70   613.75  1650.00  72.00   0.00 15.00 21.00    5    0   150.00   177.00  70.00 112.00  45.90    52.35    11.60     0.00     0.00     0.00     0.00
408001     3.60     3.40     3.30   137.11   470.00  18.00   0.00 0.00  18.00    2    0    24.60    24.60  21.00  30.00   9.85    16.20     4.10     0.00     0.00     0.00     0.00
409001     7.20     6.90     6.80   223.32   660.00  33.00   0.00 0.00   0.00    3    0    28.00    28.00  19.50  32.00  17.40    20.65     6.20     0.00     0.00     0.00     0.00
410001     2.20     2.10     2.05    66.70   220.00   9.00   0.00 0.00   4.60    1    0    18.00    18.00   7.20  12.00   6.35     5.90     1.45     0.00     0.00     0.00     0.00
412001     8.40     8.00     7.80   210.00   900.00 160.00  20.00 0.00  27.00    6    2    75.00    66.00  30.00  68.00  24.10    28.75     6.90     0.00     0.00     0.00     0.00
413001    14.50    13.80    13.60   480.60  1950.00 130.00  15.00 0.00  28.00    5    0   420.00   420.00  49.00  86.00  41.20    57.30     7.85     0.00     0.00     0.00     0.00
"""

_PART_BALANCE = "有结余，未超过上年结转"
_SATISFIED_90 = "满意度在85%（含）-95%之间"
_ADJUSTED = "年中有预算追加，调整率在0-10%（含）之间"

EXPLANATIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "407001": (("R24 实有人数 ≤ 人员编制", "实有人数（人）", "12月接收军队转业干部1名，编制批复2021年1月下达。"),),
}
"""编码 → check, place and words of 出错说明."""

DEDUCTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "205001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "fixed_asset_utilisation": ("2.97", "三所学校有门面出租"),
        "duty_livelihood": ("1.5", "一所公办幼儿园主体完工，尚未开园"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "303001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "payment_progress": ("2.5", "一个专项6月底前未下达完"),
        "fund_balance": ("2", _PART_BALANCE),
        "procurement_execution_rate": ("2.2", "政府采购执行率96%"),
        "duty_major_projects": ("1.5", "高标准农田一个标段跨年完工"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "304001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "305001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "401001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "payment_progress": ("2.5", "一个专项6月底前未下达完"),
        "fund_balance": ("2", _PART_BALANCE),
        "duty_other": ("3", "一项年度考核指标未达到目标值"),
    },
    "402001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "403001": {
        "key_spending_share": ("4", "重点支出安排率85%"),
        "budget_adjustment_rate": ("2", "年中有预算追加，调整率10%"),
        "fund_balance": ("2", _PART_BALANCE),
        "procurement_execution_rate": ("2.2", "政府采购执行率96%"),
        "asset_safety": ("3", "一批报废资产未及时办理处置手续"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "404001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "fixed_asset_utilisation": ("2.98", "有一处门面出租"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "405001": {"budget_adjustment_rate": ("2", _ADJUSTED), "fund_balance": ("2", _PART_BALANCE)},
    "406001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "fixed_asset_utilisation": ("2.96", "有一处门面出租"),
        "economic_benefit": ("4", "受疫情影响，旅游收入未达到预期"),
    },
    "407001": {
        "staff_control_rate": ("4.55", "实有人数超过编制1人，控制率100.89%"),
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "disclosure": ("2.5", "决算公开晚于规定时限两天"),
        "fixed_asset_utilisation": ("2.84", "原工商所门面出租"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "408001": {"fund_balance": ("2", _PART_BALANCE), "duty_growth": ("6.5", "一个审计项目跨年结束")},
    "409001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "fixed_asset_utilisation": ("2.66", "有一处房屋出租"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "410001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "412001": {
        "key_spending_share": ("4", "重点支出安排率80.1%"),
        "budget_adjustment_rate": ("1", "预算调整率17%"),
        "payment_progress": ("2", "两个专项6月底前未下达完"),
        "fund_balance": ("2", _PART_BALANCE),
        "procurement_execution_rate": ("0.6", "政府采购执行率88%"),
        "official_card_rate": ("1.82", "公务卡刷卡率44.12%"),
        "duty_growth": ("6", "一个产业项目开工推迟"),
        "economic_benefit": ("4", "固定资产投资增幅低于目标"),
        "satisfaction": ("3", _SATISFIED_90),
    },
    "413001": {
        "budget_adjustment_rate": ("2", _ADJUSTED),
        "fund_balance": ("2", _PART_BALANCE),
        "satisfaction": ("3", _SATISFIED_90),
    },
}
"""Indicator → (self-score, reason) where a department does not give itself all points."""

EVIDENCE: dict[str, dict[str, str | int]] = {
    "403001": {"asset_safety.breaches": 1},
    "407001": {"disclosure.2": "否"},
}
"""Answers other than 是 and 0."""


@dataclass(frozen=True)
class Staff:
    """People, in heads; `personal_family_subsidy` in 万元, `satisfaction` in percent."""

    authorized_posts: int
    on_post: int
    admin: int
    institution: int
    personal_family_subsidy: Decimal
    satisfaction: Decimal


def _rows(table: str) -> dict[str, list[str]]:
    rows = (line.split() for line in table.splitlines() if line and not line.startswith("#"))
    return {code: values for code, *values in rows}


def departments() -> tuple[str, ...]:
    """The budget codes, in order."""
    return tuple(_rows(_STAFF))


def name_of(budget_code: str) -> str:
    """云溪区教育局: the department without the city's name."""
    return f"云溪区{_rows(_STAFF)[budget_code][0]}"


def staff_of(budget_code: str) -> Staff:
    """The row of the staff table."""
    _, posts, on_post, admin, institution, subsidy, satisfaction = _rows(_STAFF)[budget_code]
    counts = (int(posts), int(on_post), int(admin), int(institution))
    return Staff(*counts, Decimal(subsidy), Decimal(satisfaction))


def base_data_of(budget_code: str) -> dict[str, Decimal]:
    """Field id → figure of 基础数据表; empty where the department left it blank."""
    row = _rows(_BASE).get(budget_code)
    return dict(zip(_BASE_COLUMNS, map(Decimal, row), strict=True)) if row else {}
