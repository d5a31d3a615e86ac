"""Which functions Excel 2013 knows, and how a file has to spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils import FORMULAE

# What Excel 2010 and 2013 added; a file names them with `_xlfn.` before them, or Excel shows #NAME?.
_ADDED = """
    ACOT ACOTH ARABIC BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV BITAND BITLSHIFT BITOR BITRSHIFT BITXOR
    CEILING.MATH CEILING.PRECISE CHISQ.DIST CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT CHISQ.TEST COMBINA CONFIDENCE.NORM
    CONFIDENCE.T COT COTH COVARIANCE.P COVARIANCE.S CSC CSCH DAYS DECIMAL ENCODEURL ERF.PRECISE ERFC.PRECISE EXPON.DIST
    F.DIST F.DIST.RT F.INV F.INV.RT F.TEST FILTERXML FLOOR.MATH FLOOR.PRECISE FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV
    GAMMALN.PRECISE GAUSS HYPGEOM.DIST IFNA IMCOSH IMCOT IMCSC IMCSCH IMSEC IMSECH IMSINH IMTAN ISFORMULA ISOWEEKNUM
    LOGNORM.DIST LOGNORM.INV MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV
    NUMBERVALUE PDURATION PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC PERCENTRANK.INC PERMUTATIONA PHI POISSON.DIST
    QUARTILE.EXC QUARTILE.INC RANK.AVG RANK.EQ RRI SEC SECH SHEET SHEETS SKEW.P STDEV.P STDEV.S T.DIST T.DIST.2T T.DIST.RT
    T.INV T.INV.2T T.TEST UNICHAR UNICODE VAR.P VAR.S WEBSERVICE WEIBULL.DIST XOR Z.TEST
"""
_PREFIXED = frozenset(_ADDED.split())
_PLAIN = (frozenset(FORMULAE) - _PREFIXED) | {"AGGREGATE", "DBCS", "NUMBERSTRING"}
# Texts and quoted sheets hold no calls; a name before a bracket is one.
_QUOTED = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')
_CALL = re.compile(r"([^\W\d][\w.]*)\(")


def faults_of_formula(formula: str) -> Iterator[str]:
    """Every function of a formula, as the file has it, that Excel 2013 does not know under that spelling."""
    for name in dict.fromkeys(_CALL.findall(_QUOTED.sub("", formula))):
        bare = name.upper().removeprefix("_XLFN.")
        prefixed = bare != name.upper()
        if prefixed and bare not in _PREFIXED:
            yield f"function {name} that Excel 2013 does not have"
        elif not prefixed and bare in _PREFIXED:
            yield f"function {name} without _xlfn."
        elif not prefixed and bare not in _PLAIN:
            yield f"function {name} that Excel does not know"
