"""The sampler of faults: what it draws can be drawn again, every fault is one, and nothing is left behind."""

import ast
import json
import sys
from pathlib import Path

import pytest
from reliability import mutation, relevance
from reliability.faults import Fault, faults_of, find_faults, sample
from reliability.mutation import Copy, Results, Stage, stages, summary

PACKAGES = ["hamming", "discrepancy", "quantization"]

SOURCE = b'''"""A docstring: 1 < 2."""
from typing import Literal
__all__ = ["f"]
SIZE: Literal[3] = 3


def f(x: int | None, y: "tuple[int, 4]" = 5) -> int | float:
    """Another, with 7."""
    if x < y and not x:
        raise ValueError(f"x = {x + 1}")
    for i in range(1, y):
        x += max(x, y)
    return x[1:y] if x is not None else x
'''


def planted(source, fault):
    return fault.planted(source).decode()


def test_the_faults_of_a_small_file():
    found = {(fault.line, fault.kind, fault.old, fault.new) for fault in faults_of(SOURCE, "f.py")}
    assert found == {
        (4, "constant", "3", "4"),
        (4, "constant", "3", "2"),
        (7, "constant", "5", "6"),
        (7, "constant", "5", "4"),
        (9, "condition negated", "x < y and not x", "not (x < y and not x)"),
        (9, "comparison negated", "<", ">="),
        (9, "comparison at its boundary", "<", "<="),
        (9, "and and or", "and", "or"),
        (9, "not removed", "not x", "(x)"),
        (10, "refusal dropped", 'raise ValueError(f"x = {x + 1}")', "pass"),
        (11, "range", "1", "(1) + 1"),
        (11, "range", "y", "(y) - 1"),
        (11, "constant", "1", "2"),
        (11, "constant", "1", "0"),
        (12, "statement dropped", "x += max(x, y)", "pass"),
        (12, "arithmetic", "+=", "-="),
        (12, "swapped function", "max", "min"),
        (13, "argument returned", "x[1:y] if x is not None else x", "x"),
        (13, "comparison negated", "is not", "is"),
        (13, "slice", "1", "(1) + 1"),
        (13, "slice", "y", "(y) - 1"),
        (13, "constant", "1", "2"),
        (13, "constant", "1", "0"),
    }


@pytest.fixture(scope="module")
def everything(root):
    return {package: find_faults(root, package) for package in PACKAGES}


def test_a_sample_is_a_function_of_its_seed(everything):
    first = sample(everything, 150, 7)
    assert first == sample(everything, 150, 7)
    assert len(set(first)) == 150
    assert first != sample(everything, 150, 8)
    assert len({str(fault) for fault in first}) == 150
    for package, found in everything.items():
        share = sum(fault in set(found) for fault in first) / 150
        assert abs(share - len(found) / sum(map(len, everything.values()))) < 0.1, package


def test_every_fault_compiles_and_differs(root, everything):
    for fault in sample(everything, 400, 1):
        source = (root / fault.path).read_bytes()
        broken = planted(source, fault)
        compile(broken, fault.path, "exec")
        assert ast.dump(ast.parse(broken)) != ast.dump(ast.parse(source)), fault
        assert fault.diff(source).count("\n") >= 3
        assert (
            planted(source, fault).splitlines()[fault.line - 1]
            != source.decode().splitlines()[fault.line - 1]
        )


def test_a_fault_is_planted_only_where_it_was_found():
    fault = faults_of(SOURCE, "f.py")[0]
    with pytest.raises(ValueError, match="not the file"):
        fault.planted(b"# a comment before\n" + SOURCE)


def test_what_is_likely_to_notice_runs_first(root):
    first, second = relevance.claims_about(root, "lemmata.hamming.exact.abrahamson")
    assert first[0] == "HAM-3"
    assert {claim.partition("-")[0] for claim in first + second} == {"HAM"}
    about = relevance.tests_about(root, "reference/lemmata/hamming/exact/abrahamson.py")
    assert about[0] == "reference/lemmata/hamming/exact/abrahamson.py"
    assert any(name.startswith("tests/hamming/test_") and "::test_" in name for name in about[1:])
    assert "lemmata.hamming.distances" in relevance.importers(root, "lemmata.hamming.exact.abrahamson")
    assert "lemmata.hamming.definition" not in relevance.importers(root, "lemmata.hamming.exact.abrahamson")


