"""The table at the end of a benchmark run: ratios within the run, held against what was asked.

A run in which a bar was missed ends with a count of them and exit status 1. Benchmarks that take the fixture
`beside` have no bar: the table says how many times our time each peer took, and what it got for it.
"""

import pytest

BARS = {
    100: {2: 5, 4: 10, 26: 50, 256: 100, 1_000: 100, 100_000: 100},
    1_000: {2: 2, 4: 4, 26: 20, 256: 150, 1_000: 300, 100_000: 300},
    10_000: {2: 2, 4: 3, 26: 8, 256: 50, 1_000: 200, 100_000: 200},
    100_000: {2: 1.5, 4: 2, 26: 4, 256: 12, 1_000: 50, 100_000: 50},
}
"""Times as fast as ``oaconvolve`` per letter, by pattern length and letters."""

OPENCV_BAR = 0.8
REGRET_BAR = 2.0
CHOICE_BAR = 1.5
"""Times the time of its own best algorithm that `distances` takes at most, n = 2 10^5, all taking turns."""

SIGNS_BAR = 1.0
"""Times as fast as one correlation of +1 and -1 by anybody else, over two letters."""

LIMIT_BAR = 3.0
"""Times the time of one pass of the vector kernel, for patterns of up to 10^3 letters."""

HIGHS_BAR, PRODUCT_BAR = 50.0, 12.0
"""Rounding 10^5 coordinates under 64 constraints: times as fast as HiGHS, matrix products of time at most."""

_SINGLE = ("brute_force", "bit_parallel", "per_letter_fft", "abrahamson", "sort_merge", "bit_packed_fft")


@pytest.fixture
def beside(benchmark):
    """Time one peer of a group after a warm-up, so that nothing is compiled on the clock; its result.

    ``beside(group, peer, function, *arguments, ours=...)``; figures of the result that speed must not be read
    without go to ``benchmark.extra_info["figures"]``, a mapping.
    """

    def run(group, peer, function, *arguments, ours, rounds=3, **options):
        benchmark.group = group
        benchmark.extra_info |= {"beside": peer, "ours": ours}
        return benchmark.pedantic(function, arguments, options, rounds=rounds, warmup_rounds=1)

    return run


def measured(config):
    """What was measured: name of the group, what the benchmark noted, and seconds."""
    session = getattr(config, "_benchmarksession", None)
    for found in getattr(session, "benchmarks", []):
        if not found.has_error and found.stats.data:
            yield found.group, found.extra_info, found.stats.min


