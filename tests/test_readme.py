"""The README tells the truth: its examples run, and it has its two commands."""

import doctest
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_its_examples_answer_what_it_says():
    outcome = doctest.testfile(
        str(README), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert outcome.attempted > 20
    assert outcome.failed == 0


def test_it_has_two_commands_of_one_line_each():
    commands = re.findall(r"^```sh\n(.*?)```$", README.read_text(encoding="utf-8"), re.M | re.S)
    assert [command.count("\n") for command in commands] == [1, 1]
    assert all("-m venv" in command for command in commands)


def test_what_it_links_to_exists():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists(), target
