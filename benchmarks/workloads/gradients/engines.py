"""The value of a loss and its slopes in each library, as its users write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.workload import Engine, Run

__all__ = ["Make", "Problem", "engines"]


@dataclass(frozen=True)
class Problem:
    """A loss, its parameters and its data.

    Attributes:
        loss: a function of a namespace (NumPy or a library like it), parameters and data.
        parameters: arrays or Python floats, to differentiate with respect to.
        data: arrays.
        torch_loss: the same loss written for PyTorch, where it differs.
    """

    loss: Callable[..., Any]
    parameters: tuple[Any, ...]
    data: tuple[Any, ...] = ()
    torch_loss: Callable[..., Any] | None = None

    def differentiated(self, transform: Callable[..., Any], namespace: Any) -> Any:
        """Apply a transform like ``value_and_grad`` to the loss, for all its parameters."""
        every = tuple(range(len(self.parameters)))
        return transform(partial(self.loss, namespace), every)


Make = Callable[[], Problem]


NATIVE = "ours, machine code"


def engines(
    make: Make, by_hand: Callable[[], Run], extra: Sequence[Engine] = ()
) -> tuple[Engine, ...]:
    """Return all engines for one problem, ours first and the hand-written last.

    Args:
        make: returns the problem; like ``by_hand``, it is sent to other processes.
        by_hand: returns a function that computes the value and the slopes.
        extra: engines for this problem only.
    """
    return (
        Engine("ours, eager", partial(_ours, make)),
        Engine("ours, backward()", partial(_ours_backward, make)),
        Engine("ours, jitted", partial(_ours_jitted, make)),
        Engine(NATIVE, partial(_ours_jitted, make, native="wait"), ("numba",)),
        Engine("HIPS autograd", partial(_autograd, make), ("autograd",)),
        Engine("MyGrad", partial(_mygrad, make), ("mygrad",)),
        Engine("advect", partial(_advect, make), ("advect",)),
        Engine("advect, staged", partial(_advect_staged, make), ("advect",)),
        Engine("PyTorch", partial(_pytorch, make), ("torch",)),
        Engine("JAX, eager", partial(_jax, make), ("jax",)),
        Engine("JAX, jitted", partial(_jax_jitted, make), ("jax",)),
        *extra,
        Engine("by hand", by_hand),
    )


def _ours(make: Make) -> Run:
    import autodiff as ad

    problem = make()
    slope = problem.differentiated(ad.value_and_grad, np)
    return partial(slope, *problem.parameters, *problem.data)


def _ours_backward(make: Make) -> Run:
    import autodiff as ad

    problem = make()

    def run() -> Any:
        variables = [ad.tensor(p) for p in problem.parameters]
        value = problem.loss(np, *variables, *problem.data)
        value.backward()
        return value.item(), [v.grad for v in variables]

    return run


def _ours_jitted(make: Make, **options: Any) -> Run:
    import autodiff as ad

    problem = make()
    slope = ad.jit(problem.differentiated(ad.value_and_grad, np), **options)
    return partial(slope, *problem.parameters, *problem.data)


def _autograd(make: Make) -> Run:
    import autograd

    problem = make()
    slope = problem.differentiated(autograd.value_and_grad, autograd.numpy)
    return partial(slope, *problem.parameters, *problem.data)


def _mygrad(make: Make) -> Run:
    import mygrad

    mygrad.turn_memory_guarding_off()
    problem = make()

    def run() -> Any:
        variables = [mygrad.tensor(p, copy=False) for p in problem.parameters]
        value = problem.loss(mygrad, *variables, *problem.data)
        value.backward()
        return value.data, [v.grad for v in variables]

    return run


def _advect(make: Make) -> Run:
    import advect

    problem = make()
    slope = problem.differentiated(advect.value_and_grad, np)
    return partial(slope, *problem.parameters, *problem.data)


def _advect_staged(make: Make) -> Run:
    import advect

    problem = make()
    arguments = (*problem.parameters, *problem.data)
    program = advect.stage(partial(problem.loss, np), *arguments)
    slope = advect.value_and_grad(program, tuple(range(len(problem.parameters))))
    return partial(slope, *arguments)


def _pytorch(make: Make) -> Run:
    import torch

    problem = make()
    loss = problem.torch_loss or partial(problem.loss, torch)
    parameters = [torch.tensor(np.asarray(p), requires_grad=True) for p in problem.parameters]
    data = [torch.tensor(np.asarray(d)) for d in problem.data]

    def run() -> Any:
        value = loss(*parameters, *data)
        return value.detach(), torch.autograd.grad(value, parameters)

    return run


def _jax(make: Make, *, jitted: bool = False) -> Run:
    import jax

    jax.config.update("jax_enable_x64", val=True)  # float64, as in all others
    problem = make()
    slope = problem.differentiated(jax.value_and_grad, jax.numpy)
    slope = jax.jit(slope) if jitted else slope
    arguments = [jax.numpy.asarray(a) for a in (*problem.parameters, *problem.data)]
    return lambda: jax.block_until_ready(slope(*arguments))


def _jax_jitted(make: Make) -> Run:
    return _jax(make, jitted=True)
