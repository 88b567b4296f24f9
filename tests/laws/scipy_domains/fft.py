"""How to draw calls of ``scipy.fft``."""

from __future__ import annotations

from typing import Any

import scipy.fft as plain

from tests.laws.drawing import CONJUGATING, REAL, Call, Domain, Draw, call
from tests.laws.forms_linalg import shifted, transform

NORMS = (None, "ortho", "forward", "backward")


def several(ndim: int = 1, shortest: int = 1) -> Any:
    """Draw a transform along some axes, in an order and to lengths."""

    def draw(d: Draw) -> Call:
        x = d.reals(d.shape(max(ndim, 1), 3, shortest=shortest))
        axes = d.random.permutation(x.ndim)[: d.integer(ndim, max(ndim, x.ndim - 1))].tolist()
        s = [d.choice(2, 3, 4, -1) for _ in axes]
        where = d.choice({}, {"axes": axes}, {"axes": axes, "s": s})
        return call(x, **where, **d.options(norm=NORMS))

    return draw


def cosine(d: Draw) -> Call:
    x = d.reals(d.shape(1, 3, shortest=2))
    more = d.options(n=[2, 3, 5], axis=[d.axis(x)], norm=NORMS)
    return call(x, d.integer(1, 4), **more)


def cosines(d: Draw) -> Call:
    drawn = several(1, 2)(d)
    return call(*drawn.args, d.integer(1, 4), **drawn.options)


def hankel(d: Draw) -> Call:
    return call(d.reals(d.shape(1, 2, shortest=2)), 0.3, 0.5, **d.options(bias=[0.1], offset=[0.2]))


DOMAINS: dict[Any, Domain] = {
    **{f: Domain(transform(), **CONJUGATING) for f in (plain.fft, plain.ifft)},
    **{f: Domain(transform(), **REAL) for f in (plain.rfft, plain.ihfft)},
    **{f: Domain(transform(2), **CONJUGATING) for f in (plain.irfft, plain.hfft)},
    **{f: Domain(several(2), **CONJUGATING) for f in (plain.fft2, plain.ifft2)},
    **{f: Domain(several(2), **REAL) for f in (plain.rfft2, plain.ihfft2)},
    **{f: Domain(several(2, 2), **CONJUGATING) for f in (plain.irfft2, plain.hfft2)},
    **{f: Domain(several(), **CONJUGATING) for f in (plain.fftn, plain.ifftn)},
    **{f: Domain(several(), **REAL) for f in (plain.rfftn, plain.ihfftn)},
    **{f: Domain(several(1, 2), **CONJUGATING) for f in (plain.irfftn, plain.hfftn)},
    **{f: Domain(cosine) for f in (plain.dct, plain.idct, plain.dst, plain.idst)},
    **{f: Domain(cosines) for f in (plain.dctn, plain.idctn, plain.dstn, plain.idstn)},
    plain.fht: Domain(hankel, **REAL),
    plain.ifht: Domain(hankel, **REAL),
    plain.fftshift: Domain(shifted),
    plain.ifftshift: Domain(shifted),
}
