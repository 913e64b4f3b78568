"""Reports: schema, exact figures, escaping, atomic files, and the page in a browser."""

import importlib
import json
import os
import re
import shutil
import stat
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from importlib.resources import files

import jsonschema
import numpy as np
import pytest

from lemmata.claims import (
    ClauseJudgement,
    Effort,
    Evidence,
    Failure,
    Judgement,
    Outcome,
    Plot,
    Series,
    Witness,
    theorems,
)
from lemmata.report.atomic import check_writable, write_atomically
from lemmata.report.figures import format_beside
from lemmata.report.html_report import to_html
from lemmata.report.json_report import to_json, write_json
from lemmata.report.markdown import mathml
from lemmata.report.model import in_paragraphs, make_report
from lemmata.report.table import closing_line

SCHEMA = json.loads(files("lemmata.report").joinpath("verify.schema.json").read_text(encoding="utf-8"))
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)


def validate(data):
    jsonschema.Draft202012Validator(SCHEMA).validate(data)


def report_of(*verdicts, **changes):
    outcomes = [
        Outcome(t.id, v, None, 1.5) if isinstance(v, Judgement) else Outcome(t.id, None, v)
        for t, v in zip(theorems(), verdicts, strict=False)
    ]
    options = {"effort": Effort.QUICK, "seed": 2**70, "jobs": -1, "command": "lemmata verify"} | changes
    return make_report(theorems()[: len(verdicts)], outcomes, started=datetime.now(UTC), **options)


PLOT = Plot(HOSTILE, "x", "y", [Series("s", [1, 2.5], [3, float("inf")], labels=["a", HOSTILE])], "log")
WITNESS = Witness(
    {HOSTILE: np.int64(3), "b": np.arange(3), "c": b"x", "d": (Fraction(1, 2), {2**60}), "e": "\ud800"},
    float("nan"),
    {"k": float("inf")},
    HOSTILE,
)


def judged(evidence, *, witness=None, plots=(), costs=None, **clause):
    """A judgement with two clauses, of which the second is as given."""
    first = ClauseJudgement("a", "$x$", Evidence.PROVED, ("proved: " + HOSTILE,), arguments=("1 = 1",))
    second = ClauseJudgement("b", HOSTILE, evidence, (HOSTILE,), witness=witness, **clause)
    return Judgement(
        evidence,
        (first, second),
        (HOSTILE,),
        3,
        witness=witness,
        plots=plots,
        costs=costs or {},
        notes=(HOSTILE,),
    )


EVERYTHING = [
    judged(Evidence.VERIFIED, cases=3, measured=2**80, bound=Fraction(1, 3), relation=">", exhibit=HOSTILE),
    judged(Evidence.REFUTED, witness=WITNESS),
    judged(Evidence.OUT_OF_REACH, missing=HOSTILE),
    judged(
        Evidence.CONSISTENT, measured=float("nan"), relation="<=", bound=1, costs={"loads": 3}, plots=(PLOT,)
    ),
    Failure("worker died", HOSTILE, "last words"),
    Failure("not run", "interrupted"),
]


def test_schema_is_a_schema_and_every_kind_of_row_obeys_it(tmp_path):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    write_json(report_of(*EVERYTHING), tmp_path / "r.json")
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=pytest.fail)
    validate(data)
    first = data["theorems"][0]["judgement"]["clauses"][1]
    assert int(first["measured"]["text"]) == 2**80
    assert Fraction(first["bound"]["text"]) == Fraction(1, 3)
    assert data["seed"] == str(2**70)
    assert data["partial"]
    assert data["exit_status"] == 1
    assert [t["label"] for t in data["theorems"]] == [
        "verified",
        "refuted",
        "out of reach",
        "consistent",
        "error",
        "not run",
    ]


@pytest.mark.parametrize("field", ["schema_version", "theorems", "partial"])
def test_schema_refuses_what_it_should(field):
    data = to_json(report_of(*EVERYTHING[:1]))
    validate(data)
    for broken in ({k: v for k, v in data.items() if k != field}, data | {field: "x"}, data | {"extra": 1}):
        with pytest.raises(jsonschema.ValidationError):
            validate(broken)


def test_exit_status_and_closing_line():
    fine, refuted = EVERYTHING[0], EVERYTHING[1]
    error = EVERYTHING[4]
    assert report_of(fine).exit_status == 0
    assert report_of(fine, error).exit_status == 3
    assert report_of(refuted, error).exit_status == 1
    assert "nothing refuted" in closing_line(report_of(fine))
    assert "REFUTED" in closing_line(report_of(refuted))
    assert closing_line(report_of(EVERYTHING[5])).startswith("partial run")
    known = report_of(refuted)
    outcome = known.rows[0].outcome
    row = replace(
        known.rows[0], outcome=replace(outcome, judgement=replace(outcome.judgement, as_the_book_says=True))
    )
    assert replace(known, rows=(row,)).exit_status == 0


@pytest.mark.parametrize("theorem", theorems(), ids=lambda t: t.id)
def test_paragraphs_of_a_statement_are_its_clauses_and_lose_nothing(theorem):
    paragraphs = in_paragraphs(theorem)
    assert paragraphs.split() == theorem.statement.split()
    for letter in filter(None, theorem.clauses):
        assert re.search(rf"(^|\n\n)\({letter}\)", paragraphs)


