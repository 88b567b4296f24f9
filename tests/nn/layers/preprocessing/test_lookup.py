"""StringLookup and IntegerLookup: the examples of Keras's documentation, laws, models, misuse.

Keras's own layers need TensorFlow, which isn't installed; what they return is written out here.
"""

import json
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.layers import Dense, Embedding, Flatten, IntegerLookup, StringLookup
from tests.laws.table import examples

VOCABULARY = ["a", "b", "c", "d"]
DATA = [["a", "c", "d", "d"], ["d", "z", "b", "z"]]


def test_texts_become_places():
    layer = StringLookup(vocabulary=VOCABULARY)
    assert layer(DATA).tolist() == [[1, 3, 4, 4], [4, 0, 2, 0]]
    assert layer("b") == 2
    assert StringLookup()(DATA).tolist() == [[0] * 4] * 2
    assert layer.get_vocabulary() == ["[UNK]", *VOCABULARY]
    assert layer.get_vocabulary(include_special_tokens=False) == VOCABULARY
    masked = StringLookup(vocabulary=VOCABULARY, mask_token="z")
    assert masked(DATA).tolist() == [[2, 4, 5, 5], [5, 0, 3, 0]]
    assert masked.get_vocabulary() == ["z", "[UNK]", *VOCABULARY]


@pytest.mark.parametrize(
    ("mode", "second"),
    [
        ("one_hot", [[0, 0, 0, 0, 1], [1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 0, 0, 0]]),
        ("multi_hot", [1, 0, 1, 0, 1]),
        ("count", [2, 0, 1, 0, 1]),
    ],
)
def test_output_modes(mode, second):
    layer = StringLookup(vocabulary=VOCABULARY, output_mode=mode)
    assert layer(DATA)[1].tolist() == second
    masked = StringLookup(vocabulary=VOCABULARY, output_mode=mode, mask_token="z")
    assert masked(DATA)[1].sum() == 2  # z is dropped
    assert masked.vocabulary_size() == 5


def test_a_config_before_adapt_has_no_vocabulary():
    config = StringLookup(mask_token="z").get_config()
    assert (config["vocabulary"], config["vocabulary_size"]) == (None, None)


def test_weights_of_tokens_by_documents():
    layer = StringLookup(output_mode="tf_idf")
    layer.adapt(DATA)
    assert layer.get_vocabulary() == ["[UNK]", "d", "z", "c", "b", "a"]
    both, one = np.log(1 + 2 / 3), np.log(1 + 2 / 2)
    np.testing.assert_allclose(
        layer(DATA), [[0, 2 * both, 0, one, 0, one], [0, both, 2 * one, 0, one, 0]], rtol=1e-6
    )
    given = StringLookup(
        output_mode="tf_idf", vocabulary=VOCABULARY, idf_weights=[0.25, 0.75, 0.6, 0.4]
    )
    np.testing.assert_allclose(given(DATA)[1], [1.0, 0, 0.75, 0, 0.4], rtol=1e-6)
    given.set_vocabulary(["[UNK]", *VOCABULARY], idf_weights=[0.9, 0.25, 0.75, 0.6, 0.4])
    np.testing.assert_allclose(given(DATA)[1], [1.8, 0, 0.75, 0, 0.4], rtol=1e-6)


def test_places_become_texts():
    layer = StringLookup(vocabulary=VOCABULARY, invert=True)
    assert layer([[1, 3, 4], [4, 0, 9]]).tolist() == [["a", "c", "d"], ["d", "[UNK]", "[UNK]"]]
    numbers = IntegerLookup(vocabulary=[12, 36, 1138, 42], invert=True, mask_token=0)
    assert numbers([[0, 1, 2], [5, 9, 3]]).tolist() == [[0, -1, 12], [42, -1, 36]]


