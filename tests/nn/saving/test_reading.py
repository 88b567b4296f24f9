"""Errors while a file is read: which are explained, and which get a note."""

import zipfile
from io import BytesIO

import pytest

from nn.saving.reading import explaining, naming, read_member, reading


def notes(error):
    return getattr(error, "__notes__", [])


@pytest.mark.parametrize("error", [ValueError("clear"), TypeError("clear"), ImportError("clear")])
def test_errors_that_are_clear_get_a_note(error):
    with pytest.raises(type(error), match="clear") as caught, reading("a.npz"):
        raise error
    assert caught.value is error
    assert notes(error) == ["This happened while 'a.npz' was read."]


@pytest.mark.parametrize(
    "error", [KeyError("x"), OSError("x"), UnicodeDecodeError("utf8", b"", 0, 1, "x"), EOFError()]
)
def test_other_errors_are_those_of_a_broken_file(error):
    broken = pytest.raises(ValueError, match=r"expected 'a\.npz' to be a whole file")
    with broken as caught, reading("a.npz"):
        raise error
    assert type(error).__name__ in str(caught.value)
    assert "Write it again, or use a copy." in str(caught.value)
    assert caught.value.__cause__ is error


def test_an_explanation_has_what_was_expected():
    broken = pytest.raises(ValueError, match=r"expected a text, got a broken one: KeyError: 3\. Do")
    with broken, explaining("the text", "a text", "Do so."):
        raise KeyError(3)
    with explaining("the text", "a text", "Do so."):
        pass


@pytest.mark.parametrize(
    ("error", "is_noted"),
    [
        (ValueError("broken"), True),
        (TypeError("broken"), True),
        (ValueError("in 'a.npz'"), False),
        (KeyError("broken"), False),
    ],
)
def test_the_name_of_a_file_is_added_once(error, is_noted):
    with pytest.raises(type(error)), naming("a.npz"), naming("a.npz"):
        raise error
    assert notes(error) == ["This happened while 'a.npz' was read."] * is_noted


def test_members_of_an_archive(monkeypatch):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small", b"0123456789")
        archive.writestr("large", bytes(10**6))
    with zipfile.ZipFile(buffer) as archive:
        assert read_member(archive, "small") == read_member(archive, "small", 10) == b"0123456789"
        with pytest.raises(ValueError, match="expected at most 9 bytes of 'small', got 10"):
            read_member(archive, "small", 9)
        assert len(read_member(archive, "large")) == 10**6  # harmless
        monkeypatch.setattr("nn.saving.reading._HARMLESS", 10**5)
        with pytest.raises(ValueError, match="'large' to expand to at most 100 times"):
            read_member(archive, "large")
        with pytest.raises(
            ValueError, match=r"an archive with 'none' in it, got \['small', 'large"
        ):
            read_member(archive, "none")
