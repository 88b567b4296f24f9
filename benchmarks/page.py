"""Write the tables of the site's page on performance: ``python -m benchmarks.page``.

It reads ``benchmarks/results.json``, which ``python -m benchmarks --save benchmarks`` writes. A
table stands between ``<!-- fit -->``, or the name of another one, and ``<!-- end -->``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["PAGE", "filled", "tables"]

PAGE = Path(__file__).parents[1] / "docs" / "guides" / "performance.md"

_FIT = {
    "fit-titanic": "`fit` 10-100-100-2",
    "fit-digits": "`fit` 784-50-50-10",
    "fit-wide": "`fit` 784-512-512-10",
    "script": "a script of 10 epochs",
}
_TRAINERS = {
    "ours, machine code": "ours, machine code",
    "NumPy by hand": "NumPy by hand, preallocated buffers",
    "scikit-learn": "scikit-learn",
    "PyTorch, fused Adam": "PyTorch, fused Adam",
    "JAX, jitted, and optax": "JAX, jitted, and optax",
    "Keras on JAX": "Keras on JAX",
}
_LAYERS = {
    "layers-convnet": "convnet for digits",
    "layers-lstm": "LSTM over 20 steps",
    "layers-embedding": "embedding of 10,000 words",
    "layers-normalization": "BatchNormalization",
}
_LAYER_ENGINES = {
    "ours, machine code": "ours, machine code",
    "Keras on JAX": "Keras on JAX",
    "PyTorch, fused Adam": "PyTorch, fused Adam",
}
_GRADIENTS = {
    "chain": "1,000 multiply-adds of numbers",
    "rosenbrock": "Rosenbrock's function in 100 dimensions",
    "mlp-small-float32": "network 10-100-100-2, batch of 32, float32",
    "mlp-digits-float32": "network 784-50-50-10, batch of 32, float32",
    "mlp-digits": "… in float64",
    "rnn": "recurrent network, 30 steps",
    "pendulums": "10 pendulums, 200 steps",
}
_ENGINES = {
    "ours, jitted": "ours, jitted",
    "ours, machine code": "machine code",
    "JAX, jitted": "JAX, jitted",
    "HIPS autograd": "HIPS autograd",
    "MyGrad": "MyGrad",
    "PyTorch": "PyTorch",
    "by hand": "by hand",
}


def tables(results: Mapping[str, Any]) -> dict[str, str]:
    """Return the tables in Markdown by their names.

    Args:
        results: the contents of ``results.json``.
    """
    times = {name: found["times_ours"] for name, found in results["workloads"].items()}
    return {
        "fit": _table(times, _TRAINERS, _FIT, by_engine=True),
        "layers": _table(times, _LAYER_ENGINES, _LAYERS, by_engine=True),
        "gradients": _table(times, _ENGINES, _GRADIENTS, by_engine=False),
    }


def filled(text: str, results: Mapping[str, Any]) -> str:
    """Return a page with the tables of some results.

    Raises:
        ValueError: the page has no place for a table.
    """
    for name, table in tables(results).items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        text, count = place.subn(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text)
        if count != 1:
            raise ValueError(f"expected one place <!-- {name} --> … <!-- end -->, got {count}.")
    return text


def _table(
    times: Mapping[str, Mapping[str, float]],
    engines: Mapping[str, str],
    workloads: Mapping[str, str],
    *,
    by_engine: bool,
) -> str:
    """Return a table with a row for each engine, or for each workload."""
    keys = [(engine, workload) for engine in engines for workload in workloads]
    cells = {(e, w): _ratio(times.get(w, {}).get(e)) for e, w in keys}
    if by_engine:
        rows = [[label, *(cells[e, w] for w in workloads)] for e, label in engines.items()]
        columns: Sequence[str] = list(workloads.values())
    else:
        rows = [[label, *(cells[e, w] for e in engines)] for w, label in workloads.items()]
        columns = list(engines.values())
    head = ["times ours", *columns]
    rule = ["---", *["---:"] * len(columns)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def _ratio(value: float | None) -> str:
    """Write a ratio with two or three digits; nothing where an engine didn't run."""
    if value is None:
        return ""
    digits = 0 if value >= 20 else 1 if value >= 10 else 2 if value >= 0.095 else 3
    return f"{value:.{digits}f}"


def main() -> None:
    """Write the tables of the page."""
    folder = Path(__file__).parent
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
