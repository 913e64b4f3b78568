"""The table at the end of a benchmark run: ratios within the run, held against what was asked."""

BARS = {
    100: {2: 5, 4: 10, 26: 50, 256: 100, 1_000: 100, 100_000: 100},
    1_000: {2: 2, 4: 4, 26: 20, 256: 150, 1_000: 300, 100_000: 300},
    10_000: {2: 2, 4: 3, 26: 8, 256: 50, 1_000: 200, 100_000: 200},
    100_000: {2: 1.5, 4: 2, 26: 4, 256: 12, 1_000: 50, 100_000: 50},
}
"""Times as fast as ``oaconvolve`` per letter, by pattern length and letters."""

OPENCV_BAR = 0.8
REGRET_BAR = 2.0
_SINGLE = ("brute_force", "bit_parallel", "per_letter_fft", "abrahamson")


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    cells: dict[tuple, dict[str, float]] = {}
    for found in getattr(session, "benchmarks", []):
        info = found.extra_info
        if "cell" in info and not found.has_error and found.stats.data:
            cells.setdefault(tuple(info["cell"]), {})[info["peer"]] = found.stats.min * info["scale"]
    lines = []
    for (kind, m, letters), times in cells.items():
        if "distances" not in times:
            continue
        ours = times["distances"]
        row = [f"{kind:8} m = {m:<7} {letters:>6} letters  {ours * 1e3:8.2f} ms"]
        missed = []
        if (peer := times.get("scipy oaconvolve per letter")) is not None:
            bar = BARS[m][letters]
            row.append(f"{peer / ours:9.1f}x oaconvolve (asked {bar:g})")
            missed += ["oaconvolve"] if peer / ours < bar else []
        if (peer := times.get("opencv matchTemplate per letter")) is not None:
            row.append(f"{peer / ours:9.1f}x opencv")
            missed += ["opencv"] if peer / ours < OPENCV_BAR else []
        singles = [times[name] for name in _SINGLE if name in times]
        if singles:
            regret = ours / min(singles)
            row.append(f"regret {regret:5.2f}")
            missed += ["regret"] if regret > REGRET_BAR else []
        lines.append("  ".join(row) + (f"  MISSED: {', '.join(missed)}" if missed else ""))
    if lines:
        terminalreporter.section("distances against its peers, in this run")
        for line in lines:
            terminalreporter.write_line(line)
