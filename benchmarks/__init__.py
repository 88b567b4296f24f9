"""Benchmarks: ours, hand-written NumPy and the peers, side by side in one run.

``python -m benchmarks`` runs every workload; ``python -m benchmarks --help`` says how to choose.
The peers come with ``pip install "slopes[bench]"``; one that is missing is skipped and named.

To add a workload, write a small file in ``benchmarks/workloads``: the same mathematics once per
engine, each answering its gradient, which is compared before anything is timed.
"""
