"""The command ``lemmata``: verify, explain, list, completion."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the command's name; by default the process's own.
    """
    from lemmata.cli.output import READER_GONE, surviving_output  # noqa: PLC0415 - `import lemmata.cli` stays light

    with surviving_output() as outputs:
        try:
            status = _run(argv)
        except SystemExit as stop:  # from argparse: help, the version, bad usage
            for output in outputs:
                output.flush()
            if stop.code == 0 and outputs[0].lost:
                raise SystemExit(READER_GONE) from None
            raise
    lost = any(output.lost for output in outputs)
    return READER_GONE if status == 0 and lost else status


def _run(argv: Sequence[str] | None) -> int:
    from lemmata.claims.book import UnknownClaim  # noqa: PLC0415
    from lemmata.cli.parser import make_parser  # noqa: PLC0415

    arguments = make_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except UnknownClaim as error:
        print(f"lemmata: {error}", file=sys.stderr)
        return 2
