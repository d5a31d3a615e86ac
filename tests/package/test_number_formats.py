"""Number formats: what a section shows, which section a number takes, and the law that the figure shown is the one told."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.package.number_formats import Shows, number_format

NUMBER = Decimal("2749800")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", "2749800"),
        ("G/通用格式", "2749800"),
        ("0.00", "2749800.00"),
        ("#,##0.00####", "2,749,800.00"),
        ("0!.0000", "274.9800"),
        ("0!.0,", "275.0"),
        ("#,##0,", "2,750"),
        ("0,.00", "2749.80"),
        ("0.00,,", "2.75"),
        ('#,##0"元"', "2,749,800元"),
        ("0\\元", "2749800元"),
        ("0_元", "2749800"),
        ("*元0", "2749800"),
        ("[$￥-804]#,##0", "￥2,749,800"),
        ("[Red][>=10000]0!.0000万;0", "274.9800万"),
        ("[<1000000]0;0.0,,", "2.7"),
        ("0.0%", "274980000.0%"),
        ('0.0"%"', "2749800.0%"),
        ('0"万"0000"元"', "274万9800元"),
        ('0"; "0', "274980; 0"),
        (";;;", ""),
        ('"已填"', "已填"),
    ],
)
def test_what_is_shown(code: str, shown: str) -> None:
    assert number_format(code).shown(NUMBER) == shown


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0;-0.0;无", "-5", "-5.0"),
        ("0;-0.0;无", "0", "无"),
        ("0.00_);(0.00)", "-5", "(5.00)"),
        ("0.00", "-5", "-5.00"),
        ("[>=100]0.0;[<0]0.00;0", "50", "50"),
        ("[>=100]0.0;[<0]0.00;0", "-5", "-5.00"),
        ("[=1]是;[=0]否;0", "1", "是"),
        ("0;[Red]0", "-5", "5"),
        ("#.##", "0.5", ".5"),
        ("000000", "16001", "016001"),
        ("0.005", "0.5", "0.505"),
    ],
)
def test_which_section_a_number_takes(code: str, value: str, shown: str) -> None:
    assert number_format(code).shown(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("code", "dates"),
    [
        *((code, True) for code in ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "yyyy年m月d日", "[h]:mm", "m/d/yy h:mm AM/PM", "上午/下午h时", "e-m-d")),
        *((code, True) for code in ("[$-804]aaaa", "mm:ss.0", "0;yyyy")),
        *((code, False) for code in ("0.00E+00", "0e+0", '0.00"ymd"', "[Red]0", "0\\d", "[DBNum1]0", "[$-F800]0", "G/通用格式", "@")),
    ],
)  # fmt: skip
def test_dates(code: str, dates: bool) -> None:
    assert number_format(code).has_dates == dates


@pytest.mark.parametrize(
    "code", ["", "0", "#,##0.00", "0.00_ ", "0.00_);[Red]0.00", "General", "@", "0.00E+00", "[Blue]# ?/?"]
)
def test_plain_formats_show_the_number_itself(code: str) -> None:
    assert number_format(code).plain


@pytest.mark.parametrize("code", ["0%", "0,", "0!.0", '0"元"', "￥0", "0;0", ";;;", "yyyy", "0-0", "[>1]0;0,"])
def test_other_formats_do_not(code: str) -> None:
    assert not number_format(code).plain


_units = st.sampled_from(["", '"元"', "万", "\\亿", "!元", "[$千元-804]", "_元", "* ", '"; "', "[Red]"])


@given(
    before=_units,
    whole=st.sampled_from(["0", "#,##0", "#", "000"]),
    point=st.sampled_from(["", "!.", '"."', "\\."]),
    places=st.integers(1, 4),
    decimals=st.integers(0, 4),
    commas=st.integers(0, 2),
    percent=st.sampled_from(["", "%", "!%"]),
    after=_units,
    value=st.decimals(0, 10**9, places=4),
)
def test_the_figure_shown_is_the_stored_one_on_the_scale_told(
    before: str,
    whole: str,
    point: str,
    places: int,
    decimals: int,
    commas: int,
    percent: str,
    after: str,
    value: Decimal,
) -> None:
    """Whatever stands around it: the digits shown are the number times ten to the exponent, rounded to the decimals."""
    rest = point + "0" * places if point else "." + "0" * decimals if decimals else ""
    form = number_format(before + whole + rest + "," * commas + percent + after)
    section = form.section_of(value)
    assert section.shows is Shows.NUMBER
    assert section.decimals is not None
    assert section.exponent == (2 if percent == "%" else 0) - 3 * commas - (places if point else 0)
    assert section.decimals == (places if point else decimals)
    shown = form.shown(value)
    digits = shown.removeprefix(section.before).removesuffix(section.after).removesuffix("%").replace(",", "").strip()
    figure = value.scaleb(section.exponent).quantize(Decimal(1).scaleb(-section.decimals), rounding=ROUND_HALF_UP)
    assert Decimal(digits or "0") == figure


@given(
    st.text(st.sampled_from('0#?.,%;"\\!_*[]@<>=-+()/ eEymdhs年元万GgA$R'), max_size=30),
    st.decimals(-(10**9), 10**9, places=4),
)
def test_nothing_that_can_be_written_is_refused(code: str, value: Decimal) -> None:
    form = number_format(code)
    assert 1 <= len(form.sections) <= 4
    assert isinstance(form.shown(value), str)
    assert isinstance(form.plain, bool)
