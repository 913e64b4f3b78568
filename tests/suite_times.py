"""A plugin: where the time of a run of the tests went, beside the design's budgets. It fails nothing.

Seconds are those of the processor, of a test's children too: on a busy machine they say more than a clock.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping

import pytest

TESTS = 60.0
"""Seconds of a topic's own tests: its folder, the examples in its code and chapter, and its controls."""
VERIFY = 25.0
"""Seconds of the processor for a topic's share of ``lemmata verify``."""
WHOLE = 300.0
"""Seconds on the clock of a default run, on two cores."""
SLOWEST = 15
LEAST = 30.0
"""Seconds of the processor: a shorter run of tests ends without a table."""
_PLACES = ("tests/{}/", "reference/lemmata/{}/", "theory/{}", "docs/{}", "benches/bench_{}")
REST = "the rest"


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_seconds() -> float:
    """Of this process and of the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Laps:
    """Seconds of the processor between one call and the next."""

    def __init__(self) -> None:
        self._before = processor_seconds()

    def lap(self) -> float:
        """Since the last call."""
        before, self._before = self._before, processor_seconds()
        return self._before - before

    def leave_out(self, seconds: float) -> None:
        """What was spent on something that is counted elsewhere."""
        self._before += seconds


LAPS = Laps()
BEGUN = time.perf_counter()


def pytest_runtest_logstart() -> None:
    """A test begins."""
    LAPS.lap()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put on a report what its phase took; attributes of a report reach the process that prints."""
    report = yield
    report.processor_seconds = LAPS.lap()
    run = getattr(item, "funcargs", {}).get("quick_run")
    report.verify_seconds = run.seconds if run else {}
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the time went, unless it was little."""
    every = (report for reports in terminalreporter.stats.values() for report in reports)
    reports = [report for report in every if hasattr(report, "processor_seconds")]
    tests = [(report.nodeid, report.processor_seconds) for report in reports]
    if sum(seconds for _, seconds in tests) < LEAST:
        return
    from lemmata.claims import theorems

    verify = next((report.verify_seconds for report in reports if report.verify_seconds), {})
    topics = {theorem.id: theorem.topic for theorem in theorems()}
    terminalreporter.section("where the time went")
    for line in table(tests, verify, time.perf_counter() - BEGUN, topics):
        terminalreporter.write_line(line)


def topic_of(test: str, topics: Mapping[str, str]) -> str:
    """The topic that a test is about, by its place or by the theorem in its name; ``topics`` by theorem."""
    for topic in dict.fromkeys(topics.values()):
        if any(test.startswith(place.format(topic)) for place in _PLACES):
            return topic
    named = re.search(r"\[(?:.*-)?([A-Z]+-\d+)(?!\w)", test)
    return topics.get(named[1], REST) if named else REST


def table(
    tests: Iterable[tuple[str, float]],
    verify: Mapping[str, float],
    clock: float,
    topics: Mapping[str, str],
) -> list[str]:
    """Lines for the end of a run.

    Parameters
    ----------
    tests : iterable of (str, float)
        Node IDs and seconds; those of one test (preparing, calling, cleaning up) are added.
    verify : mapping of str to float
        Seconds of each topic in ``lemmata verify``; empty where it was not run. Budgets are those of the
        default run, which runs it.
    clock : float
        Seconds that the run took.
    topics : mapping of str to str
        The topic of each theorem's ID.
    """
    each: Counter[str] = Counter()
    for test, seconds in tests:
        each[test] += seconds
    of_topic: Counter[str] = Counter()
    for test, seconds in each.items():
        of_topic[topic_of(test, topics)] += seconds
    lines = ["slowest tests, in seconds of the processor"]
    lines += [f"{seconds:8.1f}  {test}" for test, seconds in each.most_common(SLOWEST)]
    lines += ["", f"{'':16}{'tests':>8}{'verify':>8}   seconds of the processor"]
    for topic in sorted({*of_topic, *verify}, key=lambda name: (name == REST, name)):
        own, share = of_topic[topic], verify.get(topic, 0.0)
        over = [f"tests by {own - TESTS:.0f}"] if own > TESTS and topic != REST else []
        over += [f"verify by {share - VERIFY:.0f}"] if share > VERIFY else []
        remark = f"   OVER: {' and '.join(over)}" if over and verify else ""
        lines.append(f"{topic:16}{own:8.1f}{share:8.1f}{remark}")
    lines.append(f"{'together':16}{of_topic.total():8.1f}{sum(verify.values()):8.1f}")
    if not verify:
        return lines
    lines.append(f"{'budget':16}{TESTS:8.1f}{VERIFY:8.1f}   for each topic")
    remark = f"   OVER by {clock - WHOLE:.0f}" if clock > WHOLE else ""
    return [*lines, f"{'whole run':16}{clock:8.1f}   of {WHOLE:.0f} on the clock{remark}"]
