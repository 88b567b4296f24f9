"""The base class of optimizers, which update one flat buffer of parameters.

A model stores its trainable parameters end to end in one float32 buffer, and their gradients in a
second one of the same layout. A step is then a handful of NumPy calls for the whole model, which
write into existing buffers. The state of an optimizer (its *slots*: momenta, averages of squares)
is stored in buffers of the same layout.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn.absent import missing_in
from nn.argument_checks import ArgumentsChecked, undefined
from nn.buffers import aligned
from nn.configs.configurable import Configurable
from nn.naming import to_snake_case
from nn.numbers import at_least_zero, fraction, positive, whole
from nn.optimizers import clipping, schedules
from nn.optimizers.accumulation import Accumulator
from nn.optimizers.averaging import MovingAverage
from nn.optimizers.current_rate import CurrentRate
from nn.optimizers.exclusion import Exclusion
from nn.optimizers.options import (
    check_buffers,
    check_clips,
    check_gradients,
    check_state,
    optional,
    refuse_options,
    resolve_lr,
)
from nn.optimizers.schedules import LearningRateSchedule
from nn.optimizers.slots import Slots
from nn.optimizers.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Buffer: TypeAlias = NDArray[np.float32]
    from nn.optimizers.options import Rate


class Optimizer(ArgumentsChecked, Configurable):
    """The base class of optimizers; for a user-defined one, subclass it and define `update`.

    Args:
        learning_rate: at least 0; a number, a schedule, or a function without arguments.
        lr: the older name of ``learning_rate``.
        weight_decay: the fraction, times the rate, that each step subtracts from each parameter
            before the update (Loshchilov and Hutter 2019); biases included.
        clipnorm: the maximum 2-norm of the gradient of one variable.
        clipvalue: the maximum absolute value of an entry of the gradient.
        global_clipnorm: the maximum 2-norm of the gradient of all variables together.
        use_ema: whether a moving average of the parameters replaces them at the end of ``fit``;
            see `nn.optimizers.averaging`.
        ema_momentum: from 0 to 1: the decay rate of this average.
        ema_overwrite_frequency: the number of steps after which it replaces them in training too.
        loss_scale_factor: by which `apply` divides gradients, those of a loss that `scale_loss`
            has multiplied; without effect in `fit`, where nothing underflows.
        gradient_accumulation_steps: the number of batches per update, which uses their mean
            gradient; at least 2. A schedule counts batches, as in Keras.
        name: by default the class name in snake case.

    Raises:
        TypeError: an argument has an unknown name.
        ValueError: an argument is out of range, or more than one of the clips is passed.

    A subclass of four lines can train a model:

    >>> class SignDescent(Optimizer):
    ...     def update(self, parameters, gradients, rate):
    ...         np.sign(gradients, out=gradients)
    ...         gradients *= rate
    ...         parameters -= gradients
    >>> optimizer = SignDescent(learning_rate=0.5)
    >>> weights, slopes = np.array([1, 2], np.float32), np.array([-3, 4], np.float32)
    >>> optimizer.build_slots(2, [slice(0, 2)])
    >>> optimizer.step(weights, slopes)
    >>> weights
    array([1.5, 1.5], dtype=float32)
    """

    left_out_by_keras = ("lr",)
    _compiled: Any = None  # see `nn.optimizers.compiled_update`; also of older pickles
    apart: ClassVar[tuple[str, ...]] = ()  # this and `parts`: see `nn.optimizers.variables`
    parts: Mapping[str, Sequence[tuple[slice, tuple[int, ...]] | None]] = MappingProxyType({})

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        *,
        lr: Rate | None = None,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown := self._supported(unknown):
            refuse_options(type(self), unknown, learning_rate if lr is None else lr)
        if lr is not None:
            learning_rate = resolve_lr(type(self), learning_rate, lr)
        self._rate: float | LearningRateSchedule | Callable[[], float] = 0.0
        self.learning_rate = learning_rate
        self.weight_decay = optional(at_least_zero, "weight_decay", weight_decay)
        self.clipnorm = optional(positive, "clipnorm", clipnorm)
        self.clipvalue = optional(positive, "clipvalue", clipvalue)
        self.global_clipnorm = optional(positive, "global_clipnorm", global_clipnorm)
        check_clips(clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm)
        self.use_ema = bool(use_ema)
        self.ema_momentum = fraction("ema_momentum", ema_momentum)
        self.ema_overwrite_frequency = optional(
            whole, "ema_overwrite_frequency", ema_overwrite_frequency
        )
        self.gradient_accumulation_steps = optional(
            partial(whole, least=2), "gradient_accumulation_steps", gradient_accumulation_steps
        )
        self.loss_scale_factor = optional(positive, "loss_scale_factor", loss_scale_factor)
        self.name = name or to_snake_case(type(self).__name__)
        self.iterations = 0
        self.slots = Slots()
        self._layout: tuple[int, tuple[slice, ...]] | None = None
        self._variables: tuple[Any, ...] = ()
        self._store: Store | None = None  # used by `apply`
        self._moving_average: MovingAverage | None = None
        self._accumulator: Accumulator | None = None
        self._exclusion = Exclusion()

    @property
    def learning_rate(self) -> CurrentRate:
        """The rate of the next step; set a number or a schedule, or assign a number to it."""
        return CurrentRate(self._rate_of_the_next_step(), self)

    @learning_rate.setter
    def learning_rate(self, value: Rate) -> None:
        if callable(value):
            self._rate = value
        elif isinstance(value, dict):
            self._rate = schedules.get(value)
        elif callable(self._rate):
            raise TypeError(
                f"expected a schedule or a function as the learning rate, as {self._rate!r} sets "
                f"it at every step, got {value!r}. To set numbers, create the optimizer with one: "
                f"{type(self).__name__}(learning_rate=0.01)."
            )
        else:
            self._rate = at_least_zero("learning_rate", value)

    def _rate_of_the_next_step(self) -> float:
        if isinstance(self._rate, LearningRateSchedule):
            return float(self._rate(self._batches))
        return float(self._rate() if callable(self._rate) else self._rate)

    @property
    def _batches(self) -> int:
        """The number of batches so far, including those accumulated for the next update."""
        accumulator = self._accumulator
        if accumulator is None:
            return self.iterations
        return self.iterations * accumulator.steps + accumulator.count

    @property
    def lr(self) -> float:
        """The older name of `learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Rate) -> None:
        self.learning_rate = value

    def build_slots(
        self, size: int, segments: Sequence[slice], variables: Sequence[Any] = ()
    ) -> None:
        """Create the slots for ``size`` parameters; a second call for the same ones does nothing.

        Args:
            size: the number of parameters of the model.
            segments: the slice of the parameters of each variable.
            variables: the objects that hold the parameters. The slots depend on how these were
                updated, so that other variables raise an error, even with the same layout.

        Raises:
            ValueError: the optimizer was built for other variables, or another layout.
        """
        layout = (size, tuple(segments))
        if self._layout is None:
            self._layout, self._variables = layout, tuple(variables)
            self.slots = Slots({name: aligned(size, x) for name, x in self.initial_slots().items()})
            self.scratch: Buffer = aligned(size)
            self._exclusion.build(size, segments, variables)
            if self.use_ema:
                frequency = self.ema_overwrite_frequency
                self._moving_average = MovingAverage(size, self.ema_momentum, frequency)
            if self.gradient_accumulation_steps:
                self._accumulator = Accumulator(size, self.gradient_accumulation_steps)
        elif self._layout != layout or list(map(id, self._variables)) != list(map(id, variables)):
            raise ValueError(
                f"expected the {self._layout[0]} parameters that {self.name!r} was built for, got "
                f"{size} others: an optimizer has a state for each. Create a new one for each "
                f"model: {type(self).__name__}(...)."
            )

    def apply(self, gradients: Sequence[Array], trainable_variables: Any = None) -> None:
        """Update weights by one step, in a user-defined ``train_step``.

        Args:
            gradients: an array for each weight.
            trainable_variables: the weights; by default those of the last call.

        Raises:
            ValueError: the gradients don't match the weights, or the optimizer was built for
                other weights.

        >>> from nn.layers import Weight
        >>> from nn.optimizers import SGD
        >>> weight = Weight([1.0, 2.0], name="w")
        >>> SGD(0.5).apply([np.array([2.0, -2.0])], [weight])
        >>> weight.numpy()
        array([0., 3.], dtype=float32)
        """
        weights = list(self._variables if trainable_variables is None else trainable_variables)
        check_gradients(gradients, weights)
        store = self.build(weights)
        if self.loss_scale_factor is not None:
            gradients = [np.asarray(slope) / self.loss_scale_factor for slope in gradients]
        store.collect(gradients)
        store.update(self.step)
        for weight in weights:
            if weight.constraint is not None:
                weight.assign(weight.constraint(weight.value))

    def scale_loss(self, loss: Array) -> Array:
        """Return the loss times ``loss_scale_factor``, to differentiate before `apply`."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def build(self, variables: Sequence[Any]) -> Store:
        """Create the state for some weights, as the first `apply` does; return its buffers."""
        if self._store is None or not self._store.holds(variables, []):
            self._store = Store(variables, [], instead_of=self._store)
        self.build_slots(self._store.parameters.size, self._store.segments, variables)
        return self._store

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> None:
        """Update weights by one step; the older form of `apply`, which takes pairs."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [weight for _, weight in pairs])

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for copying, without the buffers of `apply`, which a copy recreates."""
        return {**vars(self), "_store": None, "_compiled": None}

    def step(self, parameters: Buffer, gradients: Buffer) -> None:
        """Update ``parameters`` in place by one step; ``gradients`` are overwritten.

        Args:
            parameters: float32, of the size passed to `build`.
            gradients: of the same shape.

        Raises:
            RuntimeError: the optimizer isn't built.
            ValueError: the parameters or gradients have another shape.
        """
        check_buffers(self.name, self._layout and self._layout[0], parameters, gradients)
        before, rate = self.iterations, self._rate_of_the_next_step()
        if self._accumulator is None or self._accumulator.completes(gradients):
            clipping.clip(self, gradients)
            if self.weight_decay:
                self._decay(parameters, rate)
            if self._compiled is None or not self._compiled.run(parameters, gradients, rate):
                self.update(parameters, gradients, rate)
            self.iterations += 1
        if self._moving_average is not None:
            self._moving_average.update(parameters, before)

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Exclude some weights from weight decay; must be called before training.

        Args:
            var_list: weights, such as ``model.layers[0].bias``.
            var_names: regular expressions to search in the names of weights, such as ``["bias"]``.

        Raises:
            ValueError: training has begun.
        """
        if self._layout is not None:
            raise ValueError(
                f"expected a call of exclude_from_weight_decay before {self.name!r} was built, got "
                "one afterwards. Call it before model.fit, on a new optimizer."
            )
        self._exclusion = Exclusion(var_list or (), var_names or ())

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Assign the moving average to the weights, with ``use_ema``; `fit` ends with this call.

        Args:
            var_list: the weights; those that the optimizer hasn't updated stay unchanged.
        """
        average = self._moving_average
        if average is None or average.is_empty:
            return
        selected = set(map(id, var_list))
        for variable, segment in zip(self._variables, self.segments, strict=True):
            if id(variable) in selected:
                variable.assign(average.values[segment].reshape(variable.shape))

    if not TYPE_CHECKING:  # which finds misspelled names itself

        def __getattr__(self, name: str) -> Any:
            return missing_in(self, name)

    def update(self, parameters: Buffer, gradients: Buffer, rate: float) -> None:
        """Update ``parameters`` in place; ``gradients`` and ``self.scratch`` may be overwritten.

        ``self.iterations`` is the number of earlier steps.
        """
        raise NotImplementedError(
            undefined(
                self, "update(self, parameters, gradients, rate)", "change parameters in place"
            )
        )

    def initial_slots(self) -> dict[str, float]:
        """Return the names of the buffers that are kept between steps, and their initial values."""
        return {}

    def slot_units(self) -> dict[str, float]:
        """Return the factors from slots to what Keras stores, where they differ."""
        return {}

    def scalars(self) -> dict[str, float]:
        """Return what else the optimizer keeps between steps, and computes from the iterations."""
        return {}

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Return copies of the state: the slots, the iterations, and a rate that is a number."""
        state = {name: slot.copy() for name, slot in self.slots.items()}
        for part in (self._moving_average, self._accumulator):
            state |= {} if part is None else part.get_state()
        state["iterations"] = np.array(self.iterations)
        if not callable(self._rate):
            state["learning_rate"] = np.array(self._rate)
        return state

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore the result of `get_state`.

        Raises:
            ValueError: the state is of an optimizer with other slots or another size.
        """
        expected = self.get_state()
        check_state(self, expected, state)
        for name, slot in self.slots.items():
            slot[:] = state[name]
        for part in (self._moving_average, self._accumulator):
            if part is not None:
                part.set_state(state)
        self.iterations = int(state["iterations"])
        if "learning_rate" in expected:
            self.learning_rate = float(state["learning_rate"])

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(learning_rate=self._rate, lr=None, **elsewhere)

    @property
    def is_plain(self) -> bool:
        """Whether a step consists of `update` alone."""
        clips = (self.clipnorm, self.clipvalue, self.global_clipnorm)
        others = (self.weight_decay, self.use_ema, self.gradient_accumulation_steps)
        return clips == (None, None, None) and not any(others)

    @property
    def segments(self) -> tuple[slice, ...]:
        """The slice of the parameters of each variable."""
        return self._layout[1] if self._layout else ()

    def _decay(self, parameters: Buffer, rate: float) -> None:
        change = np.multiply(parameters, (self.weight_decay or 0.0) * rate, out=self.scratch)
        if self._exclusion.factors is not None:
            change *= self._exclusion.factors
        parameters -= change
