"""Training on several processes, over MPI.

A script that trains a model needs one line more, and `mpiexec` starts it several times::

    nn.distribution.set_distribution(nn.distribution.DataParallel())
    model.fit(x, y, batch_size=512)  # the rest of the script stays as it is

    $ mpiexec -n 4 python train.py

Each process computes the slopes of its share of every batch; their sum is what one process would
have computed. Without mpi4py, and in a process started alone, nothing changes.

>>> distribution = DataParallel()
>>> distribution.size, distribution.rank
(1, 0)
"""

from nn.distribution.data_parallel import DataParallel, distribution, set_distribution
from nn.distribution.sharing import is_main

__all__ = ["DataParallel", "distribution", "is_main", "set_distribution"]
