"""Benchmarks: ours, hand-written NumPy and the peers, side by side in one run.

``python -m benchmarks`` runs every workload; ``python -m benchmarks --help`` lists the options.
The peers come with ``pip install --group bench -e .``; missing ones are left out and named.

To add a workload, write a small file in ``benchmarks/workloads``: the same work once per engine.
Each engine returns an output that is checked before anything is timed.
"""
