from nn import Sequential
from nn.layers import Dense, Flatten


def summary(model):
    lines = []
    model.summary(print_fn=lines.append)
    return "\n".join(lines)


def test_it_lists_layers_shapes_and_numbers():
    model = Sequential(
        [Flatten(input_shape=(28, 28), name="flat"), Dense(50, name="hidden", trainable=False)],
        name="digits",
    )
    model.add(Dense(10, name="scores"))
    text = summary(model)
    assert "Model: digits" in text
    assert "flat (Flatten)  (None, 784)            0" in text
    assert "hidden (Dense)  (None, 50)        39,250" in text
    assert text.endswith("Parameters: 39,760 (155.3 KB), of which 510 are trainable")


def test_what_is_unknown_is_marked():
    text = summary(Sequential([Dense(50, name="hidden")]))
    assert "hidden (Dense)  ?" in text
    assert "unknown until" in text


def test_it_prints_by_itself(capsys):
    Sequential([Dense(1, input_dim=1)]).summary()
    assert "Parameters: 2 (8 B)" in capsys.readouterr().out
