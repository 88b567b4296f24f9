"""Rotations as objects, with slopes in whatever they are made of and in what they rotate."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.spatial import transform

from autodiff.core.errors import user_line
from autodiff.core.indexing import write
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.sloped import plainly
from autodiff.scipy.spatial.transform import angles as of_angles
from autodiff.scipy.spatial.transform import quaternions as q
from autodiff.scipy.spatial.transform.principal import form_of, nearest, principal

__all__ = ["Rotation"]

SciPys: Any = transform.Rotation
_OF_A_PAIR = np.shape(SciPys.identity().approx_equal(SciPys.identity()))  # (1,) in SciPy 1.17


def _plain(value: Any) -> Any:
    """Return the plain value of an argument, as a copy: SciPy refuses arrays that can't change."""
    found = plainly(value)
    return np.array(found) if is_traced(value) else found


def _own(found: Any, quat: Array | None = None) -> Rotation:
    """Return one of SciPy's rotations as one of this class, with a traced quaternion if given."""
    own = Rotation.__new__(Rotation)
    own.__setstate__(found.__getstate__())
    if quat is not None:
        own._quat = np.reshape(quat, own._quat.shape)
    return own


def _of(quat: Array) -> Rotation:
    """Return the rotation of a quaternion of length 1, plain or traced."""
    found = SciPys(_plain(quat), normalize=False)
    return _own(found, quat if isinstance(quat, Tensor) else None)


def _constructor(name: str, formula: Function) -> Any:
    """Return a static method; SciPy's own checks the arguments.

    Args:
        name: its name.
        formula: takes the same arguments, of which one at least is traced, and returns quaternions.
    """
    library = getattr(SciPys, name)

    @functools.wraps(library)
    def make(*args: Any, **kwargs: Any) -> Rotation:
        if is_traced((args, kwargs)) and any(map(np.iscomplexobj, (*args, *kwargs.values()))):
            raise TypeError(
                f"Rotation.{name} expects real numbers, got complex ones at {user_line()}. SciPy "
                f"drops their imaginary parts: pass np.real(z)."
            )
        found = library(*map(_plain, args), **{k: _plain(value) for k, value in kwargs.items()})
        return _own(found, formula(*args, **kwargs) if is_traced((args, kwargs)) else None)

    return staticmethod(make)


def _method(name: str, formula: Function) -> Any:
    """Return a method, which is SciPy's for plain values.

    Args:
        name: its name.
        formula: takes the quaternion and the same arguments.
    """
    library = getattr(SciPys, name)

    @functools.wraps(library)
    def method(self: Rotation, *args: Any, **kwargs: Any) -> Any:
        if not self.is_sloped and not is_traced((args, kwargs)):
            return library(self, *args, **kwargs)
        return formula(self.as_quat(), *args, **kwargs)

    return method


def _floats(values: Array) -> Array:
    return as_array(values).astype(float)


def _scalar_last(quat: Array, scalar_first: bool) -> Array:
    quat = _floats(quat)
    return np.roll(quat, -1, axis=-1) if scalar_first else quat


def _from_matrix(matrix: Array, *, assume_valid: bool = False) -> Array:
    matrix = _floats(matrix)
    if not assume_valid:
        message = "expected right-handed matrices, got such with a determinant that isn't positive."
        matrix = checked(matrix, np.linalg.det(matrix) <= 0, message=message)
    return nearest(matrix)


def _apply(quat: Array, vectors: Array, inverse: bool = False) -> Array:
    vectors = _floats(vectors)
    if vectors.shape[-1:] != (3,):
        raise ValueError(
            f"expected vectors of shape (…, 3), got {vectors.shape} at {user_line()}. Put the "
            f"coordinates along the last axis."
        )
    return q.rotated(quat, vectors, inverse)


