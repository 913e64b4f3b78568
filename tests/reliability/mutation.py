"""Share of small faults that a topic's tests and checks notice: ``python -m reliability.mutation --help``.

A seeded sample of faults is printed, and each is planted in a copy of the checkout, one at a time. What is
most likely to notice it runs first, and the first notice ends it. Results are kept as they come, so that an
interrupted run goes on where it was; the faults that nothing noticed are shown with their diffs at the end.
"""

import argparse
import hashlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reliability.faults import Fault, find_faults, sample
from reliability.relevance import TESTS, claims_about, importers, module_of, package_of, tests_about

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "reference",
    "theory",
    "proofs_check",
    "tests",
    "docs",
    "conftest.py",
    "pyproject.toml",
    "README.md",
)
ONE_THREAD = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PLAIN = {"NUMBA_DISABLE_JIT": "1", "HYPOTHESIS_PROFILE": "small"}
CHECKS_AT_A_TIME = 4


@dataclass(frozen=True)
class Stage:
    """One command that may notice a fault: tests, or checks whose levels must stay what they were."""

    name: str
    arguments: tuple[str, ...]
    seconds: float
    claims: tuple[str, ...] = ()
    plain: bool = False

    def command(self, answer: Path) -> list[str]:
        """The only place that knows how tests and checks are called."""
        if self.claims:
            options = ["--jobs", "1", "--time-limit", f"{self.seconds:g}", "--json", str(answer)]
            words = ["-m", "lemmata", "verify", *self.claims, *options, "--witnesses", str(answer.parent)]
        else:
            options = [
                "-x",
                "-q",
                "-n0",
                "-p",
                "no:cacheprovider",
                "--hypothesis-seed=0",
                "--no-header",
                "-m",
            ]
            words = [
                "-m",
                "pytest",
                *options,
                "not slow and not jit" if self.plain else "not slow",
                *self.arguments,
            ]
        return [sys.executable, *words]


def tests(name: str, arguments: list[str], *, plain: bool) -> Stage:
    return Stage(name, tuple(arguments), 300.0 if plain else 600.0, plain=plain)


def checks(name: str, claims: list[str]) -> list[Stage]:
    groups = [claims[i : i + CHECKS_AT_A_TIME] for i in range(0, len(claims), CHECKS_AT_A_TIME)]
    return [Stage(name, (), 60.0, tuple(group)) for group in groups]


def stages(root: Path, fault: Fault) -> Iterator[Stage]:
    """Everything that may notice a fault, the quickest and likeliest first."""
    package, module = package_of(fault.path), module_of(fault.path)
    first, second = claims_about(root, module)
    yield tests("tests that name it, uncompiled", tests_about(root, fault.path), plain=True)
    yield from checks("checks of its theorems", first[: 2 * CHECKS_AT_A_TIME])
    yield tests("all tests, uncompiled", list(TESTS[package]), plain=True)
    yield from checks("checks", first[2 * CHECKS_AT_A_TIME :] + second)
    doctests = f"reference/lemmata/{package}"
    yield tests("all tests, compiled", [*TESTS[package], doctests], plain=False)


def baseline_stages(root: Path, packages: list[str]) -> Iterator[Stage]:
    """What has to pass, and to be measured, before a fault is planted."""
    claims: list[str] = []
    for package in packages:
        one = next((root / "reference/lemmata" / package).rglob("[a-z]*.py"))
        first, second = claims_about(root, module_of(one.relative_to(root).as_posix()))
        claims += first + second
        yield tests("all tests, uncompiled", list(TESTS[package]), plain=True)
        yield tests("all tests, compiled", [*TESTS[package], f"reference/lemmata/{package}"], plain=False)
    yield from checks("checks", list(dict.fromkeys(claims)))


