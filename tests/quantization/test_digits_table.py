"""The chapter's figures on digits are what one run of QUA-13 gives."""

import re

import pytest

from lemmata.claims import Judgement, examine

METHODS = {
    "nearest": "nearest",
    "random": "stochastic",
    "GPTQ": "gptq",
    "DiscQuant": "discquant",
    "DiscQuant, unrounded rest": "discquant fractional",
}
MEAN = r"(\d\.\d+) \[(\d\.\d+), (\d\.\d+)\]"


def close(printed: str, found: str) -> bool:
    """Up to rounding, and a hundredth: another BLAS trains slightly other networks."""
    digits = len(printed.partition(".")[2])
    return abs(float(printed) - float(found)) <= 0.5001 * 10**-digits + 0.01 * float(found)


@pytest.fixture(scope="module")
def judged() -> Judgement:
    pytest.importorskip("sklearn")
    return examine("QUA-13")


@pytest.fixture(scope="module")
def chapter(root) -> str:
    return (root / "theory" / "quantization.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_table_holds_the_figures_of_the_run(judged, chapter):
    computed = {}
    for line in judged.notes:
        if match := re.fullmatch(rf"(\d) bits, (.+): accuracy {MEAN}, divergence {MEAN}", line):
            bits, method, *figures = match.groups()
            computed[bits, "accuracy", method] = figures[:3]
            computed[bits, "divergence", method] = figures[3:]
    header, _, *rows = re.search(r"^\| bits \|.*\n(?:\|.*\n)+", chapter, re.M).group().splitlines()
    methods = [METHODS[name.strip()] for name in header.strip("|").split("|")[1:]]
    shown = {}
    for row in rows:
        label, *cells = row.strip("|").split("|")
        bits, measure = label.strip().split(", ")
        for method, cell in zip(methods, cells, strict=True):
            shown[bits, measure, method] = re.fullmatch(MEAN, cell.strip()).groups()
    assert shown.keys() == computed.keys()
    wrong = {
        key: (shown[key], computed[key]) for key in shown if not all(map(close, shown[key], computed[key]))
    }
    assert wrong == {}


@pytest.mark.slow
def test_the_text_holds_the_figures_of_the_run(judged, chapter):
    full = re.search(rf"Accuracy of\s+the full networks: {MEAN}", chapter).groups()
    line = next(line for line in judged.notes if line.startswith("full precision"))
    assert all(map(close, full, re.search(MEAN, line).groups()))
    ratio, p = re.search(r"at 2 bits the\s+ratio is (\d\.\d+), with \$p=(\d\.\d+)\$", chapter).groups()
    part = next(note for note in judged.clauses[0].notes if note.startswith("2 bits"))
    found = re.search(r"divergence (\S+) < 1.25 \(p = (\S+),", part).groups()
    assert close(ratio, found[0])
    assert abs(float(p) - float(found[1])) < 0.05
