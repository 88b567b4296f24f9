"""The table of domains: for every function that the engine knows, how to draw a call of it.

One line per function, keyed as the registry is (NumPy's function, or an internal name), or by the
primitive itself where no NumPy function leads to it alone. Values keep away from kinks, jumps and
poles, where a slope can't be measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import autodiff as ad
from autodiff.core import conversion, indexing
from autodiff.core.backward import argument
from autodiff.core.cotangents import part, scatter
from autodiff.core.indexing import chosen_places, last_writes
from autodiff.core.lift import lift
from autodiff.rules.constants import full_like_constant, nonzero_along
from autodiff.rules.data_dependent import as_recorded
from autodiff.rules.einsum import einsum
from autodiff.rules.elementwise import imag, real
from autodiff.rules.finite import finite_choice
from autodiff.rules.positions import position_in_axis
from autodiff.rules.selecting import where
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.rules.signs import sign_of_complex, sign_of_real
from autodiff.rules.windows import unslid
from autodiff.tracing.naming import named
from autodiff.transforms.gradients import stop_gradient
from tests.laws import forms, forms_linalg
from tests.laws.drawing import (
    CONJUGATING,
    REAL,
    Domain,
    array,
    away,
    beside,
    binary,
    call,
    distinct,
    reduction,
    unary,
    values,
)
from tests.laws.everyday import EVERYDAY

JUMPY = beside(0.13)  # clear of the multiples of 1/2, and of 1/10 for np.round

# fmt: off
DOMAINS: dict[Any, Domain] = {
    # Elementwise: arithmetic.
    np.add:          binary(),
    np.subtract:     binary(),
    np.multiply:     binary(),
    np.divide:       binary(values(), away),
    np.power:        Domain(forms.power),
    np.float_power:  binary(values(0.3, 3), values(-2, 2)),
    np.remainder:    Domain(forms.remainder, **REAL),
    np.fmod:         Domain(forms.remainder, **REAL),
    np.floor_divide: Domain(forms.remainder, **REAL),
    np.maximum:      binary(beside(0), beside(0.25), **REAL),
    np.minimum:      binary(beside(0), beside(0.25), **REAL),
    np.fmax:         binary(beside(0), beside(0.25), **REAL),
    np.fmin:         binary(beside(0), beside(0.25), **REAL),
    np.logaddexp:    binary(**REAL),
    np.logaddexp2:   binary(**REAL),
    np.hypot:        binary(away, away, **REAL),
    np.arctan2:      binary(away, away, **REAL),
    np.copysign:     binary(away, away, **REAL),
    np.heaviside:    binary(away, **REAL),
    np.where:        Domain(forms.where),
    where:           Domain(forms.where),
    finite_choice:   Domain(forms.finite_choice, **REAL),
    full_like_constant: forms.on(lambda x: np.full_like(x, 2.0), unary()),
    np.zeros_like:   unary(),
    np.ones_like:    unary(),
    np.empty_like:   forms.on(lambda x: np.isfinite(np.empty_like(x)) | np.True_, unary()),
    conversion.copy:        forms.on(lambda x: x.copy("F"), array(lambda d, a: call(a))),
    np.clip:         Domain(forms.clip, **REAL),
    np._core.umath.clip: Domain(forms.clip_between, **REAL),
    # Elementwise: of one argument.
    np.positive:     unary(),
    np.negative:     unary(),
    np.absolute:     unary(away, **CONJUGATING),
    np.fabs:         unary(away, **REAL),
    np.conjugate:    unary(**CONJUGATING),
    np.real:         unary(**CONJUGATING),
    np.imag:         unary(**CONJUGATING),
    real:            unary(**CONJUGATING),
    imag:            unary(**CONJUGATING),
    np.square:       unary(),
    np.sqrt:         unary(values(0.2, 4)),
    np.cbrt:         unary(away, **REAL),
    np.reciprocal:   unary(away),
    np.exp:          unary(),
    np.exp2:         unary(),
    np.expm1:        unary(),
    np.log:          unary(values(0.2, 4)),
    np.log2:         unary(values(0.2, 4)),
    np.log10:        unary(values(0.2, 4)),
    np.log1p:        unary(values(-0.8, 4)),
    np.sin:          unary(),
    np.cos:          unary(),
    np.tan:          unary(values(-1.2, 1.2)),
    np.arcsin:       unary(values(-0.8, 0.8)),
    np.arccos:       unary(values(-0.8, 0.8)),
    np.arctan:       unary(),
    np.sinh:         unary(),
    np.cosh:         unary(),
    np.tanh:         unary(),
    np.arcsinh:      unary(),
    np.arccosh:      unary(values(1.2, 4)),
    np.arctanh:      unary(values(-0.8, 0.8)),
    np.degrees:      unary(**REAL),
    np.radians:      unary(**REAL),
    np.rad2deg:      unary(**REAL),
    np.deg2rad:      unary(**REAL),
    np.floor:        unary(JUMPY, **REAL),
    np.ceil:         unary(JUMPY, **REAL),
    np.trunc:        unary(JUMPY, **REAL),
    np.fix:          unary(JUMPY, **REAL),
    np.rint:         unary(JUMPY, **REAL),
    np.round:        Domain(lambda d: call(JUMPY(d, d.shape()), d.integer(0, 1)), **REAL),
    np.sinc:         unary(),
    np.nan_to_num:   unary(**REAL),
    np.select:       Domain(forms.select),
    np.sign:         Domain(unary(away).draw, **CONJUGATING, through=(sign_of_real,)),
    sign_of_complex: unary(away, **CONJUGATING),
    np.spacing:      unary(values(1.1, 1.9), **REAL),
    # Comparisons and tests.
    **{f: binary(beside(0), beside(0.25), **REAL) for f in (
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)},
    **{f: binary(away, away, **REAL) for f in (np.logical_and, np.logical_or, np.logical_xor)},
    **{f: unary(away, **REAL) for f in (
        np.logical_not, np.isnan, np.isinf, np.isfinite, np.signbit)},
    **{f: forms.on(forms.positive(f), binary(away, away, **REAL)) for f in (
        np.bitwise_and, np.bitwise_or, np.bitwise_xor)},
    np.invert:       forms.on(forms.positive(np.invert), unary(away, **REAL)),
    **{f: forms.on(forms.whole(f), binary(beside(4.1), beside(4.1), **REAL)) for f in (
        np.left_shift, np.right_shift, np.gcd, np.lcm)},
    np.bitwise_count: forms.on(forms.whole(np.bitwise_count), unary(beside(4.1), **REAL)),
    **{f: forms.on(forms.flat_positions(f), Domain(
        lambda d: call(beside(4.1)(d, d.shape())), **REAL)) for f in (
            np.unravel_index, position_in_axis, np.ravel_multi_index)},
    np.packbits:     forms.on(forms.positive(np.packbits), unary(away, ndim=1, **REAL)),
    np.unpackbits:   forms.on(lambda a: np.unpackbits((a > 0).astype(np.uint8)),
                              unary(away, ndim=1, **REAL)),
    np.isclose:      binary(beside(0), beside(0.25), **REAL),
    np.all:          reduction(away, **REAL),
    np.any:          reduction(away, **REAL),
    np.count_nonzero: reduction(away, **REAL),
    **{f: array(forms.argmax, **REAL) for f in (
        np.argmax, np.argmin, np.nanargmax, np.nanargmin)},
    np.argsort:      array(lambda d, a: call(distinct(d, a.shape), d.axis(a)), **REAL),
    np.searchsorted: Domain(lambda d: call(np.arange(4.0), beside(0.25)(d, d.shape())), **REAL),
    np.digitize:     Domain(lambda d: call(beside(0.25)(d, d.shape()), np.arange(4.0)), **REAL),
    np.nonzero:      unary(away, ndim=1, **REAL),
    nonzero_along:   forms.on(lambda a: np.nonzero(a)[-1], unary(away, ndim=1, **REAL)),
    stop_gradient:   unary(**REAL),
    **EVERYDAY,
    # Shape.
    np.reshape:      Domain(forms.reshape),
    reshape:         Domain(lambda d: call(a := d.reals(d.shape()), shape=(a.size, 1))),
    np.transpose:    Domain(forms.transpose),
    np.permute_dims: Domain(forms.transpose),
    transpose:       Domain(forms.transposed_by),
    np.matrix_transpose: array(lambda d, a: call(a), 2),
    np.swapaxes:     array(lambda d, a: call(a, d.axis(a), d.axis(a))),
    np.moveaxis:     array(forms.moveaxis, 2),
    np.rollaxis:     array(lambda d, a: call(a, d.axis(a), d.integer(-a.ndim, a.ndim))),
    np.broadcast_to: Domain(forms.broadcast_to),
    broadcast_to:    Domain(forms.broadcast_to),
    sliding_window_view: Domain(forms.windows),
    unslid:          Domain(forms.unslid),
    np.broadcast_arrays: Domain(forms.broadcast_arrays),
    np.ravel:        Domain(lambda d: call(d.reals(d.shape()), **d.options(order=["C", "F"]))),
    np.expand_dims:  Domain(lambda d: call(d.reals(d.shape()), d.choice(0, -1, (0, 1), (-1, 0)))),
    np.squeeze:      Domain(forms.squeeze),
    np.atleast_1d:   forms.arrays(),
    np.atleast_2d:   forms.arrays(),
    np.atleast_3d:   forms.arrays(),
    np.concatenate:  Domain(forms.concatenate),
    np.stack:        Domain(forms.stack),
    np.vstack:       forms.joined(0),
    np.hstack:       forms.joined(1),
    np.dstack:       forms.joined(2),
    np.column_stack: Domain(forms.column_stack),
    np.append:       Domain(forms.append),
    np.array_split:  forms.split(),
    np.split:        forms.split(unequal=False),
    np.hsplit:       forms.split(axis=1, unequal=False, ndim=1),
    np.vsplit:       forms.split(axis=0, unequal=False, ndim=2),
    np.flip:         array(forms.flip, 0),
    np.flipud:       array(lambda d, a: call(a)),
    np.fliplr:       array(lambda d, a: call(a), 2),
    np.rot90:        array(forms.rot90, 2),
    np.tril:         array(lambda d, a: call(a, d.integer(-2, 2)), 2),
    np.triu:         array(lambda d, a: call(a, d.integer(-2, 2)), 2),
    np.diag:         Domain(lambda d: call(d.reals(d.shape(1, 2)), d.integer(-1, 1))),
    np.meshgrid:     Domain(forms.meshgrid),
    np.copy:         unary(),
    np.full_like:    Domain(forms.full_like),
    conversion.astype:      forms.on(lambda x: x.astype(np.longdouble), unary(**REAL)),
    conversion.astype_constant: forms.on(lambda x: x.astype(int), unary(JUMPY, **REAL)),
    conversion.as_entry:    forms.on(
        lambda x: conversion.as_entry(x.sum(), dtype=np.dtype(int)), unary(JUMPY, **REAL)
    ),
    lift:            forms.on(forms.lifted, array(lambda d, a: call(a.ravel()))),
    argument:        forms.on(forms.started, unary()),
    named:           forms.on(lambda x: ad.name(x, "x"), unary()),
    as_recorded:     forms.on(forms.recorded, unary()),
    # Indexing.
    indexing.read:        array(forms.read),
    indexing.getitem:       array(forms.getitem),
    indexing.write:       array(forms.write),
    indexing.setitem:       array(forms.setitem),
    scatter:         Domain(forms.scatter),
    last_writes:     forms.on(forms.written_last, unary(**REAL)),
    chosen_places:   forms.on(forms.chosen, unary(**REAL)),
    part:            Domain(forms.part),
    np.take:         array(forms.take),
    np.take_along_axis: array(forms.take_along_axis),
    np.sort:         Domain(forms.sort, **REAL),
    np.diff:         array(forms.diff),
    np.pad:          Domain(forms.pad),
    np.repeat:       array(forms.repeat),
    np.tile:         Domain(forms.tile),
    np.roll:         array(forms.roll),
    np.delete:       array(forms.delete),
    np.resize:       Domain(lambda d: call(d.reals(d.shape()), d.choice(4, (2, 3)))),
    # Products.
    np.matmul:       Domain(forms.matmul),
    np.dot:          Domain(forms.dot),
    np.inner:        Domain(forms.inner),
    np.vdot:         Domain(forms.same_size, **CONJUGATING),
    np.outer:        Domain(lambda d: call(d.reals(d.shape()), d.reals(d.shape()))),
    np.tensordot:    Domain(forms.tensordot),
    np.cross:        Domain(forms.cross),
    np.kron:         Domain(lambda d: call(d.reals(d.shape(0, 2)), d.reals(d.shape(0, 2)))),
    **forms_linalg.LINALG,
    np.trace:        Domain(forms.diagonal),
    np.diagonal:     Domain(forms.diagonal),
    np.einsum:       Domain(forms.einsum),
    einsum:          Domain(forms.einsum_primitive),
}
# fmt: on

ASKING: frozenset[Any] = frozenset({
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.min_scalar_type, np.iscomplexobj,
    np.isrealobj, np.array_equal, np.array_equiv,
    np.allclose, np.array_repr, np.array_str, np.array2string, np.may_share_memory,
    np.shares_memory, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
})  # fmt: skip
"""Functions whose result depends only on shape, dtype or equality: it is a plain value."""