class Copy:
    """A copy of the checkout in which one fault at a time is planted; imports and caches stay inside it."""

    def __init__(self, place: Path, root: Path = ROOT) -> None:
        self.place = place
        self.root = place / "checkout"
        self.scratch = place / "scratch"
        self.cache = place / "cache"
        if self.root.exists():
            shutil.rmtree(self.root)
        for folder in (self.root, self.scratch, self.cache):
            folder.mkdir(parents=True, exist_ok=True)
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self.root / name, ignore=ignored)
            else:
                shutil.copy2(root / name, self.root / name)
        for name in ("proofs_check", "theory"):  # the package finds them where a wheel has them
            (self.root / "reference/lemmata" / name).symlink_to(self.root / name)

    def run(self, stage: Stage, cache: Path) -> tuple[str, str]:
        """How a stage ended ("passed", "noticed" or "timeout"), and what noticed, or the levels found."""
        answer = self.scratch / "answer.json"
        answer.unlink(missing_ok=True)
        environment = os.environ | dict.fromkeys(ONE_THREAD, "1") | (PLAIN if stage.plain else {})
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(self.root / "reference"), str(self.root / "tests")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "NUMBA_CACHE_DIR": str(cache),
            "NO_COLOR": "1",
        }
        limit = stage.seconds * max(1, len(stage.claims)) + 60
        status, output = _run(stage.command(answer), self.root, environment, limit)
        shutil.rmtree(self.root / ".hypothesis", ignore_errors=True)
        if status is None:
            return "timeout", f"more than {limit:g} s"
        if stage.claims:
            return _read_checks(status, output, answer)
        return _read_tests(status, output)

    def try_fault(self, fault: Fault, levels: dict[str, str]) -> dict[str, object]:
        """Plant it, run until something notices, and put everything back."""
        file = self.root / fault.path
        source, times = file.read_bytes(), file.stat()
        cache = self.scratch / "cache"
        self._cache_without(importers(self.root, module_of(fault.path)), cache)
        started = time.monotonic()
        all_stages = list(stages(self.root, fault))
        try:
            file.write_bytes(fault.planted(source))
            for stage in all_stages:
                ending, what = self.run(stage, cache)
                if stage.claims and ending == "passed":
                    changed = {c: v for c, v in json.loads(what).items() if v != levels.get(c, v)}
                    ending, what = ("noticed", f"levels {changed}") if changed else (ending, what)
                if ending != "passed":
                    break
            else:
                ending, what = "survived", ""
        finally:
            file.write_bytes(source)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        seconds = round(time.monotonic() - started, 1)
        return {
            "fault": str(fault),
            "ending": ending,
            "stage": stage.name,
            "by": what[:300],
            "seconds": seconds,
        }

    def _cache_without(self, modules: set[str], target: Path) -> None:
        """The compiled kernels of the unharmed copy, but those that a fault in a module may change.

        Numba looks at a kernel's own file only, not at those whose kernels it calls.
        """
        shutil.rmtree(target, ignore_errors=True)
        stems = {name.rpartition(".")[2] for name in modules}
        for path in self.cache.rglob("*.nb*"):
            if path.name.partition(".")[0] not in stems:
                link = target / path.relative_to(self.cache)
                link.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, link)


def _run(command: list[str], cwd: Path, environment: dict[str, str], limit: float) -> tuple[int | None, str]:
    """Exit status, None after the time limit, and what was printed; nothing it started is left running."""
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=limit)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return None, process.communicate()[0]
    return process.returncode, output


def _read_tests(status: int, output: str) -> tuple[str, str]:
    if status in (0, 5):  # 5: no test was selected
        return "passed", ""
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    if status == 4 and "ImportError while loading conftest" not in output:
        raise RuntimeError(f"pytest did not understand its arguments:\n{output[-2000:]}")
    return "noticed", found[1] if found else f"pytest ended with status {status}"


def _read_checks(status: int, output: str, answer: Path) -> tuple[str, str]:
    if not answer.exists():
        return "noticed", f"verify ended with status {status}: {output.strip()[-200:]}"
    rows = json.loads(answer.read_text(encoding="utf-8"))["theorems"]
    levels = {row["id"]: row["label"] for row in rows}
    if status == 0:
        return "passed", json.dumps(levels)
    late = [row["id"] for row in rows if row["failure"] and row["failure"]["kind"] == "timed out"]
    bad = [row["id"] for row in rows if row["label"] in ("refuted", "error") and row["id"] not in late]
    return ("timeout", ", ".join(late)) if late and not bad else ("noticed", ", ".join(bad))


def measure_baseline(copy: Copy, packages: list[str]) -> dict[str, str]:
    """The levels of the unharmed copy; everything has to pass there, or a notice would mean nothing."""
    levels: dict[str, str] = {}
    for stage in baseline_stages(copy.root, packages):
        ending, what = copy.run(stage, copy.cache)
        if ending != "passed":
            raise SystemExit(
                f"without any fault, {stage.name} {' '.join(stage.arguments)} fails: {ending}, {what}"
            )
        if stage.claims:
            levels |= json.loads(what)
    return levels


def fingerprint(root: Path, *parts: object) -> str:
    """Changes when a file that may decide a result does."""
    digest = hashlib.sha256(repr(parts).encode())
    for name in ("reference", "proofs_check", "tests", "theory"):
        for path in sorted((root / name).rglob("*")):
            if path.suffix in (".py", ".md") and "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class Results:
    """A file with one JSON object a line: first which run it belongs to, then a result each."""

    def __init__(self, path: Path, run: dict[str, object], *, retry: bool) -> None:
        self.path, self.done = path, {}
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        if lines and lines[0]["sample"] != run["sample"]:
            raise SystemExit(f"{path} holds another sample ({lines[0]['sample']}, not {run['sample']})")
        if lines and lines[0]["tree"] != run["tree"] and not retry:
            raise SystemExit(
                f"the tree has changed since {path} was begun: --retry keeps only what was noticed"
            )
        for line in lines[1:]:
            if not (retry and line["ending"] == "survived"):
                self.done[line["fault"]] = line
        path.write_text("".join(json.dumps(line) + "\n" for line in (run, *self.done.values())))
        self._lock = threading.Lock()

    def add(self, result: dict[str, object]) -> None:
        with self._lock, self.path.open("a") as file:
            self.done[str(result["fault"])] = result
            file.write(json.dumps(result) + "\n")


