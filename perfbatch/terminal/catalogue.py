"""Every wording of the terminal in both its languages. What comes from a rulebook or a workbook (findings, standards, names)
is data and stands as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perfbatch.model.words.catalogue import FAULTS
from perfbatch.model.words.wording import Wording, in_chinese
from perfbatch.terminal.language import Language, current_language

__all__ = ["NOUNS", "WORDINGS", "counted", "listed", "say", "spoken", "verified_word"]


WORDINGS: Mapping[str, Wording] = {
    **{f"fault.{key}": wording for key, wording in FAULTS.items()},
    # Of several commands
    "next": Wording("Next      {command}", "下一步　　{command}"),
    "fault.program": Wording(
        "perfbatch: a fault of the program set aside {file} ({place}). Please report it.",
        "perfbatch：程序处理 {file} 时出错（{place}），该文件已退回。请报告此错误。",
    ),
    "fault": Wording("perfbatch: {line}", "perfbatch：{line}"),
    "fault.interrupted": Wording("interrupted. {consequence}", "已中断。{consequence}"),
    "fault.afterwards": Wording(
        "a fault of the program after the night was published. Please report it.",
        "结果发布之后程序出错，已发布的结果有效。请报告此错误。",
    ),
    "fault.output": Wording(
        "standard output: cannot be written to ({reason}). {consequence}",
        "标准输出：无法写入（{reason}）。{consequence}",
    ),
    "fault.output.published": Wording("The night is published.", "结果已经发布。"),
    "fault.output.lost": Wording("Send it elsewhere.", "请改向别处输出。"),
    "fault.account": Wording(
        "the account of the night could not be kept ({error}). Please report it.",
        "本次运行的记录未能写下（{error}）。请报告此错误。",
    ),
    "severity.error": Wording("error", "错误"),
    "severity.warning": Wording("warning", "提醒"),
    "severity.info": Wording("info", "说明"),
    "standing.waived": Wording("waived", "已豁免"),
    "standing.explained": Wording("explained", "已说明"),
    "standing.accepted": Wording("explained and accepted", "已认可"),
    "standing.rejected": Wording("explanation rejected", "已驳回"),
    "standing.lapsed": Wording("explanation lapsed", "说明已失效"),
    "standing.trial": Wording("on trial", "试行"),
    "status.computed": Wording("computed", "系统核算"),
    "status.self_reported": Wording("self-reported", "自评待核"),
    "status.not_applicable": Wording("not applicable", "不适用"),
    "status.adjusted": Wording("reviewed", "财政复核"),
    # run
    "run.title": Wording("Run {run} · rulebook {rulebook}", "运行 {run} · 规则 {rulebook}"),
    "run.inbox": Wording(
        "Inbox     {files}: {accepted} accepted, {superseded} superseded, {set_aside} set aside",
        "收件　　　{files}：接收 {accepted}，已由新报文件替代 {superseded}，退回 {set_aside}",
    ),
    "run.recalled": Wording("; {count} unchanged since they were last read", "；{count} 个自上次读取后没有变化"),
    "run.roster": Wording(
        "Roster    {received} of {expected} have reported ({late} late), {sent_back} sent back, {missing} missing",
        "名录　　　应报 {expected}，已报 {received} 个（其中迟报 {late} 个），退回 {sent_back} 个，未报 {missing} 个",
    ),
    "run.findings": Wording(
        "Findings  {errors}, {warnings}, {infos} in {departments}",
        "问题　　　{departments}：{errors}，{warnings}，{infos}",
    ),
    "run.apart": Wording("; {count} {standing}", "；{standing} {count} 项"),
    "run.scores": Wording(
        "Scores    mean {verified_word} {mean}, highest {highest}, lowest {lowest}",
        "得分　　　平均{verified_word} {mean}，最高 {highest}，最低 {lowest}",
    ),
    "run.no_scores": Wording("Scores    none: no workbook was accepted", "得分　　　无：没有接收任何表格"),
    "run.wrote": Wording("Wrote     {outputs} to {outbox}", "写出　　　{outputs}，在 {outbox}"),
    "run.took": Wording("Took      {phases}", "用时　　　{phases}"),
    "run.phase": Wording("{phase} {seconds} s", "{phase} {seconds} 秒"),
    "phase.walk": Wording("looking", "查看"),
    "phase.read": Wording("reading", "读取"),
    "phase.check": Wording("checking", "核对"),
    "phase.publish": Wording("publishing", "写出"),
    "phase.import": Wording("importing", "导入"),
    "progress.rate": Wording("{files} files/s", "每秒 {files} 个"),
    # What a verified score is called until it rests on the department's own word no more, and from then on.
    "verified.provisional": Wording("verified", "暂核"),
    "verified.confirmed": Wording("confirmed", "核定"),
    # check and explain
    "department.cap": Wording(
        "Cap: {name} ({words}); without it {before}. Source: {source}",
        "总分上限：{name}（{words}），不计上限为 {before} 分。依据：{source}",
    ),
    "department.totals": Wording(
        "{code} {name}: self {self}, {verified_word} {verified}, {grade}",
        "{code} {name}：自评 {self}，{verified_word} {verified}，{grade}",
    ),
    "check.set_aside": Wording("{code}  {message}. {remedy}.", "{code}  {message}。{remedy}。"),
    "check.remedy": Wording("remedy: {remedy}", "整改：{remedy}"),
    "check.conclusion": Wording("Conclusion: {counts}. {advice}", "结论：{counts}。{advice}"),
    "check.counted": Wording("{severity} {count}", "{severity} {count} 项"),
    "check.at_risk": Wording("points at stake {points}", "涉及 {points} 分"),
    "check.nothing": Wording("nothing found", "没有问题"),
    "check.clean": Wording("It may be sent.", "可以报送。"),
    "check.wrong": Wording("Correct it as the remedies say before it is sent.", "请按整改建议改正后报送。"),
    "column.level": Wording("level", "级别"),
    "column.cell": Wording("cell", "单元格"),
    "column.reported": Wording("reported", "填报"),
    "column.expected": Wording("expected", "应为"),
    "column.difference": Wording("difference", "差额"),
    "column.figures": Wording("reported/expected/difference", "填报／应为／差额"),
    "column.problem": Wording("problem and remedy", "问题和整改"),
    "column.at_risk": Wording("at stake", "涉及分"),
    "column.indicator_id": Wording("id", "指标代码"),
    "column.indicator": Wording("indicator", "指标"),
    "column.max": Wording("max", "分值"),
    "column.self": Wording("self", "自评"),
    "column.computed": Wording("computed", "核算"),
    "column.verified": Wording("verified", "得分"),
    "column.status": Wording("status", "状态"),
    "column.outcome": Wording("outcome", "结果"),
    "column.message": Wording("message", "说明"),
    "column.figure": Wording("figure", "数据"),
    "explain.missing": Wording("Missing figures", "所缺数据"),
    "explain.title": Wording("{code} {name} · {title} ({id})", "{code} {name} · {title}（{id}）"),
    "explain.standard": Wording("Standard: {text}", "评分标准：{text}"),
    "explain.sources": Wording("Source: {text}", "依据：{text}"),
    "explain.arithmetic": Wording("Computed: {text}", "计算：{text}"),
    "explain.not_found": Wording("(not found)", "（找不到）"),
    "explain.score": Wording(
        "Result: max {max}, self {self}, computed {computed}, {verified_word} {verified} ({status})",
        "结果：分值 {max}，自评 {self}，核算 {computed}，{verified_word} {verified}（{status}）",
    ),
    "explain.holds": Wording("Must hold: {text}", "勾稽关系：{text}"),
    "explain.when": Wording("Where: {text}", "条件：{text}"),
    "explain.level": Wording("Level: {level}  Source: {source}", "级别：{level}　依据：{source}"),
    "explain.places": Wording("Result: {count} to look at", "结果：{count} 处须看"),
    "explain.holds_everywhere": Wording("Result: holds everywhere", "结果：没有不符之处"),
    "outcome.failed": Wording("does not hold", "不符"),
    "outcome.rounding": Wording("rounding", "尾差"),
    "outcome.not_made": Wording("could not be made", "无法核对"),
    # diff and history
    "diff.none": Wording("No change.", "没有变化。"),
    "diff.new": Wording("New ({count})", "新报送（{count}）"),
    "diff.resubmitted": Wording("Resubmitted ({count})", "重报（{count}）"),
    "diff.withdrawn": Wording("Withdrawn ({count})", "撤回（{count}）"),
    "diff.moves": Wording("Scores and ranks ({count})", "得分和名次（{count}）"),
    "diff.found": Wording("New findings ({count})", "新增问题（{count}）"),
    "diff.cleared": Wording("Cleared findings ({count})", "已消除问题（{count}）"),
    "column.code": Wording("code", "编码"),
    "column.department": Wording("department", "部门"),
    "column.before": Wording("before", "上次"),
    "column.after": Wording("after", "本次"),
    "column.change": Wording("change", "增减"),
    "column.rank": Wording("rank", "名次"),
    "column.grade": Wording("grade", "等次"),
    "history.none": Wording("{file}: no run is on record.", "{file}：没有运行记录。"),
    "history.pruned": Wording("Kept {kept}, took {gone} off the record.", "保留 {kept}，清除 {gone}的记录。"),
    "column.run": Wording("run", "运行编号"),
    "column.begun": Wording("begun", "开始时间"),
    "column.rulebook": Wording("rulebook", "规则"),
    "column.year": Wording("year", "年度"),
    "column.departments": Wording("departments", "部门数"),
    "column.findings": Wording("findings", "问题数"),
    # What the parser of the command line says
    "usage": Wording(
        "{path}: {fault}{source}. Try `{path} --help`.", "{path}：{fault}{source}。用法见 `{path} --help`。"
    ),
    "usage.source": Wording(" (from {source})", "（取自 {source}）"),
    "usage.option.near": Wording(
        "No such option: {option} (Possible options: {near})", "没有选项 {option}（相近的有：{near}）"
    ),
    "usage.option.none": Wording("No such option: {option}", "没有选项 {option}"),
    "usage.option.bare": Wording("Option {option} requires an argument", "选项 {option} 后面须写取值"),
    "usage.option.flag": Wording("Option {option} does not take a value", "选项 {option} 不带取值"),
    "usage.command.near": Wording(
        "No such command {command}. Did you mean {near}?", "没有命令 {command}（相近的有：{near}）"
    ),
    "usage.command.none": Wording("No such command {command}", "没有命令 {command}"),
    "usage.command.missing": Wording("Missing command", "没有写明命令"),
    "usage.missing.option": Wording("Missing option {option}", "缺少选项 {option}"),
    "usage.missing.argument": Wording("Missing argument {argument}", "缺少参数 {argument}"),
    "usage.words": Wording("Got unexpected extra argument(s) ({words})", "多余的参数（{words}）"),
    "usage.value": Wording("Invalid value for {option}: {why}", "{option} 的取值有误：{why}"),
    "usage.why.integer": Wording("Input should be a valid integer, unable to parse string as an integer", "应为整数"),
    "usage.why.least": Wording("Input should be greater than or equal to {bound}", "不得小于 {bound}"),
    "usage.why.most": Wording("Input should be less than or equal to {bound}", "不得大于 {bound}"),
    "usage.why.format": Wording(
        "Value error, {value} does not match the formats {formats}",
        "{value} 不合格式 {formats}（年-月-日，例 2027-07-31）",
    ),
    "usage.why.choice": Wording("Value error, {value} is not one of {choices}", "{value} 不在可选值 {choices} 之内"),
    # rulebook
    "rulebook.sound": Wording(
        "{rulebook}: {indicators} indicators, {checks} checks, no fault.",
        "{rulebook}：指标 {indicators} 项，勾稽关系 {checks} 条，没有问题。",
    ),
    # settings
    "settings.file": Wording("File: {file}", "文件：{file}"),
    "settings.none": Wording("none ({name})", "无（{name}）"),
    "settings.default": Wording("default", "默认"),
    "column.command": Wording("command", "命令"),
    "column.option": Wording("option", "选项"),
    "column.value": Wording("value", "取值"),
    "column.from": Wording("from", "来源"),
    # init
    "ask.year": Wording("Fiscal year", "评价年度"),
    "ask.issuer": Wording("Finance bureau that issues the form", "财政部门名称"),
    "ask.district": Wording("District", "地区名称"),
    "ask.deadline": Wording("Last day to report (YYYY-MM-DD)", "报送截止日期（年-月-日，例 2027-07-31）"),
    "ask.contact": Wording(
        "Whom departments turn to, as notices say it (an office, no person; may be left blank)",
        "印在通知书上的联系方式（写科室和办公电话，不写个人姓名；可留空）",
    ),
    "ask.inbox": Wording("Folder of the departments' workbooks", "存放各部门自评表的文件夹"),
    "ask.outbox": Wording("Folder for the results", "存放结果的文件夹"),
    "ask.again": Wording("That cannot be. Once more:", "填写有误，请重新输入："),
    # schedule
    "schedule.installed": Wording("Installed ({system})", "已安装（{system}）"),
    "schedule.removed": Wording("Removed {name} ({system})", "已移除 {name}（{system}）"),
    # import
    "import.made": Wording(
        "{report}: {form} ({sure} sure, {check} to check, {missing} not found; see {protocol})",
        "{report}：{form}（确定 {sure} 项，须确认 {check} 项，未找到 {missing} 项；见 {protocol}）",
    ),
    "import.refused": Wording("{report}: not imported: {reason}", "{report}：没有导入：{reason}"),
    "import.reason.damaged": Wording(
        "the file is damaged. Open it in Word or WPS, save it again as .docx.",
        "文件已损坏。请用 Word 或 WPS 打开，另存为 .docx 后重试。",
    ),
    "import.reason.encrypted": Wording(
        "the file has a password. Save it without one.", "文件设有密码。请取消密码后另存。"
    ),
    "import.reason.large": Wording(
        "the file is larger than the limits. Remove pictures and what is no part of the form.",
        "文件超过限制。请删去图片和与本表无关的内容。",
    ),
    "import.reason.not_word": Wording(
        "the file is no Word document. Save it as .docx.", "不是 Word 文档。请另存为 .docx。"
    ),
    "import.reason.pictures": Wording(
        "it holds scanned pictures and no text. Ask for the Word file, or fill the form in by hand.",
        "只有扫描图片，没有文字。请索取 Word 电子版，或手工填写空白表。",
    ),
    "import.reason.no_form": Wording(
        "hardly any field of the form is in it. Is it a report on this form (--rulebook)?",
        "几乎找不到本表的栏目。请核对是否本表的报告（--rulebook）。",
    ),
    "import.reason.old": Wording(
        "LibreOffice could not read this .doc. Open it in Word or WPS and save it as .docx.",
        "LibreOffice 读不出这个 .doc。请用 Word 或 WPS 打开，另存为 .docx。",
    ),
    "import.reason.no_office": Wording(
        "a .doc takes LibreOffice, which is not installed. Save it as .docx, or install LibreOffice.",
        "读取 .doc 需要 LibreOffice，本机没有安装。请另存为 .docx，或安装 LibreOffice。",
    ),
    "import.reason.time": Wording(
        "reading it took too long or too much memory. Copy its tables into a new document.",
        "读取耗时或占用内存过多。请把其中的表格复制到新文档后重试。",
    ),
    "import.reason.fault": Wording(
        "the program failed on it. Please report this error.", "程序处理时出错。请报告此错误。"
    ),
    "import.reason.unreadable": Wording(
        "the file cannot be read. Look at its permissions.", "文件无法读取。请检查文件权限。"
    ),
    # what is written
    "wrote.file": Wording("Wrote {path}", "已写出 {path}"),
    "wrote.workbooks": Wording("Wrote {count} workbooks to {folder}", "已写出 {count} 个表格，在 {folder}"),
}

NOUNS: Mapping[str, Wording] = {
    "file": Wording("file|files", "个文件"),
    "notice": Wording("notice|notices", "份通知书"),
    "department": Wording("department|departments", "个部门"),
    "entity": Wording("entity|entities", "个"),
    "run": Wording("run|runs", "次运行"),
    "error": Wording("error|errors", "项错误"),
    "warning": Wording("warning|warnings", "项提醒"),
    "info": Wording("info|infos", "项说明"),
}
"""What is counted: in English one and several, in Chinese with its measure word."""

_BETWEEN: Mapping[Language, str] = {"en": ", ", "zh": "，"}


def say(key: str, /, **values: object) -> str:
    """A wording in the language of the terminal, with its placeholders filled in."""
    wording = WORDINGS[key]
    return spoken(wording.filled(values))


def spoken(text: str) -> str:
    """What is worded in the language of the terminal; any other text as it is."""
    return str(in_chinese(text)) if current_language() == "zh" else text


def verified_word(confirmed: bool) -> str:
    """What a verified score is called, once it is confirmed and until then."""
    return say("verified.confirmed") if confirmed else say("verified.provisional")


def counted(number: int, noun: str, called: str = "") -> str:
    """`1 notice`, `2 notices`; `2 份通知书`. `called`: what the form calls a department (项目), in Chinese."""
    wording = NOUNS[noun]
    if current_language() == "zh":
        return f"{number} 个{called}" if called else f"{number} {wording.zh}"
    single, several = wording.en.split("|")
    return f"{number} {single if number == 1 else several}"


def listed(texts: Iterable[str]) -> str:
    """Texts one after the other."""
    return _BETWEEN[current_language()].join(texts)
