"""The table at the end of a run: what belongs to which topic, and what is over its budget."""

import os
import subprocess
import sys

import pytest
from suite_times import REST, SLOWEST, Laps, processor_seconds, table, topic_of

TOPICS = {"HAM-1": "hamming", "HAM-12": "hamming", "DIS-1": "discrepancy"}


@pytest.mark.parametrize(
    ("test", "topic"),
    [
        ("tests/hamming/test_distances.py::test_a[DIS-1]", "hamming"),
        ("tests/discrepancy/walks/test_walks.py::test_a", "discrepancy"),
        ("reference/lemmata/hamming/distances.py::lemmata.hamming.distances.distances", "hamming"),
        ("theory/discrepancy_walks.md::discrepancy_walks.md", "discrepancy"),
        ("tests/test_controls.py::test_refutes[HAM-12-('a',)-a_control]", "hamming"),
        ("tests/reliability/test_sabotage.py::test_off[ten times-DIS-1-discrepancy.f]", "discrepancy"),
        ("tests/test_controls.py::test_refutes[HAM-13-('a',)-a_control]", REST),
        ("tests/claims/test_runner.py::test_a[1-2]", REST),
        ("tests/hamming_and_more/test_a.py::test_a", REST),
        ("README.md::README.md", REST),
    ],
)
def test_the_topic_of_a_test(test, topic):
    assert topic_of(test, TOPICS) == topic


TESTS = [
    ("tests/hamming/test_a.py::test_a", 20.0),
    ("tests/hamming/test_a.py::test_a", 31.0),
    ("tests/test_controls.py::test_refutes[HAM-1-('',)-wrong]", 10.5),
    ("tests/discrepancy/test_b.py::test_b", 59.0),
    ("tests/claims/test_c.py::test_c", 70.0),
]


def lines(*arguments):
    return [" ".join(line.split()) for line in table(*arguments, TOPICS)]


def test_what_is_over_its_budget_is_said():
    found = lines(TESTS, {"hamming": 26.4, "discrepancy": 24.0}, 310.0)
    assert "hamming 61.5 26.4 OVER: tests by 2 and verify by 1" in found
    assert "discrepancy 59.0 24.0" in found
    assert f"{REST} 70.0 0.0" in found
    assert "together 190.5 50.4" in found
    assert "budget 60.0 25.0 for each topic" in found
    assert found[-1] == "whole run 310.0 of 300 on the clock OVER by 10"
    assert "OVER" not in lines(TESTS[:1], {"hamming": 1.0}, 299.0)[-1]


def test_the_slowest_come_first_with_all_that_they_took():
    many = [(f"tests/a.py::test[{seconds}]", float(seconds)) for seconds in range(SLOWEST + 5)]
    found = lines([*many, *TESTS], {}, 1.0)[1 : SLOWEST + 1]
    assert found[:3] == [
        "70.0 tests/claims/test_c.py::test_c",
        "59.0 tests/discrepancy/test_b.py::test_b",
        "51.0 tests/hamming/test_a.py::test_a",
    ]
    assert len(found) == SLOWEST
    assert len(lines(many, {}, 1.0)) < SLOWEST + 6


def test_parts_of_a_run_have_no_budget():
    assert not [line for line in lines([(test, 100.0) for test, _ in TESTS], {}, 999.0) if "OVER" in line]


def test_laps_are_the_processors_seconds_without_what_is_left_out():
    laps, before = Laps(), processor_seconds()
    while processor_seconds() - before < 0.2:
        pass
    assert 0.2 <= laps.lap() < 0.4
    laps.leave_out(5.0)
    assert laps.lap() < -4.5


SPENDING = """
from suite_times import processor_seconds

def test_a_while():
    before = processor_seconds()
    while processor_seconds() - before < 0.3:
        pass

def test_no_time():
    pass
"""


@pytest.mark.slow
def test_the_table_ends_a_run_in_two_processes(tmp_path, root):
    (tmp_path / "test_some.py").write_text(SPENDING)
    (tmp_path / "conftest.py").write_text("import suite_times\nsuite_times.LEAST = 0.0\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "suite_times"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "where the time went" in result.stdout
    slowest = result.stdout.partition("slowest tests")[2].splitlines()[1].split()
    assert slowest[1] == "test_some.py::test_a_while"
    assert 0.3 <= float(slowest[0]) < 0.6