class Rotation(SciPys):  # type: ignore[misc]
    """Rotations in space: SciPy's, with slopes.

    >>> import autodiff as ad, numpy as np
    >>> from autodiff.scipy.spatial.transform import Rotation
    >>> def end(angle):
    ...     return Rotation.from_euler("z", angle).apply([1.0, 0.0, 0.0])
    >>> ad.jacobian(end)(0.0)  # it starts along y
    array([0., 1., 0.])
    """

    _quat: Any  # SciPy's place for the quaternions, which may be traced here

    def __init__(
        self, quat: Array, normalize: bool = True, copy: bool = True, scalar_first: bool = False
    ) -> None:
        super().__init__(_plain(quat), normalize, copy, scalar_first)
        if is_traced(quat):
            quat = _scalar_last(quat, scalar_first)
            self._quat = np.reshape(q.normalized(quat) if normalize else quat, self._quat.shape)

    def __setstate__(self, state: tuple[Array, bool]) -> None:
        """Restore what ``__getstate__`` returned; the quaternions may be traced."""
        quat, single = state
        super().__setstate__((_plain(quat), single))
        if isinstance(quat, Tensor):
            self._quat = quat

    @property
    def is_sloped(self) -> bool:
        """Return whether the rotations are traced."""
        return isinstance(self._quat, Tensor)

    def plain(self) -> Any:
        """Return SciPy's own rotations."""
        return SciPys(_plain(self.as_quat()), normalize=False)

    # fmt: off
    from_quat = _constructor("from_quat", lambda quat, *, scalar_first=False: (
        q.normalized(_scalar_last(quat, scalar_first))))
    from_matrix = _constructor("from_matrix", _from_matrix)
    from_rotvec = _constructor("from_rotvec", lambda rotvec, degrees=False: (
        q.from_rotvec(q.radians_if(degrees, _floats(rotvec)))))
    from_euler = _constructor("from_euler", lambda seq, angles, degrees=False: (
        of_angles.from_euler(seq, q.radians_if(degrees, _floats(angles)))))
    from_davenport = _constructor("from_davenport", lambda axes, order, angles, degrees=False: (
        of_angles.from_davenport(_floats(axes), order, q.radians_if(degrees, _floats(angles)))))
    from_mrp = _constructor("from_mrp", lambda mrp: q.from_mrp(_floats(mrp)))
    identity = _constructor("identity", lambda num=None, *, shape=None: None)
    random = _constructor("random", lambda *args, **kwargs: None)

    as_matrix = _method("as_matrix", q.as_matrix)
    as_rotvec = _method("as_rotvec", lambda quat, degrees=False: (
        q.degrees_if(degrees, q.as_rotvec(quat))))
    as_mrp = _method("as_mrp", q.as_mrp)
    magnitude = _method("magnitude", q.magnitude)
    apply = _method("apply", _apply)
    # fmt: on

    def as_quat(self, canonical: bool = False, *, scalar_first: bool = False) -> Array:
        """Return the quaternions, their scalar part last or first."""
        if not self.is_sloped:
            return super().as_quat(canonical, scalar_first=scalar_first)
        quat = self._quat[0] if self._single else self._quat
        quat = q.canonical(quat) if canonical else quat
        return np.roll(quat, 1, axis=-1) if scalar_first else quat

    def as_euler(
        self, seq: str, degrees: bool = False, *, suppress_warnings: bool = False
    ) -> Array:
        """Return three angles about axes; see SciPy's."""
        found = self.plain().as_euler(seq, degrees, suppress_warnings=suppress_warnings)
        if not self.is_sloped:
            return found
        return q.degrees_if(degrees, of_angles.as_euler(self.as_quat(), seq))

    def as_davenport(
        self, axes: Array, order: str, degrees: bool = False, *, suppress_warnings: bool = False
    ) -> Array:
        """Return three angles about axes, of which neighbors are orthogonal; see SciPy's."""
        found = self.plain().as_davenport(
            _plain(axes), order, degrees, suppress_warnings=suppress_warnings
        )
        if not self.is_sloped and not is_traced(axes):
            return found
        return q.degrees_if(degrees, of_angles.as_davenport(self.as_quat(), axes, order))

    def inv(self) -> Rotation:
        """Return the inverse rotations."""
        return _of(q.inverse(self.as_quat())) if self.is_sloped else _own(super().inv())

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, SciPys):
            return NotImplemented
        left, right = self.as_quat(), other.as_quat()
        if not is_traced((left, right)):
            return _own(super().__mul__(other))
        return _of(q.normalized(q.composed(left, right)))

    def __rmul__(self, other: Any) -> Any:
        return _own(other) * self if isinstance(other, SciPys) else NotImplemented

    def __pow__(self, n: Array, modulus: None = None) -> Rotation:
        if not self.is_sloped and not is_traced(n):
            return _own(super().__pow__(n, modulus))
        if modulus is not None:
            raise NotImplementedError(
                f"expected a power of rotations without modulus, got one (called at "
                f"{user_line()}). Leave it out."
            )
        quat, n = self.as_quat(), np.reshape(as_array(n), ())
        power = q.from_rotvec(n * q.as_rotvec(quat))
        is_itself = (np.abs(n) == 1) & (np.sum(quat * q.canonical(quat), axis=-1) < 0)
        return _of(np.where(is_itself[..., None], -power, power))

    def approx_equal(self, other: Any, atol: float | None = None, degrees: bool = False) -> Array:
        """Return whether rotations agree but for a small angle."""
        atol = 1e-8 if atol is None else q.radians_if(degrees, atol)
        found = q.magnitude(q.composed(other.as_quat(), q.inverse(self.as_quat()))) < atol
        return found if np.ndim(found) else np.reshape(found, _OF_A_PAIR)

    def mean(self, weights: Array | None = None, axis: Any = None) -> Rotation:
        """Return the mean, as SciPy defines it: a quaternion for which a form is largest."""
        found = self.plain().mean(_plain(weights), axis)
        if not self.is_sloped and not is_traced(weights):
            return _own(found)
        quat = np.atleast_2d(self.as_quat())
        weights = 1.0 if weights is None else as_array(weights)[..., None, None]
        axes = tuple(range(quat.ndim - 1)) if axis is None else axis
        axes = tuple(i % (quat.ndim - 1) for i in ((axes,) if isinstance(axes, int) else axes))
        return _of(principal(np.sum(weights * quat[..., :, None] * quat[..., None, :], axis=axes)))

    def reduce(self, left: Any = None, right: Any = None, return_indices: bool = False) -> Any:
        """Return the rotations that are nearest to the identity, among those of both groups."""
        groups = [None if g is None else _own(g) for g in (left, right)]
        plain = [None if g is None else g.plain() for g in groups]
        found, *places = self.plain().reduce(*plain, return_indices=True)
        if is_traced([g.as_quat() for g in (self, *groups) if g is not None]):
            quat = self.as_quat()
            for group, place, is_left in zip(groups, places, (True, False), strict=True):
                if group is not None:
                    chosen = np.reshape(np.atleast_2d(group.as_quat())[place], quat.shape)
                    quat = q.composed(chosen, quat) if is_left else q.composed(quat, chosen)
            found = _of(quat)
        return (_own(found), *places) if return_indices else _own(found)

    def __getitem__(self, indexer: Any) -> Rotation:
        found = self.plain()[indexer]
        return _own(found, self._quat[indexer] if self.is_sloped else None)

    def __setitem__(self, indexer: Any, value: Any) -> None:
        if not isinstance(value, SciPys) or not is_traced((self._quat, value.as_quat())):
            super().__setitem__(indexer, value)
            return
        self.plain()[indexer] = SciPys(_plain(value.as_quat()), normalize=False)  # which checks
        self._quat = write(self._quat, value.as_quat(), indexer)

    def __iter__(self) -> Iterator[Rotation]:
        for i in range(len(self)):
            yield self[i]

    @staticmethod
    def concatenate(rotations: Any) -> Rotation:
        """Return all rotations in one object."""
        if isinstance(rotations, SciPys):
            return _own(rotations)
        rotations = list(rotations)
        if not all(isinstance(rotation, SciPys) for rotation in rotations):
            raise TypeError("expected Rotation objects only. Make them by from_quat or the like.")
        return _of(np.concatenate([np.atleast_2d(rotation.as_quat()) for rotation in rotations]))

    @staticmethod
    def align_vectors(
        a: Array, b: Array, weights: Array | None = None, return_sensitivity: bool = False
    ) -> tuple[Any, ...]:
        """Return the rotation that best maps b onto a, and the root of the weighted residuals.

        Raises:
            NotImplementedError: of traced values, for one pair of vectors, an infinite weight or
                the sensitivity.
        """
        found, distance, *more = SciPys.align_vectors(
            *map(_plain, (a, b, weights)), return_sensitivity
        )
        if not is_traced((a, b, weights)):
            return (_own(found), distance, *more)
        a, b = (np.atleast_2d(_floats(x)) for x in (a, b))
        weights = np.ones(len(a)) if weights is None else _floats(weights)
        if return_sensitivity or len(a) == 1 or np.isinf(plainly(weights)).any():
            raise NotImplementedError(
                f"align_vectors of traced values at {user_line()} takes two pairs of vectors or "
                f"more with finite weights, without return_sensitivity=. For one pair, use "
                f"Rotation.from_rotvec of the angle along np.cross(b, a); pass t.numpy() for the "
                f"sensitivity."
            )
        form = form_of(np.matmul((weights[:, None] * a).T, b))
        quat = nearest(np.matmul((weights[:, None] * a).T, b))
        sizes = np.sum(weights * np.sum(a * a + b * b, axis=-1))
        square = sizes - 2 * np.matmul(quat, np.matmul(form, quat))
        return _own(found, quat), _root(square)


def _root(square: Array) -> Array:
    """Return the square root, with slope 0 where rounding has left nothing or less."""
    is_zero = square <= 0
    return np.where(is_zero, 0.0, np.sqrt(np.where(is_zero, 1.0, square)))