def test_whole_numbers():
    layer = IntegerLookup(vocabulary=[12, 36, 1138, 42])
    assert layer([[12, 1138, 42], [42, 1000, 36]]).tolist() == [[1, 3, 4], [4, 0, 2]]
    learned = IntegerLookup(mask_token=0)
    learned.adapt([[12, 1138, 42], [42, 1000, 36]])
    assert learned.get_vocabulary() == [0, -1, 42, 1138, 1000, 36, 12]
    several = IntegerLookup(vocabulary=[12, 36, 1138, 42], num_oov_indices=2)
    assert several([[12, 1138, 42], [37, 1000, 36]]).tolist() == [[2, 4, 5], [1, 0, 3]]
    padded = IntegerLookup(
        vocabulary=[1, 2], output_mode="multi_hot", max_tokens=6, pad_to_max_tokens=True
    )
    assert padded([1, 2, 7]).tolist() == [1, 1, 1, 0, 0, 0]
    assert padded.compute_output_shape((None, 3)) == (None, 6)
    large = IntegerLookup(vocabulary=[2**40, 2**40 + 1])
    assert large([2**40 + 1, 2**40]).tolist() == [2, 1]  # float32 can't tell them apart


def test_several_places_for_unknown_texts():
    pytest.importorskip("farmhash")
    long = "a longer string of over thirty-two characters"
    layer = StringLookup(vocabulary=VOCABULARY, num_oov_indices=3)
    assert layer(["a", "m", "z", "hello world", long, "y" * 100]).tolist() == [3, 0, 1, 0, 1, 1]
    numbers = IntegerLookup(vocabulary=[36], num_oov_indices=2, oov_method="farmhash")
    assert numbers([37, 1000, 36]).tolist() == [1, 1, 2]
    pytest.importorskip("siphash24")
    salted = StringLookup(vocabulary=VOCABULARY, num_oov_indices=3, salt=[3, 4])
    assert salted(["a", "m", "z", "hello world", long, "y" * 100]).tolist() == [3, 2, 1, 0, 0, 1]


@pytest.mark.parametrize(
    "texts",
    [
        np.array(DATA),
        np.array(DATA, object),
        np.array(DATA, "S"),
        np.asfortranarray(np.array(DATA)),
        pd.DataFrame(DATA),
        pd.DataFrame(DATA).astype("category"),
        DATA,
        iter(map(np.array, DATA)),
    ],
    ids=lambda x: type(x).__name__,
)
def test_texts_come_in_many_forms(texts):
    layer = StringLookup()
    layer.adapt(texts)
    assert layer.get_vocabulary() == ["[UNK]", "d", "z", "c", "b", "a"]


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4)


@pytest.mark.slow
@examples(60)
@given(data=st.lists(words, min_size=1), more=st.lists(words, min_size=1))
def test_looking_up_and_back(data, more):
    layer, kept = StringLookup(), [word for word in data if word != "[UNK]"]
    if not kept:
        return
    layer.adapt(data)
    tokens = layer.get_vocabulary(include_special_tokens=False)
    assert sorted(tokens) == sorted(set(kept))
    frequencies = [data.count(token) for token in tokens]
    assert frequencies == sorted(frequencies, reverse=True)
    back = StringLookup(vocabulary=tokens, invert=True)
    assert back(layer(data)).tolist() == data
    expected = [tokens.index(word) + 1 if word in tokens else 0 for word in more]
    assert layer(more).tolist() == expected


@examples(30)
@given(data=st.lists(st.integers(-(2**62), 2**62), min_size=1), most=st.integers(2, 6))
def test_a_vocabulary_of_limited_size_keeps_the_most_frequent(data, most):
    layer = IntegerLookup(max_tokens=most, oov_token=2**63 - 1)
    layer.adapt(np.array(data))
    ranked = sorted(set(data), key=lambda n: (data.count(n), n), reverse=True)
    assert layer.get_vocabulary()[1:] == ranked[: most - 1]


@pytest.mark.slow
def test_in_front_of_models_that_are_recorded():
    rows = np.array([["a"], ["b"], ["zz"], ["a"]], object)
    y = np.array([1.0, 2.0, 3.0, 1.0])
    layer = StringLookup(output_mode="one_hot")
    layer.adapt(rows)
    text = nn.Input((1,), dtype="string", name="text")
    number = nn.Input((1,), name="number")
    lookup = StringLookup(vocabulary=["a", "b"])
    parts = [layer(text), Flatten()(Embedding(3, 2)(lookup(text))), number]
    model = nn.Model([text, number], Dense(1)(np.concatenate(parts, axis=1)))
    model.compile("sgd", "mse")
    data = {"text": rows, "number": np.ones(4)}
    model.fit(data, y, batch_size=2, verbose=0)
    assert "StringLookup" in model.train_source()
    np.testing.assert_allclose(
        model.predict(data, verbose=0), model([np.array(rows, str), np.ones((4, 1))]), rtol=1e-5
    )
    config = model.get_config()
    assert '"string"' in json.dumps(config)
    assert '"str"' not in json.dumps(config)
    twin = nn.Model.from_config(config)
    twin.set_weights(model.get_weights())
    assert np.array_equal(twin.predict(data, verbose=0), model.predict(data, verbose=0))


