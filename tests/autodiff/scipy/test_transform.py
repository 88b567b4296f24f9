"""Rotations with slopes: values beside SciPy's, slopes beside finite differences, refusals."""

import copy

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.spatial.transform")
from autodiff.scipy.spatial import transform  # noqa: E402 - SciPy may be missing

R, Rotation = plain.Rotation, transform.Rotation
RNG = np.random.default_rng(1)
QUATS = RNG.normal(size=(3, 4))
VECTORS = RNG.normal(size=(3, 3))
AXES = np.linalg.qr(RNG.normal(size=(3, 3)))[0]

CONSTRUCTORS = {
    "from_quat": (lambda r, x: r.from_quat(x), QUATS),
    "scalar_first": (lambda r, x: r.from_quat(x, scalar_first=True), QUATS),
    "Rotation": (lambda r, x: r(x, scalar_first=True), QUATS),
    "from_matrix": (lambda r, x: r.from_matrix(x), RNG.normal(size=(3, 3)) + 3 * np.eye(3)),
    "of turned frames": (lambda r, x: r.from_matrix(x), R.random(40, rng=0).as_matrix()),
    "from_rotvec": (lambda r, x: r.from_rotvec(x), 2 * VECTORS),
    "of degrees": (lambda r, x: r.from_rotvec(x, degrees=True), 90 * VECTORS),
    "from_euler": (lambda r, x: r.from_euler("xyz", x), VECTORS),
    "of two axes": (lambda r, x: r.from_euler("ZX", x, degrees=True), 40 * VECTORS[:, :2]),
    "of one axis": (lambda r, x: r.from_euler("y", x), np.array(0.4)),
    "of one axis each": (lambda r, x: r.from_euler("y", x), VECTORS[:, :1]),
    "from_davenport": (lambda r, x: r.from_davenport(AXES, "intrinsic", x), VECTORS),
    "of moving axes": (lambda r, x: r.from_davenport(x, "e", 0.7), VECTORS[0]),
    "from_mrp": (lambda r, x: r.from_mrp(x), VECTORS),
    "concatenate": (lambda r, x: r.concatenate([r.from_quat(x), R.identity()]), QUATS),
}  # fmt: skip

