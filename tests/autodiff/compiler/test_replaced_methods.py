"""Methods of an argument's class are part of the program, and may be replaced."""

import numpy as np
import pytest

from autodiff import jit

X = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("doubled", lambda self, x: 5 * x),
        ("factor", property(lambda self: 5.0)),
        ("halved", staticmethod(lambda x: x / 5)),
        ("named", classmethod(lambda cls, x: x * len(cls.__name__))),
        ("__call__", lambda self, x: 5 - x),
    ],
)
@pytest.mark.parametrize("is_derived", [False, True])
def test_a_method_that_is_replaced_in_the_class(name, new, is_derived):
    class Model:
        def doubled(self, x):
            return 2 * x

        @property
        def factor(self):
            return 3.0

        @staticmethod
        def halved(x):
            return x / 2

        @classmethod
        def named(cls, x):
            return x + len(cls.__name__)

        def __call__(self, x):
            return self.named(self.halved(self.doubled(x) * self.factor)) + 1

    class Derived(Model):
        pass

    runs = []

    def f(model, x):
        runs.append(1)
        return model(x) * 2

    jitted, model = jit(f), (Derived if is_derived else Model)()
    for change in (None, (name, new), ("unused", lambda self: 5)):
        if change:
            setattr(Model, *change)
        np.testing.assert_array_equal(jitted(model, X), f(model, X))
    assert len(runs) == 2 + 3  # recorded, and compared with
