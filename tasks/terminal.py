"""Text that a terminal shows as it stands.

Names and titles come from a model, from files and from a database that others write
to: an escape sequence in them would steer the terminal, a direction override would
show a line otherwise than it reads, a line break would feign a line of ours.
"""

import json
import unicodedata
from typing import Final

SHOWN_FOR_UNPRINTABLE: Final = "\ufffd"
# unprintable by their class, but letters and emoji fall apart without them
JOINERS: Final = frozenset("\u200c\u200d")


def one_line(text: str) -> str:
    """Show a text within one line: a sign for each character that is not printable."""
    return "".join(_shown(sign) for sign in text)


def printable(text: str) -> str:
    """Show a text of ours, of one line or several, in which others' text may stand."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def printable_json(value: object) -> str:
    """Write a value as JSON that a terminal shows, and that says the same as it."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return "".join(
        sign if sign == "\n" or _is_shown(sign) else json.dumps(sign)[1:-1]
        for sign in text
    )


def _is_shown(sign: str) -> bool:
    return sign.isprintable() or sign in JOINERS


def _shown(sign: str) -> str:
    if _is_shown(sign):
        return sign
    is_space = sign == "\t" or unicodedata.category(sign) == "Zs"
    return " " if is_space else SHOWN_FOR_UNPRINTABLE
