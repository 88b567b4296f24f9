"""Refused functions: those that don't accept traced values, each with an alternative.

One table, keyed by the public name. A test fails for a function of NumPy's namespaces that is
neither here nor in the registry.
"""

from __future__ import annotations

__all__ = ["OF_LISTS", "REFUSED"]

_CURES = {
    "It is about the environment, not about values: don't pass traced values.": """
        np.get_include np.get_printoptions np.set_printoptions np.printoptions np.getbufsize
        np.setbufsize np.geterr np.seterr np.geterrcall np.seterrcall np.errstate np.info
        np.show_config np.show_runtime np.test np.linalg.LinAlgError""",
    "It works on dtypes: pass t.dtype, and convert values with t.astype(dtype).": """
        np.isdtype np.issubdtype np.promote_types np.mintypecode np.typename np.datetime_data
        np.dtype np.finfo np.iinfo np.common_type""",
    "It reads or makes files and texts: pass t.numpy().": """
        np.load np.loadtxt np.genfromtxt np.fromfile np.fromregex np.save np.savez
        np.savez_compressed np.savetxt np.memmap np.fromstring np.base_repr np.binary_repr
        np.format_float_positional np.format_float_scientific ndarray.dump ndarray.dumps
        ndarray.tobytes ndarray.tofile""",
    "A dtype called on a traced value would drop its slope: write t.astype(dtype).": """
        np.bool np.bool_ np.byte np.bytes_ np.cdouble np.character np.clongdouble np.complex64
        np.complex128 np.complex256 np.complexfloating np.csingle np.datetime64 np.double
        np.flexible np.float16 np.float32 np.float64 np.float128 np.floating np.generic np.half
        np.inexact np.int8 np.int16 np.int32 np.int64 np.int_ np.intc np.integer np.intp np.long
        np.longdouble np.longlong np.number np.object_ np.short np.signedinteger np.single np.str_
        np.timedelta64 np.ubyte np.uint np.uint8 np.uint16 np.uint32 np.uint64 np.uintc np.uintp
        np.ulong np.ulonglong np.unsignedinteger np.ushort np.void np.record""",
    "It takes shapes, counts or positions, which are plain: pass t.shape, or t.numpy(), and leave "
    "like=t out.": """
        np.broadcast_shapes np.diag_indices np.empty np.eye np.identity
        np.indices np.mask_indices np.ones np.tri np.tril_indices
        np.triu_indices np.zeros np.ndindex np.broadcast np.ix_
        np.fft.fftfreq np.fft.rfftfreq np.bartlett np.blackman np.hamming np.hanning np.kaiser
        np.einsum_path np.isfortran np.arange""",
    "It makes an array of raw memory: use np.array([a, b]) or np.stack.": """
        np.frombuffer np.fromiter np.from_dlpack np.ndarray np.require np.recarray""",
    "It makes a matrix, which NumPy advises against: use arrays, np.block and the operator @.": """
        np.matrix np.asmatrix np.bmat""",
    "It iterates over raw memory: write a loop over t, or over np.ndindex(t.shape).": """
        np.nditer np.nested_iters np.flatiter""",
    "Use the coefficients in an array: np.polyval, np.polymul, np.polyder.": """
        np.poly1d""",
    "It counts, and counts have no slope: pass t.numpy(); np.bincount differentiates its "
    "weights.": """
        np.histogram np.histogram2d np.histogramdd np.histogram_bin_edges""",
    "It works on dates, which have no slope: pass t.numpy().": """
        np.busday_count np.busday_offset np.busdaycalendar np.datetime_as_string np.is_busday
        np.isnat""",
    "It makes functions of Python objects: use np.vectorize.": """
        np.frompyfunc np.ufunc""",
    "Use np.vstack, its name since NumPy 2.0.": "np.row_stack",
    "Use np.trapezoid, its name since NumPy 2.0.": "np.trapz",
    "Use np.isin, its name since NumPy 2.0.": "np.in1d",
    "It exposes the memory of an array: use t.numpy(), which is a copy.": """
        ndarray.base ndarray.byteswap ndarray.ctypes ndarray.data ndarray.flags
        ndarray.getfield ndarray.setfield ndarray.setflags ndarray.strides
        ndarray.view ndarray.newbyteorder ndarray.tostring""",
    "An array that changes its length in place can't be traced: use np.resize.": """
        ndarray.resize""",
    "NumPy 2 has only the function: use np.ptp(t), or t[index] = value.": """
        ndarray.ptp ndarray.itemset""",
}

REFUSED: dict[str, str] = {name: cure for cure, names in _CURES.items() for name in names.split()}
"""The refused names, each with a sentence about the alternative."""

OF_LISTS: dict[str, str] = dict.fromkeys(
    ("append", "clear", "count", "extend", "index", "insert", "pop", "remove", "reverse"),
    "A list of numbers among the arguments is one array: use np.append and the like, or pass "
    "arrays of one number.",
)
"""The methods of lists that arrays don't have, each with the same."""