METHODS = {
    "as_quat": lambda r: r.as_quat(canonical=True, scalar_first=True),
    "as_matrix": lambda r: r.as_matrix(),
    "as_rotvec": lambda r: r.as_rotvec(degrees=True),
    "as_euler": lambda r: r.as_euler("xyz"),
    "of the body": lambda r: r.as_euler("YZX", degrees=True),
    "symmetric": lambda r: r.as_euler("zxz"),
    "symmetric, of the body": lambda r: r.as_euler("XZX"),
    "as_davenport": lambda r: r.as_davenport(AXES, "extrinsic", degrees=True),
    "of the body's axes": lambda r: r.as_davenport(AXES[::-1], "i"),
    "about a mirrored axis": lambda r: r.as_davenport(AXES * [[1], [1], [-1]], "e"),
    "about two of them": lambda r: r.as_davenport(AXES[[0, 1, 0]], "i", degrees=True),
    "as_mrp": lambda r: r.as_mrp(),
    "magnitude": lambda r: r.magnitude(),
    "inv": lambda r: r.inv().as_quat(),
    "apply": lambda r: r.apply(VECTORS),
    "apply inverse": lambda r: r.apply([1.0, 2.0, 0.5], inverse=True),
    "product": lambda r: (r * r[0]).as_quat(),
    "product with SciPy's": lambda r: (R.from_euler("x", 0.3) * r).as_quat(),
    "power": lambda r: (r**0.4).as_quat(),
    "itself": lambda r: (r**1).as_quat(),
    "inverse power": lambda r: (r**-1).as_quat(),
    "mean": lambda r: r.mean(np.arange(1.0, 4.0)).as_matrix(),
    "mean of two": lambda r: r[:2].mean().as_matrix(),
    "reduce": lambda r: r.reduce(R.create_group("O")).as_quat(),
    "reduce from the right": lambda r: r.reduce(right=R.create_group("T")).as_quat(),
    "nearest in a group": lambda r: r.reduce(R.create_group("O"), return_indices=True)[0].as_quat(),
    "as_quat, plainly": lambda r: r.as_quat(),
    "canonical": lambda r: r.as_quat(canonical=True),
    "scalar first": lambda r: r.as_quat(scalar_first=True),
    "as_rotvec in radians": lambda r: r.as_rotvec(),
    "apply to one": lambda r: r.apply([1.0, 2.0, 0.5]),
    "product from the left": lambda r: (r[0] * r).as_quat(),
    "SciPy's power": lambda r: (r**-2).as_rotvec(),
    "mean without weights": lambda r: r.mean().as_quat(canonical=True),
    "concatenate": lambda r: type(r).concatenate([r, r.inv()]).as_matrix(),
    "index": lambda r: r[np.array([2, 0])].as_quat(),
    "slice": lambda r: r[1:].inv().as_matrix(),
    "iteration": lambda r: [one.magnitude() for one in r][1],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_constructors(name):
    make, x = CONSTRUCTORS[name]
    found = make(Rotation, ad.tensor(x))
    expected = make(R, x)
    np.testing.assert_allclose(found.as_quat().numpy(), expected.as_quat(), atol=1e-14)
    assert found.single == expected.single
    assert found.shape == expected.shape
    assert make(Rotation, x).as_quat().tolist() == expected.as_quat().tolist()
    x = x[:2] if name == "of turned frames" else x
    order = 2 if name in ("from_matrix", "from_rotvec") else 1
    ad.check_grads(lambda x: make(Rotation, x).as_quat(), x, order=order)


@pytest.mark.parametrize("name", METHODS)
def test_methods(name):
    method = METHODS[name]
    found = method(Rotation.from_quat(ad.tensor(QUATS)))
    np.testing.assert_allclose(found.numpy(), method(R.from_quat(QUATS)), atol=1e-13)
    alone = method(Rotation.from_quat(QUATS))
    np.testing.assert_array_equal(alone, method(R.from_quat(QUATS)))
    order = 2 if name in ("as_rotvec", "mean") else 1
    ad.check_grads(lambda x: method(Rotation.from_quat(x)), QUATS, order=order)


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_one_rotation(name):
    method, quat = METHODS[name], QUATS[0]
    try:
        expected = method(R.from_quat(quat))
    except (TypeError, ValueError, IndexError):  # one rotation has no parts
        with pytest.raises((TypeError, ValueError, IndexError)):
            method(Rotation.from_quat(ad.tensor(quat)))
        return
    found = method(Rotation.from_quat(ad.tensor(quat)))
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-13)
    np.testing.assert_array_equal(method(Rotation.from_quat(quat)), expected)


def test_places_in_groups_and_small_angles_are_scipys():
    ours, theirs = Rotation.from_quat(ad.tensor(QUATS)), R.from_quat(QUATS)
    left, right = R.create_group("T"), R.create_group("D3")
    for groups in ({"left": left}, {"right": right}, {"left": left, "right": right}):
        found, expected = (r.reduce(**groups, return_indices=True) for r in (ours, theirs))
        assert len(found) == len(expected) == 3
        np.testing.assert_allclose(found[0].as_quat().numpy(), expected[0].as_quat(), atol=1e-13)
        for place, other in zip(found[1:], expected[1:], strict=True):
            assert (place is None) == (other is None)
            if place is not None:
                np.testing.assert_array_equal(place, other)
    near = R.from_rotvec(0.02 * VECTORS) * theirs
    angles = (near * theirs.inv()).magnitude()
    above = 1.01 * angles[1]
    for atol, degrees in ((None, False), (above, False), (np.degrees(above), True)):
        expected = theirs.approx_equal(near, atol, degrees)
        np.testing.assert_array_equal(Rotation.from_quat(QUATS).approx_equal(near, atol, degrees),
                                      expected)  # fmt: skip
    one = Rotation.from_quat(ad.tensor(QUATS[0])).approx_equal(Rotation.from_quat(QUATS[0]))
    assert one.shape == np.shape(theirs[0].approx_equal(theirs[0]))
    with pytest.raises(NotImplementedError, match="power of rotations without modulus"):
        pow(ours, 2, 3)


