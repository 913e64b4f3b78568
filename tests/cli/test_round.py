"""``lemmata round``: files in, a verified file out, and nothing lost when something is wrong."""

import json

import numpy as np
import pytest

from lemmata.cli import main
from lemmata.discrepancy import Rounding, verify_rounding


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    matrix, x = rng.standard_normal((3, 50)), rng.random(50)
    np.save(tmp_path / "a.npy", matrix.astype(np.float32))
    np.save(tmp_path / "x.npy", x)
    return tmp_path, matrix.astype(np.float32), x


def call(folder, *options, matrix="a.npy", point="x.npy"):
    return main(["round", str(folder / point), str(folder / matrix), "-o", str(folder / "y.npy"), *options])


def test_the_file_holds_a_vertex(files, capsys):
    folder, matrix, x = files
    assert call(folder) == 0
    assert "50 coordinates, 3 constraints: 3 left fractional" in capsys.readouterr().out
    y = np.load(folder / "y.npy")
    fractional = np.flatnonzero((y > 0) & (y < 1))
    assert verify_rounding(Rounding(y, fractional, np.zeros(3)), x, matrix)
    assert call(folder, "--unbiased", "--rng", "1", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["coordinates"] == 50
    assert len(summary["fractional"]) == 3
    assert not np.array_equal(np.load(folder / "y.npy"), y)


def test_bad_input_is_named_and_the_old_file_stays(files, capsys):
    folder, _, x = files
    (folder / "y.npy").write_bytes(b"old")
    np.save(folder / "bad.npy", x + 1)
    np.save(folder / "objects.npy", np.array([{}], dtype=object))
    (folder / "text.npy").write_text("no array")
    for point, message in (
        ("bad.npy", "x must be in [0, 1] (x[0] ="),
        ("none.npy", "there is no file"),
        ("objects.npy", "is not a .npy file of numbers"),
        ("text.npy", "is not a .npy file of numbers"),
        ("a.npy", "x must be one-dimensional (got shape (3, 50))"),
    ):
        assert call(folder, point=point) == 2
        assert message in capsys.readouterr().err
    assert (folder / "y.npy").read_bytes() == b"old"
    assert main(["round", "a", "b", "-o", str(folder / "nowhere" / "y.npy")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == [
        "a.npy",
        "bad.npy",
        "objects.npy",
        "text.npy",
        "x.npy",
        "y.npy",
    ]
