"""What an argument of the command line may be: checked as it is read."""

import argparse
from datetime import date
from typing import Final

DATE_FORM: Final = "YYYY-MM-DD"
LEAST_SILENCE_S: Final = 30  # between two heartbeats, as Prefect has it at the least


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day; write it as {DATE_FORM}"
        ) from None


def port(text: str) -> int:
    """Read a TCP port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 1 to 65535")
    return int(text)


def count(text: str) -> int:
    """Read a whole number from 0 up."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give 0 or more")
    return int(text)


def silence(text: str) -> int:
    """Read how many seconds of silence count as death."""
    if not text.isdecimal() or int(text) < LEAST_SILENCE_S:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no silence; give {LEAST_SILENCE_S} seconds or more"
        )
    return int(text)


def positive(text: str) -> int:
    """Read a whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give 1 or more")
    return int(text)
