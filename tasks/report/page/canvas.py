"""Drawing by matplotlib, as SVG that takes its colours from the page.

A figure is drawn in stand-in colours; each becomes a CSS variable, so that one drawing
fits the light and the dark page. Letters stay text, in the page's own font.
"""
# matplotlib's stubs leave keyword arguments open:
# pyright: reportUnknownMemberType=false

import re
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import Final

import matplotlib as mpl

mpl.use("svg")  # before pyplot would look for a screen; pyplot itself is never loaded

from matplotlib.axes import Axes
from matplotlib.figure import Figure

PHONE_WIDTH_IN: Final = 4.6  # drawn small, so that letters are readable on a phone
LETTERS_PT: Final = 9
# Stand-ins that nobody would choose, and the CSS variables that they become.
INK: Final = "#010203"
SOFT: Final = "#010204"
GRID: Final = "#010205"
PAPER: Final = "#010206"
SERIES: Final = tuple(f"#01030{number}" for number in range(10))
_VARIABLES: Final = {
    INK: "--ink",
    SOFT: "--soft",
    GRID: "--grid",
    PAPER: "--card",
    **{colour: f"--c{number}" for number, colour in enumerate(SERIES)},
}
_STYLE: Final = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.size": LETTERS_PT,
    "font.family": "DejaVu Sans",  # comes with matplotlib: measures are the same
    "axes.edgecolor": GRID,
    "axes.labelcolor": SOFT,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": LETTERS_PT,
}
_ATTRIBUTES: Final = re.compile(r'\b(id|href|xlink:href)="(#?)([^"]+)"')
_FONT: Final = re.compile(r"font:\s*[^;\"]*?([\d.]+)px[^;\"]*")


@contextmanager
def drawing(height_in: float, name: str) -> Generator[tuple[Figure, Axes]]:
    """Give a figure to draw on, under the page's style.

    Args:
        height_in: in inches; the width is a phone's.
        name: unique on the page; ids within the drawing derive from it.
    """
    with (
        mpl.rc_context({**_STYLE, "svg.hashsalt": name}),
        warnings.catch_warnings(),
    ):
        # a name in a script that this font lacks; the page's fonts have it
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(PHONE_WIDTH_IN, height_in), layout="constrained")
        yield figure, figure.add_subplot()


def to_svg(figure: Figure, name: str, title: str, text: str) -> str:
    """Write a figure as an SVG element.

    Args:
        figure: drawn within `drawing`.
        name: the same name.
        title: what is shown; read aloud, and shown on hovering.
        text: what there is to see in it, for who does not see it.
    """
    out = StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    svg = out.getvalue()
    body = svg[svg.index("<defs>") : svg.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = _ATTRIBUTES.sub(rf'\1="\g<2>{name}-\g<3>"', body)
    body = body.replace("url(#", f"url(#{name}-").replace("xlink:href", "href")
    body = _FONT.sub(r"font-size: \1px", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    body = re.sub(r"\n\s*", "\n", body)
    box = re.search(r'viewBox="([^"]+)"', svg)
    if box is None:
        raise ValueError("matplotlib wrote an SVG without a viewBox")
    return (
        f'<svg viewBox="{box[1]}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(text)}</desc>{body}</svg>'
    )
