"""A display that hasn't run yet says what to write."""

import functools

import pytest

import autodiff as ad


def required(a, /, b, *more, c, d=1, **others):
    return a * b * c * d + sum(more) + sum(others.values())


@pytest.mark.parametrize("reader", ["draw", "explain", "show", "quiz", "first_nonfinite"])
def test_the_call_to_write_has_the_parameters_that_are_required(reader):
    start = required.__code__.co_firstlineno
    display = getattr(ad, reader)
    assert repr(display(required)) == (
        f"<{reader} of required (test_deferred.py:{start}), not run yet: "
        f"write ad.{reader}(required)(a, b, *more, c)>"
    )
    assert repr(display(max)).endswith(f"write ad.{reader}(max)(...)>")  # it has no signature


@pytest.mark.parametrize("reader", ["draw", "explain", "show", "quiz"])
def test_anything_but_a_function_or_a_tensor_is_refused(reader):
    with pytest.raises(
        TypeError, match=rf"a function or a Tensor for ad\.{reader}, got float 3\.0"
    ):
        getattr(ad, reader)(3.0)


def test_a_tensor_is_displayed_at_once():
    z = ad.tensor(2.0) * 3.0
    assert repr(ad.draw(z)).startswith("<Drawing of z = 6")
    assert repr(ad.explain(z)).startswith("<Explanation of ∂z/∂")
    assert repr(ad.quiz(z)).startswith("<quiz about z:")


def test_a_display_keeps_what_a_function_says_of_itself(tmp_path):
    deferred = ad.draw(required)
    assert deferred.__wrapped__ is required
    assert deferred.__name__ == "required"
    drawing = deferred(2.0, 3.0, c=4.0)
    assert drawing.title == "required = 24"
    assert deferred.text(2.0, 3.0, c=4.0) == drawing.text()
    assert ad.explain(required)(2.0, 3.0, c=4.0).formulas["a"] == "4 · b"
    assert drawing.save(tmp_path / "page.html").read_text(encoding="utf-8").count("required") > 1
    assert "write ad.draw(f)(b, *more, c)>" in repr(ad.draw(functools.partial(required, 1)))
