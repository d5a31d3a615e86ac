"""The codes that the program itself gives, and the words of each.

R-codes (勾稽关系) take title, message and remedy from the rulebook; C-codes (单元格), S-codes (评分) and F-codes (文件退回)
have theirs here. Messages are what a department's accountant reads: place, fault, remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfbatch.model.findings import Severity

__all__ = [
    "BY_SOFTWARE",
    "CATALOGUE",
    "NAMES_ELSEWHERE",
    "NAMES_GONE",
    "NO_STAMP",
    "OURS_TO_MEND",
    "SET_ASIDE",
    "WORDINGS",
    "CodeText",
    "set_aside_words",
]


@dataclass(frozen=True, slots=True)
class CodeText:
    """What a code says. `message` may hold `{label}` and other names that its finding fills in."""

    title: str
    severity: Severity
    message: str
    remedy: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

CATALOGUE: Mapping[str, CodeText] = {
    "C01": CodeText(
        "已规范化", _I, "{label}：“{typed}”已规范化为 {value}", "数值无误则不必处理；下次请直接填写半角数字"
    ),
    "C02": CodeText(
        "已按“元”换算",
        _I,
        "{label}：“{typed}”注明单位为元，已按“元”换算为 {value} 万元",
        "请核对换算结果；本栏单位为万元",
    ),
    "C04": CodeText("不是有效数值", _E, "{label}：“{typed}”不是有效数值", "只填数字，不写文字、约数或负数"),
    "C05": CodeText("公式没有计算结果", _E, "{label}：公式没有计算结果", "请用 Excel/WPS 打开后重新保存，再报送"),
    "C06": CodeText("单元格是错误值", _E, "{label}：单元格显示 {typed}", "改正公式或直接填写数值"),
    "C07": CodeText("该项未填报", _E, "{label}：该项未填报", "补填该项"),
    "C08": CodeText(
        "满意度未注明百分号",
        _W,
        "{label}{typed}未注明百分号，请确认",
        "按百分数填写，例：90%；确为不足1%的，注明百分号",
    ),
    "C09": CodeText("报告日期早于年度末", _W, "{label}：{typed} 早于 {year} 年度末", "核对报告日期"),
    "C10": CodeText("单位与本栏不符", _E, "{label}：“{typed}”的单位与本栏（{unit}）不符", "按本栏单位换算后只填数字"),
    "C11": CodeText(
        "公式结果已过期",
        _E,
        "{label}：公式 {typed} 保存的结果 {reported} 不是按现有数据计算的",
        "请用 Excel/WPS 打开，按 F9 重新计算并保存后再报送",
    ),
    "C12": CodeText("超出范围", _E, "{label}：{typed} 超出允许范围（{bounds}）", "核对数值和单位"),
    "C13": CodeText("不是可选项", _E, "{label}：“{typed}”不是可选项（{bounds}）", "从下拉列表中选择"),
    "C14": CodeText(
        "表中找不到该项",
        _E,
        "{label}：表中找不到该项的单元格（名称被删除或表格结构被破坏）",
        "把数据填入空白模板后重新报送",
    ),
    "C15": CodeText("年度不符", _E, "{label}：{typed} 与本表年度 {year} 不符", "使用本年度的表格填报"),
    "C16": CodeText("小数位数过多", _I, "{label}：{typed} 超过六位小数，已按六位小数取值 {value}", "金额保留两位小数"),
    "C17": CodeText("文字过长", _W, "{label}：文字长度 {typed} 超过上限 {bounds}，已截取", "精简文字"),
    "C18": CodeText(
        "含有活动内容",
        _W,
        "工作簿含有{what}；本系统没有执行，也不会带入整改通知",
        "没有必要的，删除后重新报送；公式和链接改为直接填写数值",
    ),
    "C19": CodeText(
        "预算编码与名录不符",
        _E,
        "预算编码与名录不符（名录 {expected}，报送 {typed}）",
        "核对预算编码，改正后重新报送；名录有误的请与财政部门联系",
    ),
    "C20": CodeText(
        "单位名称与名录不符",
        _W,
        "单位名称与名录不符（名录 {expected}，报送 {typed}）",
        "核对单位名称和预算编码；名录有误的请与财政部门联系",
    ),
    "S01": CodeText(
        "自评得分与核算得分不一致",
        _W,
        "{item}：自评 {reported} 分，系统核算 {expected} 分",
        "按评分标准核对自评得分或基础数据",
    ),
    "S02": CodeText(
        "口径差异",
        _I,
        "{item}：自评 {reported} 分，与“{reading}”口径一致；系统按本表口径核算 {expected} 分",
        "口径不同，无须修改",
    ),
    "S03": CodeText(
        "比率超过 100%", _W, "{item}：{ratio_name} {reported} 超过 {expected}，按 {expected} 计分", "核对预算数与实际数"
    ),
    "S04": CodeText(
        "指标不适用", _I, "{item}：{field_label}为 0，不适用，自评仍计分，待人工核定", "在扣分原因栏说明不适用的理由"
    ),
    "S05": CodeText(
        "缺少数据，无法核算", _I, "{item}：缺少{missing}，不能核算，自评仍计分，待核", "在对应表格中补填所缺数据"
    ),
    "S06": CodeText(
        "超出评分标准的范围",
        _W,
        "{item}：{reported} 不在评分标准规定的范围内，须人工核定",
        "核对数据；确实如此的请附说明",
    ),
    "S08": CodeText(
        "分母为0而分子大于0",
        _E,
        "{item}：{label}为 {reported}，{field_label}为 0，{over_zero}",
        "核对两项数据；属实的请附说明",
    ),
    "S07": CodeText("财政复核", _I, "{item}：财政复核核定 {expected} 分，理由：{reason}", "如有异议请与财政部门联系"),
    "S09": CodeText(
        "复核得分无效",
        _E,
        "{item}：复核核定 {reported} 分，应在 0 至 {expected} 分之间，未采用",
        "改正“财政复核”中的核定得分",
    ),
    "S10": CodeText("复核对象不存在", _E, "“财政复核”第{line}行：{what}，未采用", "改正“财政复核”中的预算编码或指标"),
    "S11": CodeText(
        "自评得分不在定性结论的区间内",
        _W,
        "{item}：自评 {reported} 分，不在定性结论对应的得分区间（{expected} 分）内",
        "按定性结论核对自评得分，或更正定性结论",
    ),
    "S12": CodeText("豁免无效", _W, "“豁免事项”第{line}行：{what}，未采用", "改正“豁免事项”中的该行，或删除"),
    "S13": CodeText(
        "豁免已到期",
        _W,
        "“豁免事项”第{line}行：{code} 的豁免已于{until}到期",
        "仍需豁免的，重新审批并延长日期；否则删除该行",
    ),
    "S14": CodeText(
        "豁免没有对应的问题", _I, "“豁免事项”第{line}行：本次没有 {code} 的相应问题", "问题已消除的，可删除该行"
    ),
    "S15": CodeText(
        "说明无效", _W, "对“{code}”的说明：{what}，未采用", "核实性检查才能说明，其他检查须改正数据；改正该行，或删除"
    ),
    "S16": CodeText("说明没有对应的问题", _I, "对“{code}”的说明没有对应的问题", "问题已消除的，可删除该行"),
    "S17": CodeText("说明审核无效", _W, "“说明审核”第{line}行：{what}，未采用", "改正“说明审核”中的该行，或删除"),
    "S18": CodeText(
        "审核没有对应的说明", _I, "“说明审核”第{line}行：本次没有对 {code} 的说明", "说明已撤回的，可删除该行"
    ),
    "S19": CodeText(
        "总分超过上限",
        _W,
        "{name}，总分最高 {expected} 分：{which}总分 {reported} 分，按上限核定",
        "核对触发上限的数据；数据无误的，按上限核定总分",
    ),
}

WORDINGS: Mapping[str, CodeText] = {
    "C01.struck": CodeText(
        "已规范化", _I, "{label}：“{typed}”中划去的文字不计，取 {value}", "核对取值；请删去划掉的文字，只留有效数值"
    ),
    "C02.format": CodeText(
        "已按单元格格式换算",
        _I,
        "{label}：单元格格式使该数显示为“{typed}”，已换算为 {value} {unit}",
        "请核对换算结果；请按本栏单位直接填写数字，不要用单元格格式缩放",
    ),
    "C04.date": CodeText("不是有效日期", _E, "{label}：“{typed}”不是有效日期", "按年、月、日填写，例：2021-7-15"),
    "C04.code": CodeText(
        "不是有效编码", _E, "{label}：“{typed}”中的上标或下标与编码无法区分", "删去上标、下标，只填编码"
    ),
    "C04.raised": CodeText(
        "不是有效数值", _E, "{label}：“{typed}”中的上标或下标与数字无法区分", "删去上标、下标，只填数字"
    ),
    "C06.picture": CodeText(
        "单元格里是图片", _E, "{label}：单元格里是一张图片，读不出文字或数字", "删去图片，把内容直接填写在单元格里"
    ),
    "C08.shown": CodeText(
        "百分数填写有误",
        _W,
        "{label}：单元格显示 {typed}，已按 {value} 取值，请确认",
        "单元格已是百分数格式，请填 90% 或 0.9",
    ),
    "C10.format": CodeText(
        "单位与本栏不符",
        _E,
        "{label}：单元格格式使该数显示为“{typed}”，看不出它的单位和倍数（本栏单位为{unit}）",
        "把单元格格式改为“数值”，按本栏单位填写数字",
    ),
    "C10.hidden": CodeText(
        "数值不显示", _E, "{label}：单元格里有数值，但单元格格式使它不显示", "把单元格格式改为“数值”，核对后重新填写"
    ),
    "C10.sign": CodeText(
        "负号不显示", _E, "{label}：单元格里是负数，但单元格格式使它显示为“{typed}”", "把单元格格式改为“数值”，核对正负"
    ),
    "C10.heading": CodeText(
        "单位与本栏不符",
        _E,
        "{label}：表头的单位已改为{heading}，“{typed}”不知是否按本栏单位（{unit}）填写",
        "恢复表头的单位，按本栏单位换算后填写",
    ),
    "C11.format": CodeText(
        "公式没有核对",
        _I,
        "{what}中的公式没有读取，只取其保存的结果，是否按现有数据计算无从核对",
        "数值无误则不必处理；下次请另存为 .xlsx 报送",
    ),
    "C14.unit": CodeText(
        "各表机构名称不一致",
        _E,
        "{label}：“{sheet}”第{row}行机构“{typed}”与“{table}”同一位置的“{other}”不一致，两行没有合并核对",
        "各表的机构及顺序应一致；机构名称只在收入表填写，其余各表自动带出",
    ),
    "C14.outside": CodeText(
        "机构行未读取",
        _E,
        "{label}：第{row}行机构“{typed}”未读取，该行不在表格的填报区域内",
        "在表内插入行填写该机构，或把数据填入空白模板后重新报送",
    ),
    "C14.name": CodeText(
        "指标名称与指标代码不符",
        _W,
        "评分表第{row}行：指标名称为{item}，指标代码却是{other}的，已按名称计",
        "恢复该行的指标名称和指标代码，或把数据填入空白模板后重新报送",
    ),
    "C14.renamed": CodeText(
        "指标名称与评分标准不符",
        _W,
        "评分表第{row}行：指标名称“{typed}”与评分标准不符，已按指标代码计入{item}",
        "恢复评分标准规定的指标名称；只有产出、效益类个性化指标可以改名",
    ),
    "C14.nobody": CodeText(
        "评分表行不属于任何指标",
        _W,
        "评分表第{row}行“{typed}”不属于任何指标，其分值、得分不计入",
        "只在产出、效益类个性化指标的组内插入行；其他行请删除",
    ),
    "C14.shared": CodeText(
        "表中找不到该项",
        _E,
        "{label}：该项的名称与“{other}”指向同一个单元格（剪切、粘贴会带走名称），两项都不能读取",
        "把数据填入空白模板后重新报送",
    ),
    "C14.moved": CodeText(
        "表中找不到该项",
        _E,
        "{label}：该项的名称指向了“{other}”的单元格（剪切、粘贴会带走名称），没有读取",
        "把数据填入空白模板后重新报送",
    ),
    "S03.rounding": CodeText(
        "比率超过 100%",
        _I,
        "{item}：{ratio_name} {reported} 超过 {expected}，在四舍五入允许范围内，按 {expected} 计分",
        "尾差在四舍五入允许范围内，无须修改",
    ),
    "S03.count": CodeText(
        "比率超过 100%", _W, "{item}：{label} {reported} 大于{field_label} {expected}", "核对两项数据"
    ),
    "S06.zero": CodeText(
        "超出评分标准的范围",
        _W,
        "{item}：{label}等合计为负数，{field_label}为 0，比率无法计算，须人工核定",
        "核对数据；确实如此的请附说明",
    ),
    "S08.prior": CodeText(
        "分母为0而分子大于0",
        _W,
        "{item}：{field_label}为 0，上年为0，无法计算，自评仍计分，待人工核定",
        "核对上年数；属实的请在扣分原因栏说明",
    ),
}
"""What a code says of a kind of fault that its usual words do not fit: `code.kind` → title, message, remedy."""

NO_STAMP, NAMES_GONE, NAMES_ELSEWHERE = "没有本表标识", "单元格名称已全部丢失", "单元格名称都指向另一个文件"
"""What F05 says of a file."""
BY_SOFTWARE = "由加密软件加密"
"""What F02 says of a file that no password of its own protects."""

SET_ASIDE: Mapping[str, CodeText] = {
    "F01": CodeText("不是电子表格", _E, "不是电子表格（{what}）", "请另存为 .xlsx 后重新报送"),
    "F02": CodeText("文件加密", _E, "文件已加密，需要密码才能打开", "请取消密码后重新保存为 .xlsx"),
    "F03": CodeText("文件已损坏", _E, "文件已损坏，无法打开", "请用 Excel/WPS 打开原件，另存为 .xlsx 后重新报送"),
    "F04": CodeText("格式不支持", _E, "格式不支持（{what}）", "请另存为 .xlsx 后重新报送"),
    "F05": CodeText("不是本表", _E, "不是本套表格，或单元格名称已丢失（{what}）", "请使用财政部门下发的空白模板填报"),
    "F06": CodeText("表格版本不符", _E, "表格版本为 {what}，与本年度不符", "请使用本年度的空白模板填报"),
    "F07": CodeText("文件过大", _E, "文件超过限制（{what}）", "删除多余的图片、工作表和空白行后重新保存"),
    "F08": CodeText("读取超时", _E, "读取该文件耗时或占用内存过多", "把数据填入空白模板后重新报送"),
    "F09": CodeText("预算编码重复", _E, "预算编码 {what} 出现在不同单位名称之下", "核对预算编码，改正后重新报送"),
    "F10": CodeText("无法读取", _E, "无法读取（{what}）", "请检查文件权限；只放入普通文件"),
    "F11": CodeText("正在写入", _E, "文件正在写入或传输中", "等待传输完成，下次运行时自动读取"),
    "F12": CodeText(
        "未注明单位",
        _E,
        "没有填写单位名称和预算编码，不知是哪个单位的",
        "填写单位名称和预算编码后重新报送；空白模板不必报送",
    ),
    "F13": CodeText("压缩包", _E, "是压缩包，不是电子表格（{what}）", "请解压，把其中的工作簿逐个报送"),
    "F14": CodeText(
        "程序出错", _E, "程序处理该文件时出错，与填报内容无关", "部门无须改动；请系统管理员查看运行日志并报告"
    ),
}

OURS_TO_MEND = frozenset({"F10", "F11", "F14"})
"""Set aside for what the bureau, its machine or this program has to see to: nothing that its department could do about it."""

_REMEDIES: Mapping[tuple[str, str], str] = {
    ("F02", BY_SOFTWARE): "请解密后报送",
    ("F05", NAMES_GONE): "请把数据填入财政部门下发的空白模板后重新报送；不要用其他软件另存",
    ("F05", NAMES_ELSEWHERE): "请把数据填入财政部门下发的空白模板后重新报送；不要把工作表移到别的文件",
    ("F07", "个名称"): "在“公式”—“名称管理器”中删除失效的名称后重新保存",
    ("F07", "文字"): "精简文字后重新保存",
}


def set_aside_words(code: str, what: str) -> tuple[str, str]:
    """Message and remedy of a file that is set aside; `what` is the detail that the message names, and may decide the remedy."""
    text = SET_ASIDE[code]
    message = "文件由加密软件加密，在本单位以外打不开" if (code, what) == ("F02", BY_SOFTWARE) else text.message
    remedies = (remedy for (its_code, mark), remedy in _REMEDIES.items() if its_code == code and mark in what)
    return message.format(what=what), next(remedies, text.remedy)
