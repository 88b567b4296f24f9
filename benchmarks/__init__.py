"""Benchmarks: ours, hand-written NumPy and the peers, side by side in one run.

``python -m benchmarks`` runs every workload; ``python -m benchmarks --help`` says how to choose.
The peers come with ``pip install "slopes[bench]"``; one that is missing is left out and named.

To add a workload, write a small file in ``benchmarks/workloads``: the same work once per engine,
each answering something that is checked before anything is timed.
"""
