"""How to draw the arguments of every public class that a config describes."""

import functools

from hypothesis import strategies as st

from nn import constraints, initializers, losses, optimizers, regularizers
from nn.argument_checks import parameters_of
from tests.nn.configs.layers import MORE_LAYERS

WHOLE = st.integers(1, 7)
SIZES = st.integers(0, 64).map(lambda n: n / 16)  # exact in float32
POSITIVE = st.integers(1, 64).map(lambda n: n / 16)
FRACTIONS = st.integers(0, 15).map(lambda n: n / 16)
FLAGS = st.booleans()
SEEDS = st.integers(0, 1000)
NAMES = st.sampled_from(["first", "second_1"])


def optional(strategy):
    return st.none() | strategy


def bare(*names):
    """Return an entry without arguments for each class."""
    return {name: {} for name in names}


AXES_OF_KERNEL = {
    "input_axes": st.sampled_from([None, [0]]), "output_axes": st.sampled_from([None, [1]])
}  # fmt: skip
FAN = {"seed": SEEDS, **AXES_OF_KERNEL}
INITIALIZERS = {
    "Constant": {"value": SIZES | st.lists(SIZES, min_size=2, max_size=2)},
    "Zeros": {},
    "Ones": {},
    "Identity": {"gain": SIZES},
    "RandomNormal": {"mean": SIZES, "stddev": SIZES, "seed": SEEDS},
    "TruncatedNormal": {"mean": SIZES, "stddev": SIZES, "seed": SEEDS},
    "RandomUniform": {"minval": SIZES.map(lambda x: -x), "maxval": SIZES, "seed": SEEDS},
    "VarianceScaling": {
        "scale": POSITIVE,
        "mode": st.sampled_from(["fan_in", "fan_out", "fan_avg"]),
        "distribution": st.sampled_from(["truncated_normal", "untruncated_normal", "uniform"]),
        "seed": SEEDS,
        **AXES_OF_KERNEL,
    },
    **dict.fromkeys(["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal"], FAN),
    **dict.fromkeys(["LecunUniform", "LecunNormal"], FAN),
    "Orthogonal": {"gain": SIZES, "seed": SEEDS},
}
REGULARIZERS = {
    "L1": {"l1": SIZES},
    "L2": {"l2": SIZES},
    "L1L2": {"l1": SIZES, "l2": SIZES},
    "OrthogonalRegularizer": {"factor": SIZES, "mode": st.sampled_from(["rows", "columns"])},
}
AXES = st.sampled_from([0, 1, (0, 1)])
CONSTRAINTS = {
    "NonNeg": {},
    "MaxNorm": {"max_value": SIZES, "axis": AXES},
    "UnitNorm": {"axis": AXES},
    "MinMaxNorm": {"min_value": FRACTIONS, "max_value": POSITIVE, "rate": FRACTIONS, "axis": AXES},
}
DECAY = {
    "initial_learning_rate": SIZES,
    "decay_steps": WHOLE,
    "decay_rate": FRACTIONS,
    "staircase": FLAGS,
    "name": NAMES,
}
SCHEDULES = {
    "ExponentialDecay": DECAY,
    "InverseTimeDecay": DECAY,
    "PiecewiseConstantDecay": {
        "boundaries": st.just([2, 5]),
        "values": st.lists(SIZES, min_size=3, max_size=3),
        "name": NAMES,
    },
    "PolynomialDecay": {
        "initial_learning_rate": SIZES,
        "decay_steps": WHOLE,
        "end_learning_rate": SIZES,
        "power": POSITIVE,
        "cycle": FLAGS,
        "name": NAMES,
    },
    "CosineDecay": {
        "initial_learning_rate": SIZES,
        "decay_steps": WHOLE,
        "alpha": FRACTIONS,
        "name": NAMES,
        "warmup_target": optional(SIZES),
        "warmup_steps": WHOLE,
    },
    "CosineDecayRestarts": {
        "initial_learning_rate": SIZES,
        "first_decay_steps": WHOLE,
        "t_mul": WHOLE.map(float),
        "m_mul": SIZES,
        "alpha": FRACTIONS,
        "name": NAMES,
    },
}
RATES = SIZES | st.builds(optimizers.schedules.PolynomialDecay, SIZES, WHOLE)
OPTIONS = {
    "learning_rate": RATES,
    "weight_decay": optional(SIZES),
    "use_ema": FLAGS,
    "ema_momentum": FRACTIONS,
    "ema_overwrite_frequency": optional(WHOLE),
    "gradient_accumulation_steps": optional(st.integers(2, 4)),
    "loss_scale_factor": optional(st.sampled_from([2.0, 1024.0])),
    "name": NAMES,
}
MOMENTS = {"beta_1": FRACTIONS, "beta_2": FRACTIONS, "epsilon": POSITIVE}
OPTIMIZERS = {
    "SGD": {"momentum": FRACTIONS, "nesterov": FLAGS, "clipnorm": optional(POSITIVE)},
    "RMSprop": {"rho": FRACTIONS, "momentum": FRACTIONS, "epsilon": POSITIVE, "centered": FLAGS},
    "Adam": {**MOMENTS, "amsgrad": FLAGS, "clipvalue": optional(POSITIVE)},
    "AdamW": {**MOMENTS, "amsgrad": FLAGS, "weight_decay": SIZES},
    "Adadelta": {"rho": FRACTIONS, "epsilon": POSITIVE, "global_clipnorm": optional(POSITIVE)},
    "Adafactor": {
        "beta_2_decay": SIZES.map(lambda x: -x),
        "epsilon_1": SIZES,
        "epsilon_2": SIZES,
        "clip_threshold": POSITIVE,
        "relative_step": FLAGS,
    },
    "Adagrad": {"initial_accumulator_value": SIZES, "epsilon": POSITIVE},
    "Adamax": MOMENTS,
    "Nadam": MOMENTS,
    "Lamb": MOMENTS,
    "Lion": {"beta_1": POSITIVE.map(lambda x: x / 8), "beta_2": FRACTIONS},
    "ScheduleFreeAdamW": {**MOMENTS, "beta_1": st.just(0.75), "warmup_steps": WHOLE},
    "Muon": {
        "momentum": FRACTIONS,
        "nesterov": FLAGS,
        "ns_steps": WHOLE,
        "rms_rate": optional(SIZES),
        "adam_weight_decay": optional(SIZES),
        "exclude_layers": st.just(["head"]),
        "adam_lr_ratio": SIZES,
        "exclude_embeddings": FLAGS,
    },
    "Ftrl": {
        "learning_rate_power": SIZES.map(lambda x: -x),
        "initial_accumulator_value": POSITIVE,
        "l1_regularization_strength": SIZES,
        "l2_regularization_strength": SIZES,
        "l2_shrinkage_regularization_strength": SIZES,
        "beta": SIZES,
    },
}
OPTIMIZERS = {name: OPTIONS | own for name, own in OPTIMIZERS.items()}
CROSSENTROPY = {"from_logits": FLAGS, "label_smoothing": FRACTIONS, "axis": st.just(-1)}
SPARSE = {
    "from_logits": FLAGS,
    "ignore_class": optional(st.integers(0, 2)),
    "axis": st.just(-1),
}
AREAS = st.sampled_from([None, 1, [1]])
LOSSES = {
    "BinaryCrossentropy": CROSSENTROPY,
    "BinaryFocalCrossentropy": {
        **CROSSENTROPY,
        "apply_class_balancing": FLAGS,
        "alpha": FRACTIONS,
        "gamma": SIZES,
    },
    "CategoricalCrossentropy": CROSSENTROPY,
    "SparseCategoricalCrossentropy": SPARSE,
    "CategoricalFocalCrossentropy": CROSSENTROPY | {"alpha": FRACTIONS, "gamma": SIZES},
    "CategoricalGeneralizedCrossEntropy": {"q": st.sampled_from([0.25, 0.5])},
    "Dice": {"axis": AREAS},
    "Tversky": {"alpha": FRACTIONS, "beta": FRACTIONS, "axis": AREAS},
    "CTC": {},
    "Circle": {"gamma": POSITIVE, "margin": FRACTIONS, "remove_diagonal": FLAGS},
    "Huber": {"delta": POSITIVE},
    "CosineSimilarity": {"axis": st.sampled_from([-1, 1])},
    "FunctionLoss": {"function": st.just(losses.huber), "delta": POSITIVE},
    **bare("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError"),
    **bare("MeanSquaredLogarithmicError", "LogCosh", "KLDivergence", "Poisson"),
    **bare("Hinge", "SquaredHinge", "CategoricalHinge"),
}
REDUCTIONS = st.sampled_from(["sum_over_batch_size", "sum", "mean", "none", None])
LOSSES = {name: {"name": NAMES, "reduction": REDUCTIONS} | own for name, own in LOSSES.items()}
THRESHOLDS = {"thresholds": optional(FRACTIONS | st.lists(FRACTIONS, min_size=1, max_size=3))}
BY_COLUMN = {**THRESHOLDS, "top_k": optional(st.just(2)), "class_id": optional(st.integers(0, 2))}
OVERLAP = {
    "num_classes": st.just(4),
    "ignore_class": optional(st.integers(0, 2)),
    "sparse_y_pred": FLAGS,
    "axis": st.just(-1),
}
POINT = {"num_thresholds": st.integers(1, 9), "class_id": optional(st.integers(0, 2))}
AVERAGE = st.sampled_from([None, "micro", "macro", "weighted"])
METRICS = {
    "BinaryCrossentropy": {"from_logits": FLAGS, "label_smoothing": FRACTIONS},
    "CategoricalCrossentropy": CROSSENTROPY,
    "SparseCategoricalCrossentropy": SPARSE,
    "BinaryAccuracy": {"threshold": FRACTIONS},
    "TopKCategoricalAccuracy": {"k": WHOLE},
    "SparseTopKCategoricalAccuracy": {"k": WHOLE, "from_sorted_ids": FLAGS},
    "CosineSimilarity": {"axis": st.sampled_from([-1, 1])},
    "R2Score": {
        "class_aggregation": st.sampled_from(
            ["uniform_average", "variance_weighted_average", None]
        ),
        "num_regressors": st.integers(0, 3),
    },
    "F1Score": {"average": AVERAGE, "threshold": optional(st.just(0.25))},
    "FBetaScore": {"average": AVERAGE, "beta": POSITIVE, "threshold": optional(st.just(0.25))},
    "AUC": {
        "num_thresholds": st.integers(2, 9),
        "curve": st.sampled_from(["ROC", "PR"]),
        "summation_method": st.sampled_from(["interpolation", "minoring", "majoring"]),
        "thresholds": optional(st.lists(FRACTIONS, min_size=1, max_size=3, unique=True)),
        "multi_label": FLAGS,
        "from_logits": FLAGS,
    },
    "IoU": OVERLAP | {"target_class_ids": st.just([0, 2]), "sparse_y_true": FLAGS},
    "MeanIoU": OVERLAP | {"sparse_y_true": FLAGS},
    "OneHotIoU": OVERLAP | {"target_class_ids": st.just([1])},
    "OneHotMeanIoU": OVERLAP,
    "BinaryIoU": {"target_class_ids": st.just([1]), "threshold": FRACTIONS},
    "PearsonCorrelation": {"axis": st.sampled_from([-1, 0])},
    "ConcordanceCorrelation": {"axis": st.sampled_from([-1, 0])},
    "SensitivityAtSpecificity": {"specificity": FRACTIONS, **POINT},
    "SpecificityAtSensitivity": {"sensitivity": FRACTIONS, **POINT},
    "PrecisionAtRecall": {"recall": FRACTIONS, **POINT},
    "RecallAtPrecision": {"precision": FRACTIONS, **POINT},
    "MeanMetricWrapper": {"fn": st.just(losses.huber), "delta": POSITIVE},
    **dict.fromkeys(["Precision", "Recall"], BY_COLUMN),
    **dict.fromkeys(["TruePositives", "FalsePositives"], THRESHOLDS),
    **dict.fromkeys(["TrueNegatives", "FalseNegatives"], THRESHOLDS),
    **bare("Mean", "Sum", "Accuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"),
    **bare("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError"),
    **bare("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError"),
    **bare("LogCoshError", "KLDivergence", "Poisson"),
    **bare("Hinge", "SquaredHinge", "CategoricalHinge"),
}
METRICS = {name: {"name": NAMES} | own for name, own in METRICS.items()}


