"""BLAS has one thread inside of a program whose products are small, and as many as before after."""

import threading

import numpy as np
import pytest

from autodiff.compiler.native.blas_threads import (
    _OneThread,
    one_thread,
    profits_from_one_thread,
)
from tests.autodiff.compiler.native.interpreted import native_module


class Library:
    """A library of BLAS."""

    def __init__(self, threads):
        self.threads = threads

    def get_num_threads(self):
        return self.threads

    def set_num_threads(self, threads):
        self.threads = threads


@pytest.fixture
def libraries():
    return [Library(2), Library(8)]


@pytest.fixture
def context(libraries):
    context = _OneThread()
    context._libraries = libraries
    return context


def threads(libraries):
    return [library.threads for library in libraries]


def test_the_number_is_restored_by_the_outermost_even_after_an_error(context, libraries):
    def fail():
        with context:
            with context:
                assert threads(libraries) == [1, 1]
            assert threads(libraries) == [1, 1]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert threads(libraries) == [2, 8]


def test_the_number_before_is_the_least_and_known_inside(context):
    assert context.before == 1
    with context:
        with context:
            assert context.before == 2
        assert context.before == 2
    assert _OneThread().before == 1


def test_libraries_are_found_only_outside(context, libraries):
    pytest.importorskip("threadpoolctl")
    with context:
        context.find_libraries()
        assert context._libraries == libraries
    context.find_libraries()
    assert not any(library in libraries for library in context._libraries)


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ([], False),
        ([1 << 19], False),
        ([1, (1 << 19) + 1, 2], True),
        ([1 << 21], True),
        ([1 << 20, (1 << 21) + 1], False),
    ],
)
def test_products_of_moderate_size_profit(products, expected):
    assert profits_from_one_thread(products) == expected


def test_the_last_of_several_threads_restores_the_number(context, libraries):
    inside, leave = threading.Event(), threading.Event()

    def work():
        with context:
            inside.set()
            leave.wait()

    other = threading.Thread(target=work)
    other.start()
    inside.wait()
    with context:
        pass
    assert threads(libraries) == [1, 1]
    leave.set()
    other.join()
    assert threads(libraries) == [2, 8]


@pytest.mark.parametrize(
    ("widths", "expected"),
    [((32, 784, 50), True), ((32, 10, 100), False), ((128, 784, 512), False)],
)
def test_products_of_middle_size_profit(widths, expected):
    rows, inner, columns = widths
    module, _ = native_module(np.matmul, np.ones((rows, inner)), np.ones((inner, columns)))
    assert module.products == [rows * inner * columns]
    assert profits_from_one_thread(module.products) is expected


def test_products_of_many_matrices_count_one_by_one():
    module, _ = native_module(np.matmul, np.ones((9, 4, 5)), np.ones((9, 5, 6)))
    assert module.products == [4 * 5 * 6]


def test_the_libraries_are_found_and_obey():
    pytest.importorskip("threadpoolctl")
    one_thread.find_libraries()
    before = [library.get_num_threads() for library in one_thread._libraries]
    with one_thread:
        assert all(library.get_num_threads() == 1 for library in one_thread._libraries)
    assert [library.get_num_threads() for library in one_thread._libraries] == before
