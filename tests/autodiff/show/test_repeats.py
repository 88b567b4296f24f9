"""Rounds that come several times in a row."""

from hypothesis import given
from hypothesis import strategies as st

from autodiff.show.repeats import rounds


@given(st.text("abc", max_size=40))
def test_the_pieces_are_the_whole_and_what_repeats_does(text):
    pieces = list(rounds(text))
    assert "".join(text[at : at + length] * count for at, length, count in pieces) == text


@given(st.text("abc", min_size=1, max_size=5), st.integers(2, 9))
def test_a_repeated_text_is_one_piece(text, count):
    ((at, length, found),) = rounds(text * count)
    assert at == 0
    assert length * found == len(text) * count
    assert length <= len(text)
