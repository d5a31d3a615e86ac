"""Run by LibreOffice's own Python: types into workbooks as a person would, inserts rows, says what the cells show then.

stdin: JSON {"address": UNO address, "workbooks": [{"path", "steps": [[action, …], …]}]}. stdout: a JSON list, for every workbook
the list of what its `read` steps saw. Actions:

    ["type", sheet, cell, number or text or null]     ["formula", sheet, cell, formula]
    ["insert_rows", sheet, row, count]                ["delete_rows", sheet, row, count]   (rows as people count them)
    ["sort", sheet, block, column, ascending]         ["calculate"]                        (everything anew)
    ["read", sheet, [cells]]                          ["save", path]
    ["print", path]                                   (every page that is printed, as a PDF)
"""

import json
import os
import pathlib
import sys
import time
import traceback

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.uno import RuntimeException

# What `calc_session` takes as an office that died or never came: the work is worth doing once more.
_OFFICE_GONE = 75


def _property(name, value):
    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


def _desktop(address):
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(600):
        try:
            remote = resolver.resolve(f"uno:{address};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
        else:
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
    print(f"no LibreOffice at {address}", file=sys.stderr)
    raise SystemExit(_OFFICE_GONE)


def _shown(cell):
    """What a cell is worth: the text of a text, an error as text, else the number; null for nothing."""
    kind = cell.Type.value
    if kind == "EMPTY":
        return None
    if cell.getError():
        return cell.String
    if kind == "FORMULA":
        return cell.Value if cell.FormulaResultType2 == 1 else cell.String
    return cell.String if kind == "TEXT" else cell.Value


def _sheet(document, name):
    sheet = document.Sheets.getByName(name)
    if sheet.isProtected():
        sheet.unprotect("")
    return sheet


def _type(document, name, place, value):
    cell = document.Sheets.getByName(name).getCellRangeByName(place)
    if cell.CellProtection.IsLocked:
        _sheet(document, name)
    if isinstance(value, str):
        cell.String = value
    elif value is None:
        cell.clearContents(1 | 2 | 4 | 16)  # numbers, dates, texts, formulas
    else:
        cell.Value = value


def _step(document, action, arguments, seen):
    if action == "type":
        _type(document, *arguments)
    elif action == "formula":
        _sheet(document, arguments[0]).getCellRangeByName(arguments[1]).Formula = arguments[2]
    elif action == "insert_rows":
        _sheet(document, arguments[0]).Rows.insertByIndex(arguments[1] - 1, arguments[2])
    elif action == "delete_rows":
        _sheet(document, arguments[0]).Rows.removeByIndex(arguments[1] - 1, arguments[2])
    elif action == "sort":
        name, block, column, ascending = arguments
        field = uno.createUnoStruct("com.sun.star.table.TableSortField")
        field.Field, field.IsAscending = column, ascending
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        options = (_property("SortFields", fields), _property("ContainsHeader", False))
        _sheet(document, name).getCellRangeByName(block).sort(options)
    elif action == "calculate":
        document.calculateAll()
    elif action == "read":
        sheet = document.Sheets.getByName(arguments[0])
        seen.append([_shown(sheet.getCellRangeByName(argument)) for argument in arguments[1]])
    elif action == "save":
        options = (_property("FilterName", "Calc MS Excel 2007 XML"), _property("Overwrite", True))
        document.storeToURL(pathlib.Path(arguments[0]).as_uri(), options)
    elif action == "print":
        options = (_property("FilterName", "calc_pdf_Export"), _property("Overwrite", True))
        document.storeToURL(pathlib.Path(arguments[0]).as_uri(), options)
    else:
        raise SystemExit(f"no action {action}")


def main():
    request = json.load(sys.stdin)
    desktop = _desktop(request["address"])
    answers = []
    for book in request["workbooks"]:
        url = pathlib.Path(book["path"]).as_uri()
        document = desktop.loadComponentFromURL(url, "_blank", 0, (_property("Hidden", True),))
        seen = []
        try:
            for action, *arguments in book["steps"]:
                _step(document, action, arguments, seen)
        finally:
            document.close(True)
        answers.append(seen)
    json.dump(answers, sys.stdout)
    sys.stdout.flush()


try:
    main()
except RuntimeException:  # the bridge went down
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(_OFFICE_GONE)
# Not by way of the interpreter's end, where taking the bridge down may end in a crash after everything was said.
os._exit(0)
