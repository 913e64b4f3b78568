"""The command ``lemmata``: verify, explain, list, completion."""

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the command's name; by default the process's own.
    """
    from lemmata.claims.book import UnknownClaim  # noqa: PLC0415 - `import lemmata.cli` stays light
    from lemmata.cli.parser import make_parser  # noqa: PLC0415

    parser = make_parser()
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except UnknownClaim as error:
        print(f"lemmata: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe has gone; keep the interpreter from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