def work(
    copies: list[Copy], faults: list[Fault], results: Results, levels: dict[str, str], end: float
) -> None:
    """Try the faults that have no result, one at a time in each copy, until the time is over."""
    waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
    for fault in faults:
        if str(fault) not in results.done:
            waiting.put(fault)
    failures: list[BaseException] = []

    def worker(copy: Copy) -> None:
        try:
            while time.monotonic() < end and not failures:
                result = copy.try_fault(waiting.get_nowait(), levels)
                results.add(result)
                print(f"[{len(results.done)}/{len(faults)}] {result['fault']}\n    {result['ending']}: "
                      f"{result['stage']}: {result['by']} ({result['seconds']} s)", flush=True)  # fmt: skip
        except queue.Empty:
            pass
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=worker, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt as error:
        failures.append(error)  # the faults that are being tried are still finished and kept
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


def summary(root: Path, faults: list[Fault], done: dict[str, dict[str, object]]) -> str:
    """Shares by package, then what survived, to be looked at one by one."""
    lines = []
    for package in [*sorted({package_of(fault.path) for fault in faults}), "all"]:
        mine = [f for f in faults if package in ("all", package_of(f.path))]
        endings = [str(done[str(f)]["ending"]) for f in mine if str(f) in done]
        noticed, late = (endings.count(ending) for ending in ("noticed", "timeout"))
        share = f"{100 * (noticed + late) / len(endings):.1f} %" if endings else "nothing tried"
        tried = f"{package}: {noticed + late} of {len(endings)} noticed ({share})"
        lines.append(f"{tried}, {late} of them by a time limit; {len(mine) - len(endings)} not tried")
    survivors = [f for f in faults if done.get(str(f), {}).get("ending") == "survived"]
    for fault in survivors:
        lines += ["", f"survived: {fault}", fault.diff((root / fault.path).read_bytes())]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("packages", nargs="*", choices=[*TESTS, []], default=[], help="default: all three")
    parser.add_argument("--count", type=int, default=150, help="faults in the sample (default: 150)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    parser.add_argument("--workers", type=int, default=2, help="copies that are tried at a time (default: 2)")
    parser.add_argument(
        "--minutes", type=float, default=240, help="begin no fault after so long (default: 240)"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / ".mutation", help="copies and results go there")
    parser.add_argument("--list", action="store_true", help="print the sample and stop")
    parser.add_argument(
        "--retry", action="store_true", help="try again what survived, after tests were mended"
    )
    arguments = parser.parse_args(argv)
    packages = arguments.packages or list(TESTS)
    faults = sample({p: find_faults(ROOT, p) for p in packages}, arguments.count, arguments.seed)
    print(f"{len(faults)} faults, seed {arguments.seed}, packages {', '.join(packages)}")
    print("\n".join(f"  {fault}" for fault in faults), flush=True)
    if arguments.list:
        return 0
    arguments.folder.mkdir(parents=True, exist_ok=True)
    drawn = hashlib.sha256("\n".join(map(str, faults)).encode()).hexdigest()[:16]
    tree = fingerprint(ROOT)
    name = f"results-{'-'.join(packages)}-{arguments.count}-{arguments.seed}.jsonl"
    run = {"sample": drawn, "tree": tree, "seed": arguments.seed, "count": len(faults)}
    results = Results(arguments.folder / name, run, retry=arguments.retry)
    started = time.monotonic()
    copies = [Copy(arguments.folder / f"copy{number}") for number in range(arguments.workers)]
    levels_file = arguments.folder / f"levels-{fingerprint(ROOT, packages)}.json"
    if not levels_file.exists():
        levels_file.write_text(json.dumps(measure_baseline(copies[0], packages)))
    levels = json.loads(levels_file.read_text())
    _share_cache(copies)
    work(copies, faults, results, levels, started + 60 * arguments.minutes)
    print(summary(copies[0].root, faults, results.done))  # the checkout may have changed meanwhile
    return 0


def _share_cache(copies: list[Copy]) -> None:
    """Give every copy the kernels that the first compiled: Numba names a folder by a hash of its path."""
    from numba.core.caching import _CacheLocator

    for copy in copies[1:]:
        for source in (copies[0].root / "reference", copies[0].root / "proofs_check"):
            for folder in {path.parent for path in source.rglob("*.py")}:
                inside = folder.relative_to(copies[0].root)
                names = [
                    _CacheLocator.get_suitable_cache_subpath(str(c.root / inside / "x.py"))
                    for c in (copies[0], copy)
                ]
                if (copies[0].cache / names[0]).is_dir():
                    shutil.copytree(copies[0].cache / names[0], copy.cache / names[1], dirs_exist_ok=True)


if __name__ == "__main__":
    sys.exit(main())
