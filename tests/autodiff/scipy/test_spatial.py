"""scipy.spatial with slopes: worked examples, ties, metrics of the user, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

plain = pytest.importorskip("scipy.spatial")
from autodiff.scipy import spatial  # noqa: E402 - SciPy may be missing
from autodiff.scipy.spatial import distance  # noqa: E402

A = np.array([[0.0, 0.0], [3.0, 4.0]])
B = np.array([[3.0, 0.0]])
WEIGHED = [
    "cosine", "correlation", "euclidean", "sqeuclidean", "minkowski", "canberra", "braycurtis",
]  # fmt: skip


def test_the_slope_of_a_distance_is_a_unit_vector():
    slope = ad.grad(lambda a: distance.cdist(a, B)[0, 0])(A)
    np.testing.assert_allclose(slope, [[-1.0, 0.0], [0.0, 0.0]])
    slope = ad.grad(lambda a: distance.pdist(a)[0])(A)
    np.testing.assert_allclose(slope, [[-0.6, -0.8], [0.6, 0.8]])


@pytest.mark.slow
def test_a_kernel_of_gaussian_processes():
    def kernel(a, scale):
        return np.exp(-distance.cdist(a / scale, a / scale, "sqeuclidean") / 2)

    ad.check_grads(kernel, A, 2.0)


@pytest.mark.parametrize("metric", ["euclidean", "seuclidean", "minkowski", "jensenshannon"])
def test_equal_points_have_distance_zero_and_slope_zero(metric):
    rows = np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 1.5]])
    slope = ad.grad(lambda a: distance.pdist(a, metric)[0])(rows)
    np.testing.assert_array_equal(slope, np.zeros((3, 2)))


def test_a_cosine_distance_that_is_rounded_is_not_negative_and_keeps_its_slopes():
    directions = np.random.default_rng(0).normal(size=(50, 3))
    far = [distance.cosine(ad.tensor(u), 1.1 * u).numpy() for u in directions]
    near = [plain.distance.cosine(u, 1.1 * u) for u in directions]
    assert min(far) == min(near) == 0
    unit = np.array([0.6, 0.8])
    curvature = ad.hessian(lambda u: distance.cosine(u, unit))(unit)
    np.testing.assert_allclose(curvature, np.eye(2) - np.outer(unit, unit), atol=1e-15)


def test_a_canberra_distance_of_two_vectors_leaves_nan_out():
    u, v = np.array([np.nan, 1.0]), np.array([1.0, 3.0])
    assert distance.canberra(u, ad.tensor(v)) == plain.distance.canberra(u, v) == 0.5
    np.testing.assert_array_equal(distance.cdist([u], ad.tensor([v]), "canberra").numpy(), np.nan)


def test_large_coordinates_keep_their_digits():
    far = 1e6 + np.array([[0.0, 0.0], [3e-3, 4e-3]])
    slope = ad.grad(lambda a: distance.pdist(a)[0])(far)
    exact = (far[1] - far[0]) / np.linalg.norm(far[1] - far[0])
    np.testing.assert_allclose(slope, [-exact, exact], rtol=1e-12)


def test_a_metric_may_be_a_function():
    def metric(u, v):
        return np.sum((u - v) ** 4)

    np.testing.assert_allclose(distance.cdist(ad.tensor(A), B, metric).numpy(), [[81.0], [256.0]])
    ad.check_grads(lambda a: distance.pdist(a, metric), A)


@pytest.mark.slow
def test_parameters_are_estimated_from_the_points():
    rows = np.random.default_rng(0).normal(size=(5, 2))
    for metric in ("seuclidean", "mahalanobis"):
        traced = distance.cdist(ad.tensor(rows), rows[:2], metric).numpy()
        np.testing.assert_allclose(traced, plain.distance.cdist(rows, rows[:2], metric))
        ad.check_grads(lambda a, m=metric: distance.pdist(a, m), rows)


@pytest.mark.parametrize(
    "name", ["sqe", "E", "cheby", "cb", "co", "cos", "h", "mahal", "pnorm", "js", "s"]
)
def test_short_names_are_known(name):
    rows = np.random.default_rng(0).uniform(0.5, 1, (4, 2))
    traced = distance.pdist(ad.tensor(rows), name).numpy()
    np.testing.assert_allclose(traced, plain.distance.pdist(rows, name))


def test_the_two_forms_are_checked_as_in_scipy():
    with pytest.raises(ValueError, match="symmetric"):
        distance.squareform(ad.tensor([[0.0, 1.0], [2.0, 0.0]]))
    assert distance.num_obs_y(ad.tensor(np.ones(3))) == 3
    assert distance.is_valid_dm(ad.tensor(np.zeros((2, 2)))) is True


def test_the_farthest_neighbor():
    d, i, j = distance.directed_hausdorff(ad.tensor(A), B)
    assert (d.item(), i.item(), j.item()) == (4.0, 1, 0)


@pytest.mark.slow
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=2, max_size=9), st.data())
def test_which_of_several_farthest_neighbors_is_scipys_choice(points, data):
    count = data.draw(st.integers(1, len(points) - 1))
    u, v = np.array(points[:count], float), np.array(points[count:], float)
    expected = plain.distance.directed_hausdorff(u, v)
    assert ad.jit(lambda u: distance.directed_hausdorff(u, v))(u) == expected


@pytest.mark.parametrize("name", ["dice", "jaccard", "yule"])
def test_truth_values_are_refused(name):
    with pytest.raises(NotImplementedError, match="compares truth values"):
        getattr(distance, name)(ad.tensor(A[0]), A[1])
    with pytest.raises(NotImplementedError, match="compares truth values"):
        distance.cdist(ad.tensor(A), B, name)


def test_vectors_are_needed():
    with pytest.raises(ValueError, match=r"two vectors, got shapes \(2, 2\)"):
        distance.euclidean(ad.tensor(A), B)
    with pytest.raises(ValueError, match=r"rows are points, got shape \(2,\)"):
        distance.pdist(ad.tensor(A[0]))


def test_procrustes_names_the_replacement():
    with pytest.raises(NotImplementedError, match="orthogonal_procrustes"):
        spatial.procrustes(ad.tensor(A), A)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.int8])
@pytest.mark.parametrize(
    "metric", ["euclidean", "sqeuclidean", "minkowski", "chebyshev", "hamming"]
)
def test_dtypes_of_distances_are_those_of_scipy(metric, dtype):
    rows = (np.arange(6.0).reshape(3, 2) ** 2).astype(dtype)
    t = ad.tensor(rows * 1.0).astype(dtype)
    for ours, theirs in (
        (distance.pdist(t, metric), plain.distance.pdist(rows, metric)),
        (distance.cdist(t, rows, metric), plain.distance.cdist(rows, rows, metric)),
        (getattr(distance, metric)(t[0], t[1]), getattr(plain.distance, metric)(*rows[:2])),
    ):
        assert ours.dtype == np.asarray(theirs).dtype
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.bool, np.float16])
@pytest.mark.parametrize("name", WEIGHED)
def test_weighed_distances_of_narrow_numbers_are_those_of_scipy(name, dtype):
    narrow, w = np.array([124, 0, 110], dtype), np.array([1.5, 0.25, 2.0])
    numbers, p = np.array([1.5, 0.4, 0.7]), {"p": 3} if name == "minkowski" else {}
    others = [] if dtype == np.bool else [np.array([3, 96, 12], dtype)]  # NumPy subtracts no bools
    for other in (numbers, *others):
        expected = getattr(plain.distance, name)(narrow, other, w=w, **p)
        ours = getattr(distance, name)(narrow, other, w=ad.tensor(w), **p)
        assert ours.dtype == np.asarray(expected).dtype
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-12)
    expected = getattr(plain.distance, name)(narrow, numbers, w=w, **p)
    for ours in (
        getattr(distance, name)(narrow, ad.tensor(numbers), w=w, **p),
        distance.cdist([narrow], ad.tensor([numbers]), name, w=w, **p)[0, 0],
    ):
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("options", [{}, {"base": 2}, {"base": 2, "keepdims": True}])
@pytest.mark.parametrize("shape", [(3,), (3, 2)])
def test_dtypes_of_the_jensen_shannon_distance_are_those_of_scipy(dtype, options, shape):
    p = np.arange(1.0, 1 + np.prod(shape)).reshape(shape).astype(dtype)
    ours = distance.jensenshannon(ad.tensor(p), p[::-1], **options)
    theirs = np.asarray(plain.distance.jensenshannon(p, p[::-1], **options))
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-3)
    assert ours.dtype == theirs.dtype


@pytest.mark.parametrize("shape", [(2, 3), (3, 1), (2, 3, 3), ()])
def test_an_inverse_covariance_has_a_row_for_each_coordinate(shape):
    x, VI = np.arange(6.0).reshape(2, 3), ad.tensor(np.ones(shape))
    for find in (lambda: distance.pdist(x, "mahalanobis", VI=VI),
                 lambda: distance.cdist(x, x, "mahalanobis", VI=VI)):  # fmt: skip
        with pytest.raises(ValueError, match=r"inverse covariance VI of shape \(3, 3\), got"):
            find()
