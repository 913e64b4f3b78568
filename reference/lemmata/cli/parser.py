"""The command line's arguments and their help."""

import argparse
from collections.abc import Callable
from importlib import import_module

import shtab

import lemmata
from lemmata.claims.book import read_book, theorems

_EXIT_STATUS = """\
exit status:
  0    every check ran and nothing is refuted
  1    a theorem is refuted (one that the book itself calls refuted does not count)
  2    the command was not understood
  3    nothing is refuted, but a check failed to run or a file was not written
  130  interrupted (143: by SIGTERM, 129: by the terminal's end); the reports are written and marked as
       partial
  141  nothing is refuted and every check ran, but what was printed reached nobody (a closed pipe or
       stream); the reports are written
the JSON and HTML reports show the same status
"""

_PREAMBLES: dict[str, list[str]] = {}


def make_parser() -> argparse.ArgumentParser:
    """The parser of ``lemmata``; each subcommand's ``run`` is its function."""
    parser = argparse.ArgumentParser(
        prog="lemmata",
        description="Re-check published theorems, and read them.",
        epilog="examples:\n  lemmata verify\n  lemmata explain HAM-3\n  lemmata list\n"
        "  lemmata round x.npy A.npy -o y.npy\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lemmata {lemmata.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_verify(commands)
    _add_explain(commands)
    _add_list(commands)
    _add_round(commands)
    _add_completion(commands)
    return parser


def _deferred(module: str) -> Callable[[argparse.Namespace], int]:
    """The subcommand's function, imported when it runs."""

    def run(arguments: argparse.Namespace) -> int:
        return int(import_module(f"lemmata.cli.{module}").run(arguments))

    return run


def _subparser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str, epilog: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _completed(action: argparse.Action, names: list[str]) -> None:
    """Let shells complete an argument by names, while any other reaches the book, which refuses it better."""
    function = f"_lemmata_{action.dest}"
    _PREAMBLES[function] = names
    # shtab reads this attribute; argparse does not know it.
    action.complete = {"bash": function, "zsh": "(" + " ".join(names) + ")"}  # type: ignore[attr-defined]


def _add_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _subparser(
        commands,
        "verify",
        "re-check theorems and say how strong the evidence is",
        "examples:\n"
        "  lemmata verify                              everything, in about two minutes\n"
        "  lemmata verify hamming --report r.html      one topic, with a page to read\n"
        "  lemmata verify HAM-3 --effort standard      one theorem, more thoroughly\n"
        "  lemmata verify --rng 7 --json r.json        other random inputs, for a program\n"
        "  lemmata verify --backend dask --scheduler tcp://host:8786\n\n" + _EXIT_STATUS,
    )
    parser.set_defaults(run=_deferred("verify"))
    names = [*_topics(), *(theorem.id for theorem in theorems())]
    selection = parser.add_argument(
        "names", nargs="*", metavar="TOPIC|ID", help="what to check (default: every theorem)"
    )
    _completed(selection, names)
    parser.add_argument(
        "--effort",
        choices=["quick", "standard", "exhaustive"],
        default="quick",
        help="about two minutes, about fifteen, or as long as it takes (default: quick)",
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=-1, metavar="N", help="checks at a time (default: the cores)"
    )
    parser.add_argument(
        "--rng", type=_seed, default=0, metavar="SEED", help="seed of the random inputs (default: 0)"
    )
    parser.add_argument(
        "--time-limit", type=_seconds, metavar="SECONDS", help="for each check; more is an error"
    )
    for option, what in (("--report", "a self-contained HTML page"), ("--json", "the results as JSON")):
        _file(parser.add_argument(option, metavar="FILE", help=f"write {what}"))
    parser.add_argument(
        "--witnesses",
        default=".",
        metavar="DIR",
        help="where a refuted theorem's witness is saved (default: here)",
    )
    parser.add_argument(
        "--backend",
        choices=["threading", "loky", "dask", "ray"],
        help="joblib backend that supervises the checks (default: threads)",
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of the Dask cluster, with --backend dask")


def _add_explain(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _subparser(
        commands, "explain", "show theorems from the book", "example:\n  lemmata explain HAM-3\n"
    )
    parser.set_defaults(run=_deferred("explain"))
    ids = parser.add_argument("ids", nargs="+", metavar="ID", help="theorem (or topic, for all of its)")
    _completed(ids, [theorem.id for theorem in theorems()])


def _add_list(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _subparser(
        commands,
        "list",
        "list topics, theorems and algorithms",
        "examples:\n  lemmata list\n  lemmata list hamming\n",
    )
    parser.set_defaults(run=_deferred("listing"))
    topics = parser.add_argument("topics", nargs="*", metavar="TOPIC", help="topics to list (default: all)")
    _completed(topics, _topics())


def _topics() -> list[str]:
    return list(dict.fromkeys(chapter.topic for chapter in read_book()))


def _add_round(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _subparser(
        commands,
        "round",
        "round a point to a vertex: all but rank(A) coordinates are 0 or 1, and A y = A x",
        "examples:\n"
        "  lemmata round x.npy A.npy -o y.npy             x is in [0, 1], A has one row per constraint\n"
        "  lemmata round x.npy A.npy -o y.npy --unbiased  at random, with E[y] = x\n\n"
        "exit status:\n"
        "  0    y is written; it was verified before\n"
        "  2    an input was not understood, or cannot be rounded; nothing is written\n"
        "  3    y could not be written\n",
    )
    parser.set_defaults(run=_deferred("rounding"))
    _file(parser.add_argument("point", metavar="X.npy", help="the point, shape (n,), in [0, 1]"))
    _file(parser.add_argument("matrix", metavar="A.npy", help="constraints, shape (m, n)"))
    _file(
        parser.add_argument(
            "-o", "--output", metavar="OUT.npy", required=True, help="where the rounded point is written"
        )
    )
    parser.add_argument("--unbiased", action="store_true", help="walk at random, with E[y] = x")
    parser.add_argument("--rng", type=_seed, metavar="SEED", help="seed of the unbiased walk")
    parser.add_argument("--json", action="store_true", help="print a summary for programs")


def _add_completion(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _subparser(
        commands,
        "completion",
        "print a completion script for a shell",
        'examples:\n  eval "$(lemmata completion bash)"\n  lemmata completion zsh > ~/.zfunc/_lemmata\n',
    )
    parser.set_defaults(run=_print_completion)
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"])


def _print_completion(arguments: argparse.Namespace) -> int:
    preamble = "\n".join(
        f"{function}() {{ compgen -W '{' '.join(names)}' -- \"$1\"; }}"
        for function, names in _PREAMBLES.items()
    )
    print(
        shtab.complete(make_parser(), arguments.shell, preamble=preamble if arguments.shell == "bash" else "")
    )
    return 0


def _file(action: argparse.Action) -> None:
    action.complete = shtab.FILE  # type: ignore[attr-defined]


def _jobs(text: str) -> int:
    jobs = int(text)
    if jobs == 0 or jobs < -1:
        raise argparse.ArgumentTypeError(f"must be positive, or -1 for the cores (got {text})")
    return jobs


def _seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        raise argparse.ArgumentTypeError(f"must not be negative (got {text})")
    return seed


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"must be positive (got {text})")
    return seconds
