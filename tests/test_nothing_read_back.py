"""What a finding says is for people: no code reads its words, or its figures, back.

The source of the package is searched for texts of findings (`message`, `reported`, `expected`, `difference`) that reach a
pattern, a test of their content or a parser of numbers: where they are taken from the finding, under the names that they are given,
and in the functions of the same module that they are handed to.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import perfbatch

ROOT = Path(perfbatch.__file__).parent
TEXTS = frozenset({"message", "reported", "expected", "difference"})
# Functions and methods that tell what a text says, or make a number of it.
READERS = frozenset(
    {"Decimal", "Fraction", "int", "float", "count_of", "parse_numeral", "literal_eval", "loads"}
    | {
        "match",
        "fullmatch",
        "search",
        "findall",
        "finditer",
        "sub",
        "subn",
        "split",
        "rsplit",
        "partition",
        "rpartition",
    }
    | {"startswith", "endswith", "removeprefix", "removesuffix", "find", "rfind", "index", "count"}
    | {"isdigit", "isdecimal", "isnumeric"}
)


def readings(source: str) -> list[str]:
    """Every place where a finding's text is read back, as `line: reader`."""
    tree = ast.parse(source)
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    tainted = {name: {parameter.arg for parameter in _parameters(node)} & TEXTS for name, node in functions.items()}
    while True:
        before = sum(map(len, tainted.values()))
        for name, function in functions.items():
            _follow(function, tainted[name])
            _hand_over(function, tainted[name], functions, tainted)
        if sum(map(len, tainted.values())) == before:
            break
    places = {
        place
        for name, function in functions.items()
        for node in ast.walk(function)
        for place in _reader(node, tainted[name])
    }
    places |= {place for node in ast.walk(tree) for place in _reader(node, set())}
    return sorted(places)


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    arguments = function.args
    everyone = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return [parameter for parameter in everyone if parameter.arg not in ("self", "cls")]


def _is_text(node: ast.AST | None, names: set[str]) -> bool:
    """Whether a finding's text stands in an expression, by itself or within another."""
    return node is not None and any(
        (isinstance(part, ast.Attribute) and part.attr in TEXTS and isinstance(part.ctx, ast.Load))
        or (isinstance(part, ast.Name) and part.id in names)
        for part in ast.walk(node)
    )


def _names(target: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}


def _follow(function: ast.FunctionDef, names: set[str]) -> None:
    """Names that are given a text within the function."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value) if _plainly(value, names):
                names.update(*map(_names, targets))
            case ast.NamedExpr(target=target, value=value) | ast.AnnAssign(target=target, value=value):
                if _plainly(value, names):
                    names |= _names(target)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                for part, taken in _paired(target, value):
                    if _plainly(taken, names):
                        names |= _names(part)


def _paired(target: ast.AST, value: ast.AST) -> list[tuple[ast.AST, ast.AST]]:
    """What each name of a loop is taken from: a loop over `zip` takes several things at a time."""
    match target, value:
        case ast.Tuple(elts=targets), ast.Call(func=ast.Name(id="zip"), args=values):
            return list(zip(targets, values, strict=False))
    return [(target, value)]


def _plainly(node: ast.AST | None, names: set[str]) -> bool:
    """Whether a value is a finding's text, or a collection of nothing else: what a call makes of it is another value."""
    match node:
        case ast.Attribute(attr=attr):
            return attr in TEXTS
        case ast.Name(id=name):
            return name in names
        case ast.IfExp(body=body, orelse=orelse):
            return _plainly(body, names) or _plainly(orelse, names)
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return any(_plainly(part, names) for part in parts)
        case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part) | ast.SetComp(elt=part):
            return _plainly(part, names)
    return False


def _hand_over(
    function: ast.FunctionDef, names: set[str], functions: dict[str, ast.FunctionDef], tainted: dict[str, set[str]]
) -> None:
    """Parameters of the module's own functions that are given a text."""
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in functions:
            continue
        parameters = [parameter.arg for parameter in _parameters(functions[name])]
        given = [
            *zip(parameters, call.args, strict=False),
            *((keyword.arg, keyword.value) for keyword in call.keywords),
        ]
        tainted[name].update(parameter for parameter, value in given if parameter and _plainly(value, names))


