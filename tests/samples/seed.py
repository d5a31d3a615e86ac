"""The figures of the real 2020 report of 云溪区总工会, people masked: field id → what stands in the cell (a list for a
column of cells, in the form's order; None is blank)."""

from __future__ import annotations

from typing import Any

SATISFACTION_ITEM = 24
ONE_UNIT = 2  # 汇总 and 局机关; the report's two subordinate rows are blank


def _both(value: float | None) -> list[float | None]:
    return [value] * ONE_UNIT


SEED: dict[str, Any] = {
    "unit_name": "岳阳市云溪区总工会",
    "budget_code": "116001",
    "fiscal_year": 2020,
    "evaluation_method": "部门（单位）绩效自评",
    "evaluating_body": "部门（单位）评价组",
    "report_date": "2021年7月15日",
    "contact_person": "（姓名）",
    "contact_phone": "0000000",
    "authorized_posts": 7,
    "on_post_staff": 10,
    "function_summary": (
        "依照《工会法》、《劳动法》和《中国工会章程》等有关法律法规，组织和指导全区各级工会履行工会的"
        "“维护、建设、参与、教育”等各项社会职能。"
    ),
    "annual_work_plan": "1、工会组织建设；2、维权保障工作；3、经济技术工作；4、女工工作；5、民主管理工作；6、工会财务经审工作；7、工会活动开展。",
    "annual_achievements": (
        "1、维权服务更加有力。\n2、扶贫帮困更加有为。\n3、基层组织更加有范。\n"
        "4、素质提升更加有效。\n5、文体活动更加有势。\n6、改革创新更加有成。"
    ),
    "entity_name": ["局机关及二级机构汇总", "1、局机关"],
    "revenue_total": _both(274.98),
    "general_budget_appropriation": _both(274.98),
    "expenditure_total": _both(274.98),
    "basic_expenditure": _both(274.98),
    "personnel_expenditure": _both(214.21),
    "operating_expenditure": _both(60.77),
    "project_expenditure": _both(0),
    "balance_current_year": _both(0),
    "three_public_total": _both(10.05),
    "official_reception": _both(10.05),
    "vehicle_operation": _both(0),
    "vehicle_purchase": _both(0),
    "overseas_travel": _both(0),
    "fixed_assets_total": _both(76.35),
    "fixed_assets_in_use": _both(76.35),
    "fixed_assets_leased": _both(0),
    "fixed_assets_other": _both(0),
    "goal_expected": (
        "目标1：工会组织建设\n目标2：维权保障工作\n目标3：经济技术工作\n目标4：女工工作\n"
        "目标5：民主管理工作\n目标6：财务经审工作\n目标7：工会活动开展"
    ),
    "goal_actual": "完成预期目标",
    # 质量 6, 数量 6, 时效 3, 成本 3, 社会 3, 经济 3, 生态 3 rows
    "indicator_target": [
        "全面完成市总工会下达的组建任务，推进会员实名制登记管理，完善基层工会组织建设工作管理系统，认真做好年报录入等工作。",
        "开展中央专项彩票公益金法律援助项目帮扶；加大“五星级”维权帮扶中心规范化建设力度；做好第六期职工医疗宣传。",
        "大力开展劳动竞赛与巴陵工匠、示范性劳模创新工作室等评选活动；组织参与“安康杯”知识竞赛。",
        "宣传贯彻新版《湖南省女职工劳动保护特别规定》，做好女职工专项集体合同签订和履约监督。",
        "规范工会经费收支管理，聘请第三方机构对各联合、直属工会的经费收缴使用情况进行抽查审计，做到应收尽收，使用规范；",
        "加大工会理论与业务培训力度，全年计划对机关全体干部、直属工会主席、女工干部等进行集中培训、轮训、调训。",
        "重点打造2-3家工会阵地建设示范点；着力创建省、市模范职工之家（职工小家）1-2家。",
        "进一步推进企业工资集体协商工作，确保企业工资集体协商占工会建制率的92%以上。",
        "全面完成市总下达的经费征缴任务；",
        "精心组织好1－2场全区性职工大赛活动；组织指导各级工会组织开展系列活动，丰富工会干部和职工业余文化生活；",
        *[None] * 8,
        "开展了丰富的职工文体活动，加大困难职工帮扶力度，在增强工会活力、团结职工群体、维护社会稳定等方面作出了努力和贡献；",
        *[None] * 8,
    ],
    "indicator_actual": [*["已完成"] * 10, *[None] * 8, "已完成", *[None] * 8],
    "satisfaction_rate": 0.9,
    "self_score_total": 98,
    "self_grade": "优秀",
    "item_self_score": [5, 5, 5, 3, 3, 3, 6, 3, 3, 3, 3, 3, 3, 4, 3, 5, 7, 5, 2, 2, 4, 5, 5, 5, 3],
    "item_deduction_reason": [*[None] * SATISFACTION_ITEM, "满意度90%"],
    "evaluator_name": ["（姓名）"] * 4,
    "evaluator_title": ["党组书记", "经审主任", "副主席", "办公室主任"],
    "evaluator_unit": ["云溪区总工会"] * 4,
    "filler_name": "（姓名）",
    "filler_phone": "0000000",
    "narrative_on_post_staff": 16,
    "narrative_admin_staff": 10,
    "narrative_institution_staff": 6,
    "narrative_basic_expenditure": 274.98,
    "wages_welfare": 130.46,
    "goods_services": 60.77,
    "personal_family_subsidy": 83.75,
    "narrative_overview": "本单位为行政一级部门预算单位，机关内设两个部门（综合管理办公室、女工部）。现有在职人数16人，其中行政人员10人，非参公事业人员6人。",
    "narrative_public_budget": (
        "（一）基本支出情况\n基本支出274.98万元，其中工资福利支出130.46万元、一般商品和服务支出60.77万元、"
        "对个人和家庭补助支出83.75万元。\n（二）项目支出情况\n2020年度无项目支出"
    ),
    "narrative_fund_budget": "无",
    "narrative_capital_budget": "无",
    "narrative_social_insurance": "无",
    "narrative_performance": "基层组织建设全面规范；扶贫解困服务扎实有效；劳模工匠效应日趋放大；工会活动形式不断拓展；系统保障能力有效提升。",
}
"""`satisfaction_rate` is 90 % in a percent-formatted cell; `item_max` and the ids come from the form."""
