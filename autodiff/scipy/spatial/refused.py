"""Functions of ``scipy.spatial`` that don't accept traced values, each with an alternative."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It finds neighbors or faces by their numbers, which have no slope: pass t.numpy(), and "
    "compute distances and areas of the points that it finds.": """
        ConvexHull Delaunay HalfspaceIntersection KDTree Rectangle SphericalVoronoi Voronoi cKDTree
        tsearch""",
    "It draws a picture: pass t.numpy().": """
        convex_hull_plot_2d delaunay_plot_2d voronoi_plot_2d""",
    "Use autodiff.scipy.linalg.orthogonal_procrustes of points that are centered and scaled.": """
        procrustes""",
    "Use (np.sin((1 - t) * a) * start + np.sin(t * a) * end) / np.sin(a), with the angle a between "
    "start and end.": "geometric_slerp",
    "It isn't a function: don't pass traced values.": "QhullError",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The names, each with a sentence about the alternative."""
