"""Compiling kernels, with their machine code cached on disk where that is possible."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def njit(function: F) -> F:
    """Compile a kernel with Numba; the plain function when ``NUMBA_DISABLE_JIT=1``.

    The machine code is kept on disk for the next process. Where no cache directory can be written
    (a read-only installation without a home directory), the kernel is compiled anew in each process.

    Kernels are written ``kernel = njit(_kernel_py)``, so that the plain Python stays at hand for
    reading, for tests and for counting its operations. They run without the interpreter lock, so that threads
    can share the work.
    """
    try:
        compiled = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # Numba's way to say that it found no place for its cache
        compiled = numba.njit(nogil=True)(function)
    return cast(F, compiled)
