"""Scripts as a learner writes them after Keras's guides: the same numbers as Keras's.

Each script takes the library, `nn` or Keras, and returns a model, or several, and a function that
trains it and returns numbers. Both libraries begin with the same weights.
"""

import numpy as np
import pytest

import nn
from nn import tree
from tests.nn.tutorials import advanced, functional, guides, layers, loops, losses, networks

SCRIPTS = [
    layers.custom_layer, layers.regularized, layers.masked, layers.text_transformer,
    losses.custom_loss_metric, losses.custom_callback, losses.lr_finder,
    functional.functional_multi, functional.shared_resnet, functional.siamese,
    functional.transfer, functional.ops_model, networks.autoencoder, networks.vae,
    networks.triplet, networks.recommender, networks.timeseries, loops.gan, loops.torch_step,
    loops.custom_loop,
    advanced.distill, advanced.seq2seq, advanced.gradcam, advanced.gradient_penalty,
    advanced.mixture, advanced.scan_cell, guides.weighted_metrics, guides.endpoint,
    guides.masked_softmax, guides.stateful, guides.captcha, guides.centralized,
    guides.attention_names,
]  # fmt: skip


def models(made):
    return made if isinstance(made, list) else [made]


def numbers(results):
    """Return the numbers and names in the results of a script, in order."""
    leaves = [part for name, part in tree.paths(results)]
    return [x.detach().numpy() if hasattr(x, "detach") else x for x in leaves]


@pytest.mark.filterwarnings("ignore")  # of Keras on PyTorch
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_the_numbers_are_those_of_keras(keras, script):
    keras.utils.clear_session()
    nn.utils.clear_session()
    (theirs, train_theirs), (ours, train_ours) = script(keras), script(nn)
    for source, target in zip(models(theirs), models(ours), strict=True):
        target.set_weights([w.numpy() for w in source.weights if "seed_generator" not in w.path])
    for found, expected in zip(numbers(train_ours()), numbers(train_theirs()), strict=True):
        if isinstance(expected, str):
            assert found == expected
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