@pytest.fixture
def small(tmp_path, monkeypatch, root):
    """A copy of the checkout, and one stage that only looks whether a function still does what it should."""
    copy = Copy(tmp_path, root)
    path = "reference/lemmata/hamming/cost_model.py"
    code = "from lemmata.hamming import cost_model; import sys; sys.exit(cost_model.__file__ != sys.argv[1])"

    class Look(Stage):
        def command(self, _answer):
            return [sys.executable, "-c", *self.arguments]

    def only(*arguments, seconds=30.0):
        monkeypatch.setattr(mutation, "stages", lambda _root, _fault: [Look("look", arguments, seconds)])

    only(code, str(copy.root / path))
    return copy, faults_of((copy.root / path).read_bytes(), path), only


def test_the_copy_is_what_is_imported_and_is_put_back(small):
    copy, faults, only = small
    file = copy.root / faults[0].path
    before, stamp = file.read_bytes(), file.stat().st_mtime_ns
    assert copy.try_fault(faults[0], {})["ending"] == "survived"
    only(
        "import pathlib, sys; sys.exit(pathlib.Path(sys.argv[1]).read_bytes() == eval(sys.argv[2]))",
        str(file),
        repr(before),
    )
    assert copy.try_fault(faults[0], {})["ending"] == "survived"
    only("raise SystemExit(1)")
    assert copy.try_fault(faults[0], {})["ending"] == "noticed"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (before, stamp)


def test_a_time_limit_counts_apart_and_leaves_nothing_running(small, monkeypatch):
    copy, faults, only = small
    only("import time; time.sleep(600)", seconds=-59.0)
    result = copy.try_fault(faults[0], {})
    assert result["ending"] == "timeout"
    assert result["seconds"] < 30
    monkeypatch.setattr(mutation, "package_of", lambda _path: "hamming")
    text = summary(copy.root, faults[:2], {str(faults[0]): result})
    assert "hamming: 1 of 1 noticed (100.0 %), 1 of them by a time limit; 1 not tried" in text


def test_kernels_that_a_fault_may_change_are_compiled_again(small):
    copy, _, _ = small
    folder = copy.cache / "hamming_0"
    folder.mkdir(parents=True)
    for name in ("abrahamson.f-1.nbi", "abrahamson.f-1.1.nbc", "definition.g-2.nbi"):
        (folder / name).write_text(name)
    copy._cache_without({"lemmata.hamming.exact.abrahamson"}, copy.scratch / "cache")
    assert [path.name for path in (copy.scratch / "cache").rglob("*.nb*")] == ["definition.g-2.nbi"]


def test_results_are_kept_and_retried(tmp_path):
    path = tmp_path / "r.jsonl"
    run = {"sample": "a", "tree": "b"}
    results = Results(path, run, retry=False)
    for name, ending in (("f", "noticed"), ("g", "survived")):
        results.add({"fault": name, "ending": ending})
    assert set(Results(path, run, retry=False).done) == {"f", "g"}
    with pytest.raises(SystemExit, match="tree has changed"):
        Results(path, run | {"tree": "c"}, retry=False)
    with pytest.raises(SystemExit, match="another sample"):
        Results(path, run | {"sample": "c"}, retry=True)
    assert set(Results(path, run | {"tree": "c"}, retry=True).done) == {"f"}
    assert [json.loads(line).get("fault") for line in path.read_text().splitlines()] == [None, "f"]


def test_survivors_are_shown_with_their_diffs(root, everything):
    fault = everything["hamming"][0]
    done = {str(fault): {"ending": "survived"}}
    text = summary(root, [fault], done)
    assert "hamming: 0 of 1 noticed (0.0 %)" in text
    assert f"survived: {fault}" in text
    assert "\n-" in text
    assert "\n+" in text


def test_stages_end_with_everything(root, everything):
    fault = next(f for f in everything["quantization"] if isinstance(f, Fault))
    found = list(stages(root, fault))
    assert found[-1].arguments == ("tests/quantization", "reference/lemmata/quantization")
    assert not found[-1].plain
    assert any(stage.claims for stage in found)
    assert found[0].command(Path("x"))[1:3] == ["-m", "pytest"]


def test_a_constant_that_swallows_one_is_divided():
    faults = faults_of(b"limit = 1e300\n", "module.py")
    assert [fault.new for fault in faults if fault.kind == "constant"] == ["2.5e+299", "5e+299"]