def _reader(node: ast.AST, names: set[str]) -> list[str]:
    match node:
        case ast.Call(func=ast.Name(id=reader), args=arguments) if reader in READERS:
            held = arguments
        case ast.Call(func=ast.Attribute(attr="split"), args=[] | [ast.Constant(value="\n")]):
            # Blanks folded, lines counted: the text is laid out, not read.
            return []
        case ast.Compare(left=ast.Constant(value="\n")):
            return []
        case ast.Call(func=ast.Attribute(value=owner, attr=reader), args=arguments) if reader in READERS:
            held = [owner, *arguments]
        case ast.Call(func=ast.Name(id="map" | "filter"), args=[ast.AST() as reader_node, *arguments]):
            reader = getattr(reader_node, "attr", getattr(reader_node, "id", ""))
            held = arguments if reader in READERS else []
        case ast.Compare(left=left, ops=ops, comparators=comparators) if any(
            isinstance(op, ast.In | ast.NotIn) for op in ops
        ):
            reader, held = "in", [left, *comparators]
        case _:
            return []
    if any(_is_text(part, names) for part in held):
        return [f"{getattr(node, 'lineno', 0)}: {reader}"]
    return []


def test_no_text_of_a_finding_is_read_back() -> None:
    read = {
        str(path.relative_to(ROOT)): places
        for path in sorted(ROOT.rglob("*.py"))
        if (places := readings(path.read_text(encoding="utf-8")))
    }
    assert read == {}


@pytest.mark.parametrize(
    ("source", "reader"),
    [
        ("def f(finding, pattern):\n return pattern.fullmatch(finding.message)", "fullmatch"),
        ("def f(finding):\n return finding.message.startswith('评分')", "startswith"),
        ("def f(finding):\n return '尾差' in finding.message", "in"),
        ("def f(finding):\n return abs(Decimal(finding.difference))", "Decimal"),
        ("def f(findings):\n return [*map(Decimal, (one.expected for one in findings))]", "Decimal"),
        ("def f(finding):\n text = finding.reported\n return float(text)", "float"),
        ("def f(finding):\n if (text := finding.reported):\n  return int(text)", "int"),
        ("def f(findings):\n for text in [one.reported for one in findings]:\n  int(text)", "int"),
        ("def g(text):\n return Decimal(text)\ndef f(finding):\n return g(finding.expected)", "Decimal"),
        ("def g(*, text):\n return Decimal(text)\ndef f(finding):\n return g(text=finding.expected)", "Decimal"),
        ("def h(text):\n return count_of(text)\ndef g(texts):\n return [h(one) for one in texts]\n"
         "def f(findings):\n return g(one.reported for one in findings)", "count_of"),
        ("class A:\n def g(self, text):\n  return re.search('a', text)\n"
         " def f(self, one):\n  return self.g(one.message)", "search"),
        ("def f(findings):\n def g(texts):\n  return [h(text, one) for text, one in zip(texts, findings)]\n"
         " return g(one.reported for one in findings)\ndef h(text, one):\n return float(text)", "float"),
        ("def f(code, message):\n return PATTERN.match(message)", "match"),
        ("SHORT = [int(one.expected) for one in FOUND]", "int"),
    ],
)  # fmt: skip
def test_a_planted_reading_is_found(source: str, reader: str) -> None:
    assert [place.partition(": ")[2] for place in readings(source)] == [reader]


@pytest.mark.parametrize(
    "source",
    [
        "def f(finding):\n return f'{finding.message}。'",
        "def f(finding):\n return ' '.join(finding.message.split())",
        "def f(finding):\n text = finding.message\n return text.split('\\n') if '\\n' in text else [text]",
        "def f(finding, other):\n return finding.expected == other.expected",
        "def f(finding):\n return abs(finding.counts[2] or 0)",
        "def f(path):\n return path.partition('/')",
        "def f(broken):\n return abs(broken.difference)",
    ],
)
def test_what_is_only_shown_or_compared_is_none(source: str) -> None:
    assert readings(source) == []
