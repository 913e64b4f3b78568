"""Whatever a check does, its row says so, the others pass, and the run goes on."""

import json
import os
import signal
import sys
import time

import pytest

PASSES = "run.clause().holds(float(run.rng.random()), '<', 1)"

FAILURES = {
    "raises": ("raise RuntimeError('no luck')", "raised", "no luck"),
    "sleeps": ("time.sleep(60)", "timed out", "time allowance of 6 s"),
    "segfaults": ("ctypes.string_at(0)", "worker died", "SIGSEGV"),
    "is killed": ("os.kill(os.getpid(), signal.SIGKILL)", "worker died", "memory"),
    "leaves": ("os._exit(0)", "worker died", "status 0"),
    "runs out of memory": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nbytearray(2**33)",
        "raised",
        "MemoryError",
    ),
    "reports nonsense": ("run.note(lambda: 0)", "raised", "cannot be sent"),
    "names a level": ("return Evidence.PROVED", "rejected", "returned Evidence"),
    "leaves a domain unfinished": (
        "for x in run.every([1, 1], 'two', size=2): run.clause().equal(x, 1)",
        "raised",
        "1 distinct members, not 2",
    ),
    "has no check": (None, "no check", "no function"),
}


def results(book):
    data = json.loads((book.path / "r.json").read_text())
    return data, {theorem["id"]: theorem for theorem in data["theorems"]}


@pytest.mark.slow
def test_failures_stay_on_their_own_rows(either_book):
    book = either_book
    for number, (body, _, _) in enumerate(FAILURES.values(), start=1):
        book.add(f"SAM-{number}", body)
    book.add("SAM-90", PASSES)
    book.add("SAM-91", "print('garbage' * 1000); os.write(1, b'more')\n" + PASSES)
    book.add("SAM-92", "pass")
    book.add(
        "SAM-93",
        "run.clause().equal(1, 1)\nrun.clause().proof(ExactRelation('1', '<', '0'), because='it is')",
    )
    book.add("SAM-94", "run.clause().equal(1, 1)", "attained")
    book.add("SAM-95", "for x in run.every([1], 'one', size=1): run.clause().attains(x, 1)", "attained")
    result = book.run("--json", "r.json", "--time-limit", "6", "--jobs", "2")
    assert result.returncode == 3, result.stdout + result.stderr
    data, rows = results(book)
    for number, (name, (_, kind, words)) in enumerate(FAILURES.items(), start=1):
        row = rows[f"SAM-{number}"]
        assert (row["label"], row["failure"]["kind"]) == ("error", kind), name
        assert words in row["failure"]["message"], name
    assert rows["SAM-90"]["label"] == rows["SAM-91"]["label"] == "consistent"
    assert rows["SAM-92"]["label"] == "inconclusive"
    assert rows["SAM-92"]["judgement"]["clauses"][0]["missing"].startswith("not checked")
    assert rows["SAM-93"]["label"] == "consistent"
    assert "not <" in rows["SAM-93"]["judgement"]["clauses"][0]["broken_arguments"][0]
    assert "vacuous" in rows["SAM-94"]["failure"]["message"]
    assert rows["SAM-95"]["label"] == "verified"
    assert data["exit_status"] == 3
    assert not data["partial"]


@pytest.mark.slow
def test_a_refutation_prints_and_saves_its_witness(book):
    refute = "run.clause().equal(8, 9, x=3, explanation='square')"
    book.add("SAM-1", refute)
    book.add("SAM-2", refute, "refuted")
    book.add("SAM-3", PASSES, "refuted")
    book.add("SAM-4", "run.clause().holds(2, '<=', 1)")
    result = book.run("--json", "r.json")
    assert result.returncode == 1
    _, rows = results(book)
    assert [rows[f"SAM-{i}"]["label"] for i in (1, 2, 3, 4)] == ["refuted", "refuted", "error", "refuted"]
    assert "x = 3: expected 9, found 8 (square)" in result.stdout
    saved = json.loads((book.path / "SAM-1.witness.json").read_text())
    assert saved == {
        "id": "SAM-1",
        "seed": "0",
        "inputs": {"x": 3},
        "expected": 9,
        "found": 8,
        "explanation": "square",
    }
    assert not (book.path / "SAM-2.witness.json").exists()
    assert book.run("SAM-2").returncode == 0


@pytest.mark.slow
def test_numbers_depend_on_seed_and_id_alone(book):
    for number in range(1, 4):
        book.add(f"SAM-{number}", PASSES)

    def figures(*arguments):
        assert book.run("--json", "r.json", *arguments).returncode == 0
        return {
            name: row["judgement"]["clauses"][0]["measured"]["text"] for name, row in results(book)[1].items()
        }

    alone, parallel = figures("--jobs", "1"), figures("--jobs", "2")
    assert alone == parallel
    assert figures("SAM-2") == {"SAM-2": alone["SAM-2"]}
    other = figures("--rng", "1")
    assert len({*alone.values(), *other.values()}) == 6


def workers(book):
    return book.processes(b"lemmata.claims.")


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_interrupted_run_reports_what_was_done(either_book, number, status):
    book = either_book
    book.add("SAM-1", PASSES)
    book.add("SAM-2", "time.sleep(300)")
    book.add("SAM-3", "time.sleep(300)")
    with book.start("--jobs", "1", "--json", "r.json", "--report", "r.html") as process:
        assert "SAM-1" in process.stdout.readline()
        until(lambda: workers(book))
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == status, output + errors
    assert "partial run: 1 consistent, 2 not run" in " ".join(output.split())
    assert "Traceback" not in errors
    data, rows = results(book)
    assert data["partial"]
    assert data["exit_status"] == status
    assert f"<dt>Exit status</dt><dd>{status}</dd>" in (book.path / "r.html").read_text()
    assert [rows[f"SAM-{i}"]["label"] for i in (1, 2, 3)] == ["consistent", "not run", "not run"]
    until(lambda: not workers(book))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("waits", ["time.sleep(300)", "sum(range(10**12))"], ids=["sleeps", "computes"])
def test_workers_end_with_their_supervisor(either_book, waits):
    book = either_book
    for claim in ("SAM-1", "SAM-2"):
        book.add(claim, f"import subprocess as s; s.Popen(['sleep', '301']); open({claim!r}, 'w')\n{waits}")
    with book.start("--jobs", "2") as process:
        until(lambda: {"SAM-1", "SAM-2"} <= set(os.listdir(book.path)))
        process.kill()
    until(lambda: not workers(book))
    if book.forks:  # else the system may kill the worker before that can see to it
        until(lambda: not book.processes(b"sleep"))
    for number in book.processes(b"sleep"):
        os.kill(number, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")  # distributed's own
def test_dask_cluster_gives_the_same_figures():
    distributed = pytest.importorskip("distributed")
    import joblib

    from lemmata.claims import Effort, select
    from lemmata.claims.runner import run_checks
    from lemmata.cli import main

    chosen = select(["HAM-2", "HAM-7"])
    here = {o.claim: o.judgement.headline.measured for o in run_checks(chosen, effort=Effort.QUICK)}
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster,
        distributed.Client(cluster),
    ):
        with joblib.parallel_config(backend="dask"):
            there = {o.claim: o.judgement.headline.measured for o in run_checks(chosen, effort=Effort.QUICK)}
        status = main(["verify", "HAM-7", "--backend", "dask", "--scheduler", cluster.scheduler_address])
    assert here == there
    assert status == 0