def made(family, module):
    """Draw an object of any class of a family."""
    cases = [st.builds(getattr(module, name), **options) for name, options in family.items()]
    return st.one_of(cases)


ANY_INITIALIZER = made(INITIALIZERS, initializers)
ANY_REGULARIZER = optional(made(REGULARIZERS, regularizers))
ANY_CONSTRAINT = optional(st.builds(constraints.MaxNorm, SIZES) | st.just("non_neg"))
ACTIVATIONS = st.sampled_from(["relu", "gelu", "softmax", None])
LAYERS = {
    "Dense": {
        "units": WHOLE,
        "activation": ACTIVATIONS,
        "use_bias": FLAGS,
        "kernel_initializer": made({"HeNormal": FAN, "Zeros": {}}, initializers),
        "bias_initializer": made({"Constant": {"value": SIZES}}, initializers),
        "kernel_regularizer": ANY_REGULARIZER,
        "bias_regularizer": optional(made({"L1": {"l1": SIZES}}, regularizers)),
        "activity_regularizer": optional(made({"L2": {"l2": SIZES}}, regularizers)),
        "kernel_constraint": ANY_CONSTRAINT,
        "bias_constraint": ANY_CONSTRAINT,
    },
    "Dropout": {
        "rate": FRACTIONS,
        "noise_shape": st.sampled_from([None, (None, 1), (3, 4)]),
        "seed": SEEDS,
    },
    "Activation": {"activation": ACTIVATIONS},
    "ReLU": {"max_value": optional(SIZES), "negative_slope": SIZES, "threshold": SIZES},
    "LeakyReLU": {"negative_slope": SIZES},
    "ELU": {"alpha": SIZES},
    "Softmax": {"axis": st.sampled_from([-1, 1])},
    "Flatten": {},
    "InputLayer": {"shape": st.just((4,))},
    **MORE_LAYERS,
}
LAYERS = {name: {"name": NAMES, "trainable": FLAGS} | own for name, own in LAYERS.items()}
FAMILIES = {
    "initializers": INITIALIZERS,
    "regularizers": REGULARIZERS,
    "constraints": CONSTRAINTS,
    "optimizers.schedules": SCHEDULES,
    "optimizers": OPTIMIZERS,
    "losses": LOSSES,
    "metrics": METRICS,
    "layers": LAYERS,
}
CASES = [(module, name) for module, family in FAMILIES.items() for name in family]


def module_of(library, module):
    """Return the module of a dotted name within a library."""
    return functools.reduce(getattr, module.split("."), library)


def arguments(cls, module, name):
    """Draw some of the arguments of a class; always a name, a seed, and what has no default."""
    drawn, parameters = FAMILIES[module][name], parameters_of(cls)
    needed = {n for n, p in parameters.items() if n in drawn and p.default is p.empty}
    needed |= {"name", "seed", "shape", "value", "groups", "offset"}
    needed |= {"bin_boundaries", "num_tokens", "vocabulary"}
    return st.fixed_dictionaries(
        {n: drawn[n] for n in drawn if n in needed},
        optional={n: drawn[n] for n in drawn if n not in needed},
    )
