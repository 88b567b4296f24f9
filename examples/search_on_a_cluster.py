# %% [markdown]
"""# Search on a cluster.

The search of `search.py`, with the trainings spread over the workers of a Dask cluster. Here these
are processes of this machine; with the address of a scheduler, they are those of other machines,
and nothing else changes: `python search_on_a_cluster.py tcp://scheduler:8786`.

It needs `pip install "dask[distributed]"`, on each machine beside `slopes[sklearn]`.
"""

# %%
import sys

import joblib
from dask.distributed import Client, LocalCluster
from search import search

# %% [markdown]
# ## One line around the search
#
# Scikit-learn leaves all that may run in parallel to joblib, and joblib to its backend. A worker
# has one thread: two trainings in threads of one process would wait for each other.


# %%
def search_by(client: Client, rows: int = 4000, least: int = 150) -> float:
    """Search on the workers of a client, and return the best score; see `search`."""
    with joblib.parallel_backend("dask", client=client):
        return float(search(rows, least, processes=-1).best_score_)


def local_cluster(workers: int = 2) -> LocalCluster:
    """Start workers on this machine, without a page that shows them."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, processes=True
    )


# %%
if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(f"{search_by(Client(sys.argv[1])):.1%} of the digits are right")
    else:
        with local_cluster() as cluster, Client(cluster) as local:
            print(f"{search_by(local):.1%} of the digits are right")