def test_complex_numbers_make_no_rotation():
    with pytest.raises(TypeError, match=r"real numbers, got complex .*test_transform\.py:\d+"):
        Rotation.from_rotvec(ad.tensor(np.full((2, 3, 3), 1 + 1j)))


@pytest.mark.parametrize("seq", ["xyz", "XYZ", "zxz", "ZYZ"])
@pytest.mark.filterwarnings("ignore:Gimbal lock")
def test_angles_where_two_axes_are_parallel_are_those_of_scipy(seq):
    middles = (0.0, np.pi) if seq[0] == seq[2] else (-np.pi / 2, np.pi / 2)
    angles = np.array([[0.3, middle, -0.8] for middle in middles])
    quat = R.from_euler(seq, angles).as_quat()
    found = Rotation.from_quat(ad.tensor(quat)).as_euler(seq).numpy()
    np.testing.assert_allclose(found, R.from_quat(quat).as_euler(seq), atol=1e-7)
    slope = ad.grad(lambda q: Rotation.from_quat(q).as_euler(seq).sum())(quat)
    assert np.isfinite(slope).all()


@pytest.mark.slow
def test_the_identity_is_a_smooth_point():
    def there_and_back(x):
        return Rotation.from_rotvec(x).as_rotvec()

    for x in (np.zeros(3), np.full(3, 1e-4), np.array([0.0, 5e-4, 1e-3])):
        np.testing.assert_allclose(ad.jacobian(there_and_back)(x), np.eye(3), atol=1e-11)
    curved = ad.hessian(lambda x: Rotation.from_rotvec(x).as_matrix()[0, 0])(np.zeros(3))
    np.testing.assert_allclose(curved, np.diag([0.0, -1.0, -1.0]), atol=1e-15)  # cos of an angle
    third = ad.jvp(lambda x: ad.hessian(lambda x: there_and_back(x)[0])(x), (np.zeros(3),), (x,))[1]
    np.testing.assert_allclose(third, np.zeros((3, 3)), atol=1e-15)


def test_a_rotation_moves_a_point_about_its_axis():
    slope = ad.jacobian(lambda v: Rotation.from_rotvec(v).apply([1.0, 2.0, 3.0]))(np.zeros(3))
    np.testing.assert_allclose(slope, [[0, 3, -2], [-3, 0, 1], [2, -1, 0]], atol=1e-15)


def test_vectors_have_slopes_under_a_plain_rotation():
    rotation = Rotation.from_euler("xyz", [0.1, 0.2, 0.3])
    jacobian = ad.jacobian(rotation.apply)(VECTORS[0])
    np.testing.assert_allclose(jacobian, rotation.as_matrix(), rtol=1e-14)
    power = ad.jacobian(lambda n: (rotation**n).as_rotvec())(0.3)
    np.testing.assert_allclose(power, rotation.as_rotvec(), rtol=1e-13)


@pytest.mark.slow
def test_two_sets_of_vectors_are_aligned():
    a, w = VECTORS, np.arange(1.0, 4.0)
    b = R.from_euler("xyz", [0.3, -0.4, 0.9]).apply(a) + 0.1 * RNG.normal(size=a.shape)
    rotation, distance = Rotation.align_vectors(*map(ad.tensor, (a, b, w)))
    expected, residual = R.align_vectors(a, b, w)
    np.testing.assert_allclose(rotation.as_quat().numpy(), expected.as_quat(), atol=1e-13)
    assert distance.item() == pytest.approx(residual)

    def parts(a, b, w):
        rotation, distance = Rotation.align_vectors(a, b, w)
        return rotation.as_quat(), distance

    ad.check_grads(parts, a, b, w, order=1)
    for vectors, options in ((a[:1], {}), (a, {"return_sensitivity": True})):
        with pytest.raises(NotImplementedError, match="two pairs of vectors or more"):
            Rotation.align_vectors(ad.tensor(vectors), b[: len(vectors)], **options)


