"""Formulas of slopes, with vectors and matrices: read as Python, they have the slope's value."""

import re

import numpy as np
import pytest

from autodiff.display.mathematics.writing import text
from tests.autodiff.display.formulas import FORMULAS, explained

SUPERSCRIPTS, SUBSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
SIGNS = str.maketrans(
    {"∞": "inf", "·": "*", "−": "-", "^": "**", "≤": "<=", "≥": ">="}
    | {x: f"_{i}" for i, x in enumerate(SUBSCRIPTS)}
)


def as_python(written):
    """Return a formula as Python has it; None for signs that Python doesn't have."""
    if re.search(r"⊗|∂|axis|/kernel|/bias| at \[|\[[^]]* |ones\(|reshape|row\(|col\(", written):
        return None
    written = re.sub(
        f"[{SUPERSCRIPTS}]+",
        lambda found: "**" + "".join(str(SUPERSCRIPTS.index(digit)) for digit in found[0]),
        written.translate(SIGNS),
    )
    return written.replace("ᵀ", ".T").replace("Σ(", "sum(")


@pytest.mark.slow
def test_a_formula_that_is_read_as_python_has_its_value():
    """Precedence is that of Python: ``v · (w @ w)`` needs its parentheses."""
    count = 0
    for name in FORMULAS:
        for slope in explained(name).derivation.slopes:
            code = as_python(text(slope.symbols))
            if code is None:
                continue
            known = {x.label: x.value for x in slope.symbols.leaves() if x.kind == "leaf"}
            known = {str(name).translate(SIGNS): value for name, value in known.items()}
            found = eval(code, vars(np) | known)
            np.testing.assert_allclose(
                np.broadcast_to(found, np.shape(slope.value)), slope.value, rtol=1e-3, err_msg=code
            )
            count += 1
    assert count > 50
