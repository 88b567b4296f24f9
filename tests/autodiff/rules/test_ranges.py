"""Numbers between two ends."""

import numpy as np
import pytest

import autodiff as ad


@pytest.mark.filterwarnings("ignore:invalid value")
def test_the_ends_of_a_geometric_range_have_slopes_whatever_lies_between():
    # NumPy's numbers between ends of different signs are NaN; the ends are what they were.
    np.testing.assert_array_equal(np.geomspace(2.0, -1.0, 2), [2, -1])
    for count, slopes in ((1, ([1], [0])), (2, ([1, 0], [0, 1]))):
        found = ad.jacobian(lambda a, b, n=count: np.geomspace(a, b, n), (0, 1))(2.0, -1.0)
        np.testing.assert_array_equal(found, slopes)