@pytest.mark.slow
def test_weights_of_a_mean_have_slopes():
    rotations = Rotation.from_quat(QUATS)
    ad.check_grads(lambda w: rotations.mean(w).as_matrix(), np.arange(1.0, 4.0))


@pytest.mark.slow
def test_entries_are_replaced():
    def edited(x):
        rotations = Rotation.from_quat(QUATS)
        rotations[1] = Rotation.from_rotvec(x)
        return rotations.as_matrix()

    assert ad.jacobian(edited)(np.ones(3))[[0, 2]].any() == 0
    ad.check_grads(edited, np.ones(3))


@pytest.mark.slow
def test_interpolation_between_rotations():
    times, at = np.array([0.0, 1.0, 2.5]), np.array([0.0, 0.4, 1.0, 1.7, 2.5])

    def between(times, quats, at):
        return transform.Slerp(times, Rotation.from_quat(quats))(at).as_matrix()

    found = between(*map(ad.tensor, (times, QUATS[:3], at))).numpy()
    expected = plain.Slerp(times, R.from_quat(QUATS[:3]))(at).as_matrix()
    np.testing.assert_allclose(found, expected, atol=1e-14)
    ad.check_grads(between, times, QUATS[:3], np.array([0.3, 1.6]), order=1)
    alone = transform.Slerp(times, R.from_quat(QUATS[:3]))
    np.testing.assert_array_equal(alone(at).as_matrix(), expected)
    assert alone(0.3).single
    rate = ad.jacobian(lambda t: alone(t).as_quat())(0.3)  # at a constant rate about one axis
    assert rate.shape == (4,)
    assert 2 * np.linalg.norm(rate) == pytest.approx(np.linalg.norm(alone.rotvecs[0]))
    with pytest.raises(ValueError, match="within those of the rotations"):
        alone(ad.tensor(3.0))


@pytest.mark.slow
def test_a_jitted_function_agrees():
    def end(quat, seq):
        rotation = Rotation.from_quat(quat)
        return (rotation * rotation.mean()).as_euler("xyz"), rotation.apply(seq)

    fast = ad.jit(end)
    for quats in (QUATS, QUATS[::-1].copy()):
        for a, b in zip(fast(quats, VECTORS), end(quats, VECTORS), strict=True):
            np.testing.assert_allclose(np.abs(a), np.abs(b), atol=1e-13)
    with pytest.raises(ValueError, match="aren't zero"):
        fast(0 * QUATS, VECTORS)


def test_constants_of_a_rotation_are_plain():
    rotation = Rotation.from_quat(ad.tensor(QUATS))
    assert len(rotation) == len(list(rotation)) == 3
    assert isinstance(rotation, R)
    assert copy.deepcopy(Rotation.from_quat(QUATS)).shape == (3,)
    assert Rotation.create_group("T").approx_equal(R.create_group("T")).all()
    assert rotation.approx_equal(R.from_quat(QUATS)).all()
    assert isinstance(Rotation.identity(), Rotation)
    assert isinstance(Rotation.random(3, rng=0), Rotation)


def test_a_traced_rotation_never_becomes_a_constant():
    rotation = Rotation.from_quat(ad.tensor(QUATS))
    for use in (
        lambda: plain.RotationSpline(np.arange(3.0), rotation),
        lambda: plain.Slerp(np.arange(3.0), rotation)(0.5).as_quat() + 0,
        lambda: plain.RigidTransform.from_rotation(rotation),
    ):
        with pytest.raises((TypeError, ValueError, NotImplementedError)):
            use()


@pytest.mark.parametrize("wrong", [np.ones((2, 2)), np.diag([1.0, 1.0, -1.0])])
def test_what_is_no_rotation_is_refused(wrong):
    with pytest.raises(ValueError, match=r"shape|determinant"):
        Rotation.from_matrix(ad.tensor(wrong))
    with pytest.raises(ValueError, match="shape"):
        Rotation.identity().apply(ad.tensor([1.0, 2.0]))
    with pytest.raises(TypeError):
        Rotation.from_quat(ad.tensor(QUATS)) * 2
