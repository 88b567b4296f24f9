"""Numbers out of their range are refused by the constructors that take them, and their ends aren't.

The kinds of ranges are few: each numeric argument has one of them.
"""

import math

import pytest

import nn
from nn.argument_checks import parameters_of
from nn.optimizers import schedules

TRIED = (-1, 0, 0.5, 1, 2, 2.5, math.nan, math.inf)
AT_LEAST_0, POSITIVE, FRACTION = (0, 0.5, 1, 2, 2.5), (0.5, 1, 2, 2.5), (0, 0.5, 1)
BELOW_1, COUNT, COUNT_FROM_0, FROM_1 = (0, 0.5), (1, 2), (0, 1, 2), (1, 2, 2.5)

BY_NAME = {
    "learning_rate initial_learning_rate end_learning_rate epsilon epsilon_1 epsilon_2 alpha power "
    "initial_accumulator_value weight_decay adam_weight_decay adam_lr_ratio decay_rate m_mul beta "
    "warmup_steps l1 l2 factor max_value min_value l1_regularization_strength "
    "l2_regularization_strength l2_shrinkage_regularization_strength": AT_LEAST_0,
    "decay_steps first_decay_steps clip_threshold clipnorm clipvalue global_clipnorm": POSITIVE,
    "momentum ema_momentum rho rate precision recall sensitivity specificity threshold": FRACTION,
    "beta_1 beta_2 adam_beta_1 adam_beta_2": BELOW_1,
    "ns_steps num_classes num_thresholds ema_overwrite_frequency": COUNT,
    "num_regressors": COUNT_FROM_0,
}
BY_CLASS = {
    ("Adafactor", "beta_2_decay"): (-1, 0, 0.5, 1, 2, 2.5),
    ("Ftrl", "learning_rate_power"): (-1, 0),
    ("Lion", "beta_1"): FRACTION,
    ("Muon", "momentum"): AT_LEAST_0,
    ("ScheduleFreeAdamW", "beta_1"): (0.5,),
    ("ScheduleFreeAdamW", "warmup_steps"): COUNT_FROM_0,
    ("CosineDecayRestarts", "t_mul"): FROM_1,
    ("AUC", "num_thresholds"): (2,),
    ("FBetaScore", "beta"): POSITIVE,
}
ANY = {"axis", "muon_a", "muon_b", "muon_c", "rms_rate", "k"}  # and what isn't a number of a range
NEEDED = {
    "initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.5, "first_decay_steps": 1,
    "boundaries": [1], "values": [1, 2], "num_classes": 2, "target_class_ids": [0], "recall": 0.5,
    "precision": 0.5, "sensitivity": 0.5, "specificity": 0.5, "fn": len,
}  # fmt: skip
OPTIONAL = ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "ema_overwrite_frequency")
MODULES = (nn.optimizers, schedules, nn.regularizers, nn.constraints, nn.metrics)
CALLED = ("BinaryAccuracy", "FBetaScore", "F1Score")  # whose thresholds may be any numbers


def classes():
    found = {getattr(module, name) for module in MODULES for name in module.__all__}
    return sorted((x for x in found if isinstance(x, type)), key=lambda cls: cls.__name__)


def numbers(cls):
    """Yield the numeric arguments of a constructor with the values that it accepts."""
    for name, parameter in parameters_of(cls).items():
        is_number = type(parameter.default) in (int, float) or type(NEEDED.get(name)) in (
            int,
            float,
        )
        is_option = issubclass(cls, nn.optimizers.Optimizer) and name in OPTIONAL
        if name in ANY or name == "label_smoothing" or not (is_number or is_option):
            continue
        if name == "threshold" and cls.__name__ in CALLED:
            continue
        expected = BY_CLASS.get((cls.__name__, name))
        yield name, expected or next(x for names, x in BY_NAME.items() if name in names.split())


CASES = [(cls, name, accepted) for cls in classes() for name, accepted in numbers(cls)]


@pytest.mark.parametrize(
    ("cls", "name", "accepted"), CASES, ids=[f"{cls.__name__}-{name}" for cls, name, _ in CASES]
)
def test_numbers_of_the_range_are_accepted_and_others_refused(cls, name, accepted):
    parameters = parameters_of(cls)
    needed = {n: NEEDED[n] for n, p in parameters.items() if p.default is p.empty and n in NEEDED}
    found = []
    for value in TRIED:
        try:
            made = cls(**{**needed, name: value})
        except ValueError as error:
            assert name in str(error)  # noqa: PT017 - in a loop
        else:
            found.append(value)
            assert getattr(made, name) == value
    assert tuple(found) == accepted
