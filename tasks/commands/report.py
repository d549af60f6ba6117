"""`report`: one HTML file that shows an edition."""

import sys
import webbrowser

from tasks.commands.made import choose_edition, read_world
from tasks.errors import InputError
from tasks.settings import read_settings


def report(edition: str | None, person: str | None, *, is_opened: bool) -> int:
    """Write an edition's report and print where it lies.

    Args:
        edition: its name; None for the latest.
        person: whose life is told, by user name; None for the demo user.
        is_opened: show it in the browser.
    """
    from tasks.report.page.render import write_report  # noqa: PLC0415  draws: a second

    folder = choose_edition(read_settings(), edition)
    world = read_world(folder)
    if world is None:
        raise InputError(
            f"edition {folder.name!r} is not built yet; run it first: "
            f"python flows/seed.py --edition {folder.name}"
        )
    path = write_report(folder, world, person)
    sys.stdout.write(f"{path}\n")
    if is_opened:
        webbrowser.open(path.as_uri())
    return 0