def verdicts(config):
    """Lines of the table, and how many bars were held and missed."""
    cells, choices, limits, roundings, signs = {}, {}, {}, {}, {}
    for group, info, seconds in measured(config):
        if "cell" in info:
            cells.setdefault(tuple(info["cell"]), {})[info["peer"]] = seconds * info["scale"]
        if "rounding" in info:
            roundings.setdefault(tuple(info["rounding"]), {})[info["peer"]] = seconds
        if "choice" in info:
            choices[tuple(info["choice"])] = info["seconds"]
        if "signs" in info:
            signs[info["signs"]] = info["seconds"]
        if "limit" in info:
            limits.setdefault(group, {})[info["limit"]] = seconds
    lines, held, missed = [], 0, 0

    def judge(name, value, holds):
        nonlocal held, missed
        held, missed = held + holds, missed + (not holds)
        row.append(value)
        failed.extend([] if holds else [name])

    for (kind, m, letters), times in cells.items():
        if "distances" not in times:
            continue
        ours = times["distances"]
        row, failed = [f"{kind:8} m = {m:<7} {letters:>6} letters  {ours * 1e3:8.2f} ms"], []
        if (peer := times.get("scipy oaconvolve per letter")) is not None:
            bar = BARS[m][letters]
            judge("oaconvolve", f"{peer / ours:9.1f}x oaconvolve (asked {bar:g})", peer / ours >= bar)
        if (peer := times.get("opencv matchTemplate per letter")) is not None:
            judge("opencv", f"{peer / ours:9.1f}x opencv", peer / ours >= OPENCV_BAR)
        if singles := {name: times[name] for name in _SINGLE if name in times}:
            best = min(singles, key=singles.__getitem__)
            regret = ours / singles[best]
            judge("regret", f"regret {regret:5.2f} to {best} of {len(singles)}", regret <= REGRET_BAR)
        lines.append("  ".join(row) + (f"  MISSED: {', '.join(failed)}" if failed else ""))
    for (kind, m, letters), seconds in choices.items():
        ours = seconds["distances"]
        best = min(set(seconds) - {"distances"}, key=seconds.__getitem__)
        row, failed = [f"auto  {kind:12} m = {m:<6} {letters:>6} letters  {ours * 1e3:8.2f} ms"], []
        ratio = ours / seconds[best]
        judge("auto", f"{ratio:5.2f} times {best} (asked {CHOICE_BAR:g} at most)", ratio <= CHOICE_BAR)
        lines.append("  ".join(row) + (f"  MISSED: {', '.join(failed)}" if failed else ""))
    for m, seconds in signs.items():
        ours = seconds["distances"]
        row, failed = [f"two letters  m = {m:<7} {ours * 1e3:8.2f} ms"], []
        for peer in sorted(set(seconds) - {"distances"}):
            judge(
                peer,
                f"{seconds[peer] / ours:5.2f}x {peer} (asked {SIGNS_BAR:g})",
                seconds[peer] >= SIGNS_BAR * ours,
            )
        lines.append("  ".join(row) + (f"  MISSED: {', '.join(failed)}" if failed else ""))
    for group, times in limits.items():
        if {"distances", "kernel alone"} <= set(times):
            ratio = times["distances"] / times["kernel alone"]
            row, failed = [group], []
            judge(
                "limit", f"{ratio:.2f} passes of the kernel (asked {LIMIT_BAR:g} at most)", ratio <= LIMIT_BAR
            )
            if "memcpy" in times:
                row.append(f"{times['distances'] / times['memcpy']:.1f} times as long as memcpy")
            lines.append("  ".join(row) + (f"  MISSED: {', '.join(failed)}" if failed else ""))
    for (n, m), times in roundings.items():
        if "round_to_vertex" not in times:
            continue
        ours, asked = times["round_to_vertex"], (n, m) == (100_000, 64)
        row, failed = [f"rounding n = {n:<7} m = {m:<4} {ours * 1e3:8.2f} ms"], []
        if highs := [seconds for peer, seconds in times.items() if peer.startswith("HiGHS")]:
            ratio = min(highs) / ours
            text = f"{ratio:9.1f}x the fastest of {len(highs)} HiGHS modes"
            judge(
                "HiGHS", f"{text} (asked {HIGHS_BAR:g})" if asked else text, ratio >= HIGHS_BAR or not asked
            )
        if (product := times.get("matrix product")) is not None:
            text = f"{ours / product:5.1f} products of 2nm^2"
            judge(
                "product",
                f"{text} (asked {PRODUCT_BAR:g} at most)" if asked else text,
                ours <= PRODUCT_BAR * product or not asked,
            )
        lines.append("  ".join(row) + (f"  MISSED: {', '.join(failed)}" if failed else ""))
    return lines + compared(config), held, missed


def compared(config):
    """Lines for the groups of `beside`: our fastest time, and each peer's as a multiple of it."""
    groups = {}
    for group, info, seconds in measured(config):
        if "beside" in info:
            groups.setdefault(group, []).append((info, seconds))
    lines = []
    for group, timed in groups.items():
        if not (own := [seconds for info, seconds in timed if info["ours"]]):
            continue
        lines.append(f"{group}  {min(own) * 1e3:.2f} ms")
        for info, seconds in timed:
            figures = "".join(f"  {name} {value:.4g}" for name, value in info.get("figures", {}).items())
            lines.append(f"    {seconds / min(own):9.2f}x {info['beside']}{figures}")
    return lines


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 0 and verdicts(session.config)[2]:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    lines, held, missed = verdicts(config)
    if lines:
        terminalreporter.section("against its peers, in this run")
        for line in lines:
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"bars held: {held}, MISSED: {missed}")
