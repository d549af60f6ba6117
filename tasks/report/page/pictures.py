"""The report's charts as pictures of their own, for places that show no page."""

import base64
import re
from typing import Final

_CHART: Final = re.compile(
    r'<svg (viewBox="[^"]+") role="img" aria-labelledby="([\w-]+)-t .*?</svg>',
    flags=re.DOTALL,
)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title>", flags=re.DOTALL)
_VARIABLE: Final = re.compile(r"var\((--[\w-]+)\)")
_COLOUR: Final = re.compile(r"(--[\w-]+):\s*(#[0-9a-f]{6})")
_PAGE_COLOUR: Final = "--card"
_WIDTH: Final = 720  # pixels, where the place does not say otherwise


def pictures(page: str) -> dict[str, tuple[str, str]]:
    """Take the charts out of a written report, in its light colours.

    Args:
        page: the report's HTML.

    Returns:
        (title, data URI of an SVG) by the chart's name.
    """
    light = dict(reversed(_COLOUR.findall(page.split("@media", 1)[0])))
    found: dict[str, tuple[str, str]] = {}
    for chart in _CHART.finditer(page):
        box, name = chart[1], chart[2]
        title = _TITLE.search(chart[0])
        drawn = _VARIABLE.sub(lambda used: light[used[1]], chart[0]).replace(
            f"<svg {box}",
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} width="{_WIDTH}" '
            f'style="background:{light[_PAGE_COLOUR]};font-family:sans-serif"',
            1,
        )
        encoded = base64.b64encode(drawn.encode()).decode()
        found[name] = (
            title[1] if title else name,
            f"data:image/svg+xml;base64,{encoded}",
        )
    return found
