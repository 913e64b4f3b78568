"""A run as one HTML page that opens from disk: no network, formulas as MathML, plots with hover."""

import json
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lemmata.claims import Evidence, Plot
from lemmata.report.atomic import write_atomically
from lemmata.report.figures import format_beside, format_figure, plain
from lemmata.report.json_report import plot_json, witness_json
from lemmata.report.markdown import render_inline, render_markdown
from lemmata.report.model import Report, in_paragraphs

_EXTRA = ("plotly", "jinja2", "latex2mathml", "markdown_it", "mdit_py_plugins")


def require_report_extra() -> None:
    """Raise now, not after the run, when a package of the extra is missing.

    Raises
    ------
    ImportError
        Naming the packages and how to install them.
    """
    missing = [package for package in _EXTRA if find_spec(package) is None]
    if missing:
        raise ImportError(
            f"an HTML report needs {', '.join(missing)}; install the extra: pip install 'lemmata[report]'"
        )


def write_html(report: Report, path: str | Path) -> None:
    """Write the page atomically.

    Raises
    ------
    ImportError
        As `require_report_extra`.
    OSError
        As `write_atomically`.
    """
    write_atomically(path, to_html(report))


def to_html(report: Report) -> str:
    """The page, self-contained: styles, scripts, data and plotly.js are inside."""
    require_report_extra()
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - optional
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    environment = Environment(
        loader=PackageLoader("lemmata", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = frozenset(row.theorem.id for row in report.rows)
    environment.filters["markdown"] = lambda text: Markup(render_markdown(text, shown))
    environment.filters["in_paragraphs"] = in_paragraphs
    environment.filters["inline"] = lambda text: Markup(render_inline(text, shown))
    environment.filters["beside"] = lambda row: format_beside(row.measured, row.bound)
    environment.filters["words"] = lambda label: label.replace(" ", "-")
    environment.filters["readable"] = lambda value: json.dumps(plain(value), ensure_ascii=False)
    plots = [
        plot_json(plot)
        for row in report.rows
        if row.outcome.judgement
        for plot in row.outcome.judgement.plots
    ]
    page = environment.get_template("page.html.jinja").render(
        report=report,
        counts=report.counts(),
        levels=list(Evidence),
        witness_json=witness_json,
        plot_rows=_plot_rows,
        style=Markup(_resource("page.css")),
        script=Markup(_resource("page.js")) if plots else Markup(""),
        plotly=Markup(_plotly()) if plots else Markup(""),
        plots=Markup(_json_in_html(plots)),
    )
    return str(page).encode("utf-8", "backslashreplace").decode("utf-8")


def _plot_rows(plot: Plot) -> list[tuple[str, str, str]]:
    """A plot's points as rows of a table: what it says to whoever cannot see it."""
    return [
        (series.name, format_figure(float(x)), format_figure(float(y)))
        for series in plot.series
        for x, y in zip(series.x, series.y, strict=True)
    ]


def _json_in_html(data: Any) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(data, allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _resource(name: str) -> str:
    return files("lemmata.report").joinpath(name).read_text(encoding="utf-8")


def _plotly() -> str:
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - optional, and 4 MB

    return str(get_plotlyjs()).replace("</script", "<\\/script")
