"""Distributions whose methods accept traced values, and such with fixed parameters."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.stats

from autodiff.core.errors import user_line
from autodiff.core.refused import REFUSED
from autodiff.core.typing import Function
from autodiff.scipy.face import is_traced

__all__ = ["Distribution", "Frozen"]

_CURES = {
    "rvs": "Draw without parameters and transform, loc + scale * norm.rvs(size=n), or take "
    "quantiles of plain draws, ppf(rng.random(n), *parameters), which have slopes.",
    "fit": "Its data are plain: pass t.numpy(). To fit by slopes, minimize -np.sum(logpdf(x, …)).",
    "expect": "Sum over points: np.sum(weights * function(x) * pdf(x, *parameters)).",
}
_DEFAULT = "Pass t.numpy() where no slope is wanted."


class Distribution:
    """One of SciPy's distributions: its methods have slopes, in x and in the parameters.

    Without a traced value among its arguments, a method is SciPy's own; all other attributes are
    those of SciPy's distribution, also when they are set. ``isinstance`` finds SciPy's class, so
    that functions of SciPy that take a distribution take this one.

    Args:
        library: SciPy's distribution.
        name: its name.
        methods: the methods of traced values, by name.
        parameters: the signature of ``distribution(...)``.

    >>> import autodiff as ad
    >>> from autodiff.scipy import stats
    >>> ad.grad(lambda mean: stats.norm.logpdf(3.0, mean, 2.0))(1.0)  # (3 - 1) / 2²
    0.5
    """

    def __init__(
        self,
        library: Any,
        name: str,
        methods: Mapping[str, Function],
        parameters: inspect.Signature,
    ) -> None:
        own = {
            "library": library, "methods": methods, "parameters": parameters, "__name__": name,
        }  # fmt: skip
        vars(self).update(own, __module__="autodiff.scipy.stats")

    @property  # type: ignore[misc]  # it isn't set
    def __class__(self) -> type:
        return type(self.library)

    def __reduce__(self) -> str:
        """Copy and pickle by name, as a function."""
        return str(self.__name__)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute of SciPy's distribution, such as its ``random_state``."""
        setattr(self.library, name, value)

    def __repr__(self) -> str:
        return f"<autodiff.scipy.stats.{self.__name__}>"

    def __call__(self, *args: Any, **kwds: Any) -> Frozen:
        """Return the distribution with fixed parameters, which may be traced."""
        if not self.methods and is_traced((args, kwds)):
            raise NotImplementedError(self._refusal(""))
        check_call(self.parameters, f"scipy.stats.{self.__name__}", args, kwds)
        return self._frozen(args, kwds)

    def _frozen(self, args: tuple[Any, ...], kwds: dict[str, Any]) -> Frozen:
        return Frozen(self, args, kwds)

    freeze = __call__

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of SciPy's distribution; a method of it accepts traced values."""
        found = getattr(self.library, name)
        if name.startswith("_") or not callable(found):
            return found
        front = self._accepting(name, found)
        vars(self)[name] = front
        return front

    def __dir__(self) -> list[str]:
        return sorted({*dir(self.library), *super().__dir__()})

    def _accepting(self, name: str, found: Function) -> Function:
        """Return a method that is SciPy's for plain values, and has slopes for traced ones."""

        @functools.wraps(found)
        def front(*args: Any, **kwds: Any) -> Any:
            if not is_traced((args, kwds)):
                return found(*args, **kwds)
            if any(map(np.iscomplexobj, (*args, *kwds.values()))):
                raise TypeError(
                    f"expected real arguments of scipy.stats.{self.__name__}.{name}, got complex "
                    f"ones at {user_line()}. SciPy drops their imaginary parts: pass np.real(z)."
                )
            if name in self.methods:
                return self.methods[name](*args, **kwds)
            raise NotImplementedError(self._refusal(name))

        return front

    def _refusal(self, method: str) -> str:
        name = f"scipy.stats.{self.__name__}{'.' * bool(method)}{method}"
        cure = REFUSED.get(name) or _CURES.get(method, _DEFAULT)
        return f"{name} of a traced value has no derivative here (called at {user_line()}). {cure}"


class Frozen:
    """A distribution with fixed parameters, which may be traced: ``norm(mean, 2.0)``."""

    def __init__(
        self, distribution: Distribution, args: tuple[Any, ...], kwds: dict[str, Any]
    ) -> None:
        self.dist, self.args, self.kwds = distribution, args, kwds

    def __repr__(self) -> str:
        return f"<autodiff.scipy.stats.{self.dist.__name__} with fixed parameters>"

    def __getattr__(self, name: str) -> Any:
        """Return a method with the parameters filled in."""
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        if name not in self.dist.methods and not is_traced((self.args, self.kwds)):
            return getattr(self._plain, name)
        method = getattr(self.dist, name)
        if not callable(method):
            return method

        def front(*args: Any, **kwds: Any) -> Any:
            return self._call(name, method, args, kwds)

        return functools.wraps(method)(front)

    def _call(self, name: str, method: Function, args: Any, kwds: dict[str, Any]) -> Any:
        called = f"scipy.stats.{self.dist.__name__}(...).{name}"
        check_call(_taken(hasattr(self.dist, "pmf"), name), called, args, kwds)
        if name == "stats" and len(args) == 1:  # of SciPy's class, its only argument
            (moments,), args = args, ()
            kwds["moments"] = moments
        first = (*args, *(kwds.pop(n) for n in _FIRST if n in kwds))
        return method(*first, *self.args, **self.kwds, **kwds)

    @functools.cached_property
    def _plain(self) -> Any:
        """SciPy's own distribution with these parameters."""
        return self.dist.library(*self.args, **self.kwds)


def check_call(signature: inspect.Signature, name: str, args: Any, kwds: dict[str, Any]) -> None:
    """Raise an error unless a call has the arguments of a signature.

    Raises:
        TypeError: an argument is missing, unknown or given twice.
    """
    try:
        signature.bind(*args, **kwds)
    except TypeError as error:
        raise TypeError(
            f"{name} takes {signature}, got {len(args)} arguments by position and "
            f"{', '.join(kwds) or 'none'} by name at {user_line()}: {error}. Pass each once."
        ) from None


@functools.cache
def _taken(is_discrete: bool, method: str) -> inspect.Signature:
    """Return the signature of a method of SciPy's distributions with fixed parameters."""
    plain = scipy.stats.bernoulli(0.5) if is_discrete else scipy.stats.norm()
    return inspect.signature(getattr(plain, method))


_FIRST = ("x", "k", "q", "X", "order", "confidence")  # the arguments before the parameters
