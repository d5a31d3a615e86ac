"""What is wrong with a rulebook that is laid over another: fault and remedy, behind the place that leads there."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.model.words.wording import Wording

__all__ = ["FAULTS_IN_OVERLAYS"]

FAULTS_IN_OVERLAYS: Mapping[str, Wording] = {
    # The overlay itself
    "overlay.ring": Wording(
        "{name} leads back here; name the rulebook of the year before", "{name} 又指回此处；请写明上一年度的规则"
    ),
    "overlay.extends": Wording("is not a text; name a built-in id or a file", "不是文字；请写明内置规则的代码或文件"),
    "overlay.of_meta": Wording("is not part of an overlay; set it in [meta]", "不是覆盖规则的内容；请写在 [meta] 中"),
    "overlay.foreign": Wording(
        "is not part of an overlay; an overlay has {known}", "不是覆盖规则的内容；覆盖规则只有 {known}"
    ),
    "overlay.action": Wording("is not a table; write [{action}…]", "不是表；请写成 [{action}…]"),
    "overlay.no_table": Wording("there is no such table; {remedy}", "没有此表；{remedy}"),
    "overlay.no_meta": Wording("the rulebook has no such key; {remedy}", "规则中没有此键；{remedy}"),
    "overlay.same": Wording("says what the base says; leave it out", "与原规则相同；请删去"),
    # Entries that are named
    "overlay.renamed": Wording(
        "{name} is called {new} from here on; use the new name", "{name} 已改名为 {new}；请用新名"
    ),
    "overlay.removed": Wording("{name} is removed above; name it once", "{name} 已在前面删除；请只写一次"),
    "overlay.no_entry": Wording("the base has no {what} {name}; {remedy}", "原规则没有 {what} {name}；{remedy}"),
    "overlay.do.name": Wording("correct the name", "请改正名称"),
    # rename and remove
    "overlay.rename_table": Wording(
        'is not a table; write [rename.{table}] old = "new"', '不是表；请写成 [rename.{table}] 旧名 = "新名"'
    ),
    "overlay.rename_text": Wording(
        'the new name is not a text; write old = "new"', '新名不是文字；请写成 旧名 = "新名"'
    ),
    "overlay.rename_same": Wording("is called so already; leave it out", "已是此名；请删去"),
    "overlay.rename_there": Wording("{new} is there already; choose another name", "{new} 已经存在；请改用别的名称"),
    "overlay.rename_twice": Wording(
        "{new} is named twice; give each entry a name of its own", "{new} 用了两次；请各取不同的名称"
    ),
    "overlay.remove_list": Wording('is not a list; write {table} = ["id"]', '不是列表；请写成 {table} = ["代码"]'),
    "overlay.remove_renamed": Wording(
        "{name} is renamed above; name it once, by its old name", "{name} 已在前面改名；请只用旧名写一次"
    ),
    # change
    "overlay.change_table": Wording(
        "is not a table; write [change.{table}.id]", "不是表；请写成 [change.{table}.代码]"
    ),
    "overlay.nothing": Wording(
        "changes nothing; name the keys that change, or leave it out", "没有改动；请写明要改的键，或删去"
    ),
    "overlay.set_unset": Wording("is set and unset; do one of the two", "既设置又取消；请只留其一"),
    "overlay.id": Wording("an id is not changed; use [rename.{table}]", "代码不能在此修改；请用 [rename.{table}]"),
    "overlay.nested": Wording(
        "is made of entries of their own; change {key} by their ids", "由各自的条目组成；请按代码修改 {key}"
    ),
    # add
    "overlay.add_list": Wording(
        "is not a list of entries; write [[add.{table}]]", "不是条目列表；请写成 [[add.{table}]]"
    ),
    "overlay.no_key": Wording("has no {key}; give it one", "没有 {key}；请补上"),
    "overlay.there": Wording(
        "{name} is there already; change it in [change.{table}], or choose another {key}",
        "{name} 已经存在；请在 [change.{table}] 中修改，或改用别的 {key}",
    ),
    "overlay.places": Wording("has {places}; give it one place", "同时有 {places}；请只给一个位置"),
    "overlay.beside": Wording(
        "nothing stands beside {name}; name a field of a list", "{name} 旁不能放；请写明列表中的字段"
    ),
    "overlay.no_place": Wording(
        "has no place; give it before, after or into", "没有位置；请给出 before、after 或 into"
    ),
    "overlay.no_block": Wording(
        "there is no block or section with fields called {name}; {remedy}", "没有名为 {name} 的表块或部分；{remedy}"
    ),
    "overlay.nowhere": Wording(
        "{table} have no place to stand in; use before or after", "{table} 不能用 into；请用 before 或 after"
    ),
}
