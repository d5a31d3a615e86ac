"""What the formulas of a workbook say as it is written: nobody has opened it, and some who do will not calculate it.

`relative` writes a formula as it reads from its own cell, so that formulas filled down a column are one; `syntax` makes a
function of it, `functions` has what Excel's functions do, and `sheets` holds the cells and works them out.
"""

from perfbatch.template.calculation.relative import names_elsewhere, relative
from perfbatch.template.calculation.sheets import Calculation
from perfbatch.template.calculation.values import FormulaFault, Value

__all__ = ["Calculation", "FormulaFault", "Value", "names_elsewhere", "relative"]