def test_first_in_a_sequential_model():
    model = nn.Sequential(
        [StringLookup(vocabulary=["a", "b"]), Embedding(3, 2), Flatten(), Dense(1)]
    )
    model.compile("sgd", "mse")
    model.fit([["a"], ["b"], ["c"]], [1.0, 2.0, 3.0], verbose=0)
    assert model.predict(np.array([["b"]]), verbose=0).shape == (1, 1)


def test_adapting_again_is_seen_by_a_recorded_model():
    layer = IntegerLookup()
    layer.adapt([1, 2])
    model = nn.Sequential([nn.Input((1,), dtype="int64"), layer, Embedding(3, 1), Flatten()])
    model.predict([[1], [2]], verbose=0)
    layer.adapt([7, 8])
    predicted = model.predict(np.array([[8], [1]]), verbose=0).ravel()
    assert predicted.tolist() == model.layers[1].embeddings.numpy().ravel()[[1, 0]].tolist()


def test_a_learned_vocabulary_is_in_the_config():
    layer = StringLookup(output_mode="tf_idf", max_tokens=4)
    layer.adapt(DATA)
    twin = StringLookup.from_config(layer.get_config())
    assert twin.get_vocabulary() == layer.get_vocabulary() == ["[UNK]", "d", "z", "c"]
    np.testing.assert_array_equal(twin(DATA), layer(DATA))


def test_a_vocabulary_in_a_file(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("naïve\nb\n", "utf-8")
    assert StringLookup(vocabulary=str(path))(["b", "naïve", "x"]).tolist() == [2, 1, 0]
    path.write_text("7\n5\n", "utf-8")
    layer = IntegerLookup(vocabulary=str(path))
    assert layer([5, 7]).tolist() == [2, 1]
    assert IntegerLookup.from_config(layer.get_config())([5, 7]).tolist() == [2, 1]


def unknown(**options):
    return StringLookup(vocabulary=["a"], num_oov_indices=0, **options)


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: unknown()(["b"]), "num_oov_indices=0, got 'b'"),
        (lambda: unknown()(["a", "b", "a", "c"]), "num_oov_indices=0, got 'b'"),
        (lambda: unknown(mask_token="")(["", "b"]), "got 'b'"),
        (lambda: StringLookup(vocabulary=["a", "b", "a"]), r"got \['a'\] twice"),
        (lambda: StringLookup(vocabulary=[]), "got none"),
        (lambda: StringLookup(vocabulary=["b", ""], mask_token=""), "at another index"),
        (lambda: StringLookup(vocabulary=["b", "[UNK]"], invert=True), "at another index"),
        (lambda: StringLookup(vocabulary=["a", "b"], max_tokens=2), "at most max_tokens=2"),
        (lambda: StringLookup(vocabulary=["a"]).adapt(["b"]), "one was given"),
        (lambda: StringLookup().adapt([]), "got none"),
        (lambda: StringLookup(output_mode="two_hot"), "Did you mean"),
        (lambda: StringLookup(invert=True, output_mode="count"), "'int' with invert=True"),
        (lambda: StringLookup(pad_to_max_tokens=True), "max_tokens to pad to"),
        (lambda: StringLookup(vocabulary=["a"], output_mode="tf_idf"), "expects idf_weights"),
        (lambda: StringLookup(vocabulary=["a"], idf_weights=[1.0]), "expects idf_weights"),
        (lambda: IntegerLookup(salt=3), "'farmhash' with a salt"),
        (lambda: IntegerLookup(oov_method="hash"), "'floormod' or 'farmhash'"),
        (lambda: IntegerLookup(vocabulary=[1])([0.5]), "whole numbers, got 0.5"),
        (lambda: IntegerLookup(num_oov_indices=-1), "num_oov_indices"),
        (lambda: StringLookup(sparse=True), "sparse=False"),
        (lambda: StringLookup().adapt([["a"], ["b", "c"]]), "rows of one length"),
    ],
)
def test_misuse_is_refused(misuse, message):
    with pytest.raises(ValueError, match=message):
        misuse()


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda: StringLookup().adapt([1, 2]), "expects strings, got an array of int64"),
        (lambda: IntegerLookup(vocabulary=[1])(["a"]), "Use StringLookup"),
        (lambda: StringLookup().adapt(np.array(["a", None], object)), r"got None at \(1,\)"),
    ],
)
def test_values_of_another_type_are_refused(misuse, message):
    with pytest.raises(TypeError, match=message):
        misuse()


