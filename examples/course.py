"""The whole course in one run: every exercise, its result, and whether its slopes agree.

    python examples/course.py

Pictures go into the folder ``pictures``. The exit code is 0 only if all slopes agree and all goals
were reached, such as 93 % of the digits.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# These networks are small: threads would wait for each other longer than they compute.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import chapter_1_forward
import chapter_2_slopes
import chapter_3_keras
import chapter_4_fine_tuning
import digits
from finding import PICTURES, Finding
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tqdm import tqdm

CHAPTERS = {
    "1 From inputs to a prediction": chapter_1_forward.EXERCISES,
    "2 Slopes": chapter_2_slopes.EXERCISES,
    "3 Building models": chapter_3_keras.EXERCISES,
    "4 Fine-tuning": chapter_4_fine_tuning.EXERCISES,
    "5 Digits": digits.EXERCISES,
}


def main() -> int:
    """Run the course, print the table, and return the exit code."""
    start = time.perf_counter()
    findings = run([exercise for exercises in CHAPTERS.values() for exercise in exercises])
    pictures = [path for finding in findings for path in finding.save_pictures()]
    console = Console() if sys.stdout.isatty() else Console(width=110)
    console.print(table_of(findings))
    console.print(summary(findings, pictures, time.perf_counter() - start), highlight=False)
    return 0 if all(finding.is_right for finding in findings) else 1


def run(exercises: Sequence[Callable[[], Finding]]) -> list[Finding]:
    """Run the exercises one after the other, with a progress bar in a terminal."""
    findings = []
    with tqdm(exercises, dynamic_ncols=True, leave=False, disable=None) as bar:
        for exercise in bar:
            bar.set_description(f"{exercise.__module__}: {exercise.__name__}".replace("_", " "))
            findings.append(exercise())
    return findings


def table_of(findings: Sequence[Finding]) -> Table:
    """Make a table of the questions, the results, and the steepest slope of each exercise."""
    table = Table(title="The course, exercise by exercise", title_justify="left")
    table.add_column("question", ratio=5)
    table.add_column("result", ratio=4)
    table.add_column("steepest slope", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for finding, following in zip(findings, [*findings[1:], None], strict=True):
        table.add_row(
            f"[bold]{escape(finding.name)}[/]\n{escape(finding.question)}",
            escape(finding.result),
            slopes_of(finding),
            verdict_on(finding),
            end_section=following is None or following.name[0] != finding.name[0],
        )
    return table


def slopes_of(finding: Finding) -> str:
    """Write the steepest entry of each of the three slopes, one below the other."""
    if finding.slopes is None:
        return ""
    ways = zip(("by hand", "autodiff", "nudging"), finding.slopes.steepest, strict=True)
    return "\n".join(f"{way:8} {value:10.4f}" for way, value in ways)


def verdict_on(finding: Finding) -> str:
    """Return in one word whether the slopes agree, or else whether the goal was reached."""
    if finding.slopes is not None and not finding.slopes.agree:
        return "[bold red]DISAGREE"
    if finding.reached is False:
        return "[bold red]MISSED"
    if finding.slopes is not None:
        return "[green]agree"
    return "" if finding.reached is None else "[green]reached"


def summary(findings: Sequence[Finding], pictures: Sequence[Path], seconds: float) -> str:
    """Summarize the course in a few lines."""
    slopes = [finding.slopes for finding in findings if finding.slopes is not None]
    wrong = [finding.name for finding in findings if not finding.is_right]
    agreeing = sum(slope.agree for slope in slopes)
    verdict = f"[bold red]wrong: {', '.join(wrong)}" if wrong else "[bold green]all right."
    return (
        f"Slopes by hand, by autodiff and by nudging (finite differences): {agreeing} of"
        f" {len(slopes)} agree.\nPictures, in {escape(str(PICTURES))}:"
        f" {', '.join(path.name for path in pictures)}.\n"
        f"{len(findings)} exercises in {seconds:.0f} seconds: {verdict}"
    )


if __name__ == "__main__":
    sys.exit(main())
