"""The small network that reads digits, and the figures that the chapter shows of it (QUA-12 to QUA-17)."""

import re
import sys

import numpy as np
import pytest
from lemmata.proofs_check.quantization import digits, digits_network, gradient_spectrum

from lemmata.claims import Evidence, Judgement, examine
from lemmata.quantization import Grid, gptq

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


def test_the_networks_gradients_are_right():
    """Against central differences, per sample and summed (QUA-15)."""
    rng = np.random.default_rng(4)
    digits = digits_network.made_up_digits(rng)
    network = digits_network.train(digits, rng, epochs=3)
    pixels, direction = digits.pixels[:7], rng.normal(size=network.weights.size)
    slopes = rng.normal(size=(7, 10))

    def logits(weights):
        other = network.with_weights(weights)
        return other.hidden(pixels) @ other.layers()[1].T + other.second_bias

    step = 1e-6
    change = logits(network.weights + step * direction) - logits(network.weights - step * direction)
    expected = np.sum(slopes * change, axis=1) / (2 * step)
    each = network.gradients(pixels, slopes)
    assert np.allclose(each @ direction, expected, atol=1e-5)
    assert np.allclose(each.sum(axis=0), network.gradient(pixels, network.hidden(pixels), slopes))


def test_gptq_rounds_the_second_layer_on_what_the_rounded_first_gives():
    rng = np.random.default_rng(0)
    made_up = digits_network.made_up_digits(rng)
    network = digits_network.train(made_up, rng, epochs=2)
    pixels, grid = made_up.pixels[:100], digits_network.flat_grid(network, 3)
    found = digits_network.by_gptq(network, pixels, grid)
    for layer, inputs in enumerate((pixels, found.hidden(pixels))):
        weights = network.layers()[layer]
        expected = gptq(weights, inputs.T, Grid.fit(weights, bits=3)).values
        assert np.array_equal(found.layers()[layer], expected)
    assert not np.array_equal(found.hidden(pixels), network.hidden(pixels))


@pytest.mark.parametrize("claim", ["QUA-12", "QUA-13", "QUA-14", "QUA-15", "QUA-16"])
def test_without_scikit_learn_the_verdict_says_what_to_install(claim, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    judged = examine(claim)
    assert judged.evidence is Evidence.INCONCLUSIVE
    assert all("pip install 'lemmata[digits]'" in clause.missing for clause in judged.clauses)


@pytest.mark.parametrize(
    ("ratio", "ahead", "claim", "expected"),
    [
        (0.5, 0.02, "QUA-12", Evidence.CONSISTENT),
        (0.5, -0.05, "QUA-12", Evidence.REFUTED),  # the divergence is smaller, but right labels are lost
        (1.1, 0.0, "QUA-13", Evidence.CONSISTENT),
        (1.1, 0.0, "QUA-12", Evidence.REFUTED),
        (1.5, 0.0, "QUA-13", Evidence.REFUTED),
        (0.5, -0.01, "QUA-12", Evidence.INCONCLUSIVE),
        (0.5, 0.02, "QUA-14", Evidence.CONSISTENT),
        (1.1, 0.0, "QUA-14", Evidence.REFUTED),
    ],
)
def test_orderings_are_judged_on_divergence_and_on_accuracy(ratio, ahead, claim, expected, monkeypatch):
    """QUA-12, QUA-13, QUA-14: figures that are made up, on either side of the limits."""
    better, worse = {
        "QUA-12": ("gptq", "nearest"),
        "QUA-13": ("discquant", "gptq"),
        "QUA-14": ("discquant", "nearest"),
    }[claim]
    rng = np.random.default_rng(0)
    found = digits.Comparison(full_accuracy=[0.96] * 20, seeds=list(range(20)))
    for bits in digits.WIDTHS:
        noise = np.exp(rng.normal(0, 0.01, (2, 20)))
        wobble = rng.normal(0, 0.001, 20)
        found.divergence[bits, better] = (0.01 * ratio * noise[0]).tolist()
        found.divergence[bits, worse] = (0.01 * noise[1]).tolist()
        found.accuracy[bits, better] = (0.95 + ahead + wobble).tolist()
        found.accuracy[bits, worse] = [0.95] * 20
        found.astray.update({(bits, better): 0, (bits, worse): 0})
    monkeypatch.setattr(digits, "compare", lambda *arguments: found)
    judged = examine(claim)
    assert judged.evidence is expected
    assert (judged.witness is not None) == (expected is Evidence.REFUTED)


def test_the_witness_of_a_flat_spectrum_violates_it(monkeypatch):
    """Of eight networks, only the second has a spectrum not below its first eigenvalue over k (QUA-16)."""
    ranks = np.arange(1, 301)
    spectra = iter([ranks**-1.05, ranks**-0.5])
    monkeypatch.setattr(gradient_spectrum, "gradient_spectrum", lambda *arguments: next(spectra, ranks**-1.2))
    monkeypatch.setattr(gradient_spectrum, "gradient_errors", lambda *arguments: [0.0, 0.0])
    monkeypatch.setattr(gradient_spectrum, "moment_errors", lambda *arguments: [0.0, 0.0])
    monkeypatch.setattr(digits_network, "train", lambda *arguments: None)
    monkeypatch.setattr(digits_network, "load_digits", lambda rng: rng)
    witness = examine("QUA-16").clauses[0].witness
    k = witness.inputs["k"]
    assert witness.found == pytest.approx(k**-0.5)
    assert witness.found > witness.inputs["first"] / k