def test_an_encoding_needs_a_vocabulary():
    with pytest.raises(RuntimeError, match="expects a vocabulary before"):
        StringLookup(output_mode="count")(["a"])


def test_missing_texts_are_refused_by_fit():
    model = nn.Sequential(
        [nn.Input((1,), dtype="string"), StringLookup(vocabulary=["a"], output_mode="one_hot")]
    )
    with pytest.raises(TypeError, match="expected strings, got None"):
        model.predict(np.array([["a"], [None]], object), verbose=0)


def as_keras_writes(path, vocabularies):
    """Move the vocabularies in a ``.keras`` file from the config to files of their own."""
    with ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(files["config.json"])
    for layer in config["config"]["layers"]:
        if layer["config"].get("vocabulary"):
            layer["config"] |= {"vocabulary": None, "idf_weights": None}
    files["config.json"] = json.dumps(config).encode()
    files |= {f"assets/{place}/vocabulary.txt": text for place, text in vocabularies.items()}
    with ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


@pytest.mark.slow
def test_vocabularies_in_files_of_keras(tmp_path):
    pytest.importorskip("h5py")
    words, numbers = StringLookup(output_mode="tf_idf"), IntegerLookup(output_mode="multi_hot")
    words.adapt(DATA)
    numbers.adapt([[7, 7, -3]])
    text, number = nn.Input((4,), dtype="string"), nn.Input((1,), dtype="int64")
    parts = [words(text), numbers(number)]
    model = nn.Model([text, number], Dense(1)(np.concatenate(parts, axis=1)))
    data = [np.array(DATA), np.array([[7], [5]])]
    path = tmp_path / "model.keras"
    model.save(path)
    expected = model.predict(data, verbose=0)
    assert np.array_equal(nn.models.load_model(path).predict(data, verbose=0), expected)
    found = {
        "layers/string_lookup": b"[UNK]\nd\nz\nc\nb\na",
        "layers/integer_lookup": b"-1\n7\n-3",
    }
    as_keras_writes(path, found)
    read = nn.models.load_model(path)
    assert np.array_equal(read.predict(data, verbose=0), expected)
    lookup = next(layer for layer in read.layers if isinstance(layer, StringLookup))
    lookup.adapt([["new"], ["words"]])  # it was learned, not given
    assert lookup.get_vocabulary() == ["[UNK]", "words", "new"]


def test_weights_of_tokens_of_another_mode_are_refused():
    with pytest.raises(ValueError, match="expects no weights of tokens"):
        StringLookup(vocabulary=["a"]).load_own_variables({"idf_weights": np.ones(2)})
    with pytest.raises(ValueError, match="expects weights of tokens"):
        StringLookup(output_mode="tf_idf").load_own_variables({})


def test_a_vocabulary_that_is_set_later_is_in_the_config_and_in_recorded_steps():
    layer = StringLookup(output_mode="tf_idf", vocabulary=["a", "b"], idf_weights=[1.0, 2.0])
    model = nn.Sequential([nn.Input((2,), dtype="string"), layer, Dense(1)])
    rows = np.array([["a", "b"], ["c", "d"]])
    before = model.predict(rows, verbose=0)
    layer.set_vocabulary(["c", "d"], idf_weights=[3.0, 1.0])
    after = model.predict(rows, verbose=0)
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(after, model(rows), rtol=1e-6)
    twin = StringLookup.from_config(layer.get_config())
    np.testing.assert_array_equal(twin(rows), layer(rows))
    layer.set_vocabulary(["c", "d", "e"], idf_weights=[3.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="expects inputs of width 3"):
        model.predict(rows, verbose=0)
