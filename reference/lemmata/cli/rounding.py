"""``lemmata round``: round a point to a vertex, from files to a file."""

import argparse
import json
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from lemmata.report.atomic import check_writable, write_atomically


def run(arguments: argparse.Namespace) -> int:
    """Read, round, verify, write; return the exit status."""
    from lemmata.discrepancy import RoundingError, round_to_vertex, verify_rounding  # noqa: PLC0415 - compiles

    try:
        check_writable(arguments.output)
        matrix, x = _read(arguments.matrix), _read(arguments.point)
        started = time.perf_counter()
        rounding = round_to_vertex(x, matrix, unbiased=arguments.unbiased, rng=arguments.rng)
        seconds = time.perf_counter() - started
        certificate = verify_rounding(rounding, x, matrix)
    except (OSError, ValueError, TypeError, RoundingError) as error:
        print(f"lemmata: {error}", file=sys.stderr)
        return 2
    if not certificate:
        print(f"lemmata: the rounding is not certified ({certificate}); please report this", file=sys.stderr)
        return 3
    try:
        write_atomically(arguments.output, _as_npy(rounding.values))
    except OSError as error:
        print(f"lemmata: {arguments.output} was not written: {error}", file=sys.stderr)
        return 3
    summary = {
        "coordinates": len(rounding.values),
        "constraints": int(matrix.shape[0]),
        "fractional": rounding.fractional.tolist(),
        "largest_residual_over_tolerance": certificate.largest_ratio,
        "seconds": round(seconds, 3),
    }
    if arguments.json:
        print(json.dumps(summary))
    else:
        left = len(rounding.fractional)
        print(
            f"{len(rounding.values)} coordinates, {matrix.shape[0]} constraints: {left} left fractional, "
            f"residual at most {certificate.largest_ratio:.1e} of its tolerance, {seconds:.2f} s"
        )
        print(f"wrote {arguments.output}")
    return 0


def _read(path: str) -> Any:
    """An array from a ``.npy`` file, as a memory map; never a pickle, which could run code."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path} is not a .npy file of numbers ({error})") from error


def _as_npy(values: np.ndarray) -> bytes:
    buffer = BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()