@pytest.mark.parametrize(
    ("measured", "bound", "shown"),
    [
        (0.1, 0.2, ("0.1", "0.2")),
        (1.12600001e-285, 1.12600002e-285, ("1.12600001e-285", "1.12600002e-285")),
        (2, 2, ("2", "2")),
        (Fraction(59, 64), Fraction(27, 64), ("59/64", "27/64")),
        (10**400, 10**400 + 1, (str(10**400), str(10**400 + 1))),
        (10**400, 3 * 10**400, ("1.000e+400", "3.000e+400")),
        (float("nan"), float("nan"), ("nan", "nan")),
        ("in words", None, ("in words", "")),
    ],
)
def test_figures_that_differ_look_different(measured, bound, shown):
    assert format_beside(measured, bound) == shown


def test_html_escapes_and_names_no_network():
    page = to_html(report_of(*EVERYTHING))
    assert "alert(1)</script>" not in page
    assert "<img src=x" not in page
    outside = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", outside)
    assert "Partial report" in page
    for evidence in ("verified", "refuted", "out of reach", "consistent", "error", "not run"):
        assert evidence in page


def test_references_on_the_page_lead_to_rows():
    page = to_html(report_of(*EVERYTHING))
    targets = set(re.findall(r"<a href=\"#([^\"]+)\"", page))
    assert targets == set(re.findall(r"<article id=\"([^\"]+)\"", page)) == {f"DIS-{n}" for n in range(1, 7)}
    hypotheses = re.findall(r"<div class=\"hypotheses\">(.*?)</div>", page, re.DOTALL)
    assert any('<a href="#DIS-2">DIS-2</a>' in text for text in hypotheses)


def test_every_formula_of_the_book_becomes_mathml():
    for theorem in theorems():
        for text in (theorem.title, theorem.hypotheses, theorem.statement, theorem.proof, theorem.source):
            for display, inline in FORMULA.findall(text):
                converted = mathml(display or inline)
                assert converted.startswith("<math")
                assert "\\" not in re.sub(r"<[^>]*>", "", converted), display or inline


def test_files_are_whole_or_untouched(tmp_path, monkeypatch):
    path = tmp_path / "r.json"
    write_atomically(path, "old")
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~_umask()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["r.json"]
    check_writable(tmp_path / "other")
    assert os.listdir(tmp_path) == ["r.json"]
    with pytest.raises(FileNotFoundError, match="does not exist"):
        check_writable(tmp_path / "no" / "r.json")


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_links_are_followed_and_devices_are_left_alone(tmp_path):
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    os.mkfifo(pipe)
    for write in (lambda: write_atomically(pipe, "text"), lambda: check_writable(pipe)):
        with pytest.raises(OSError, match="is not a regular file"):
            write()
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)


@pytest.mark.slow
def test_quick_run_refutes_nothing_and_obeys_the_schema(quick_run):
    assert quick_run.status == 0, quick_run.output
    validate(quick_run.json)
    assert [t["id"] for t in quick_run.json["theorems"]] == [t.id for t in theorems()]
    assert all(t["judgement"] for t in quick_run.json["theorems"])


@pytest.mark.slow
def test_the_list_of_results_is_what_the_run_finds(quick_run, root):
    text = (root / "docs" / "results.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]+-\d+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    found = [(t["id"], t["title"], t["label"]) for t in quick_run.json["theorems"]]
    assert rows == found, "\n".join("| " + " | ".join(row) + " |" for row in found)


@pytest.mark.slow
def test_the_readme_counts_the_evidence(quick_run, root):
    """Its rows cover every theorem once, in order within a topic, and count the levels that the run found."""
    text = (root / "README.md").read_text(encoding="utf-8")
    labels = {t["id"]: t["label"] for t in quick_run.json["theorems"]}
    strongest = [str(level) for level in Evidence]
    covered = []
    for prefix, first, last, evidence in re.findall(
        r"^\| .+ \| ([A-Z]+)-(\d+) to [A-Z]+-(\d+) \| (.+?) \|$", text, re.MULTILINE
    ):
        ids = [f"{prefix}-{number}" for number in range(int(first), int(last) + 1)]
        covered += ids
        counts = Counter(labels[name] for name in ids)
        assert evidence == ", ".join(f"{counts[level]} {level}" for level in strongest if counts[level]), ids
    assert sorted(covered) == sorted(labels)


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium, or a skip that says what is missing."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("playwright is not installed")
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    quiet = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=[f"--{flag}" for flag in quiet])
        yield launched
        launched.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 740)])
def test_page_opens_offline_with_plots_and_formulas(quick_run, browser, width, height, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda request: noise.append(request.url) if "://" in request.url[5:] else None)
    page.goto(quick_run.html.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 0")
    plots = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => p.querySelectorAll('.trace').length)"
    )
    assert len(plots) == sum(len(t["judgement"]["plots"]) for t in quick_run.json["theorems"]) > 0
    assert min(plots) > 0
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    sizes = page.evaluate(
        "[...document.querySelectorAll('math')]"
        ".map(m => m.getBoundingClientRect()).map(r => r.width * r.height)"
    )
    assert len(sizes) > 50
    assert min(sizes) > 0
    assert page.evaluate("document.querySelectorAll('code.tex').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert noise == []
