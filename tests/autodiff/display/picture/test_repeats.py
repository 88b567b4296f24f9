"""Repeated rounds of steps."""

from hypothesis import given
from hypothesis import strategies as st

from autodiff.display.picture.repeats import rounds


@given(st.text("abc", max_size=40))
def test_the_pieces_cover_the_text_and_rounds_repeat(text):
    pieces = list(rounds(text))
    assert "".join(text[at : at + length] * count for at, length, count in pieces) == text


@given(st.text("abc", min_size=1, max_size=5), st.integers(2, 9))
def test_a_repeated_text_is_one_piece(text, count):
    ((at, length, found),) = rounds(text * count)
    assert at == 0
    assert length * found == len(text) * count
    assert length <= len(text)
