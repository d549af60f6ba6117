"""What was asked for: checked as a whole before anything is written or started."""

import math
import os
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Final

from matching.vocabulary import LOCATIONS, LocationSlug
from tasks.commands.parameters import (
    MAX_COMMUNITIES,
    MAX_EDITIONS,
    MAX_MIN_EVENTS,
    MAX_PEOPLE,
    PROCESS_STEPS,
    STAGE_STEPS,
    STEPS,
    STEPS_OF,
    Part,
    Step,
    Wipe,
)
from tasks.editions import Manifest, check_edition_name
from tasks.errors import InputError, RefusedError
from tasks.generate.prices import price_of
from tasks.generate.service import BUDGET_USD, POLL_SECONDS, WAIT_MINUTES
from tasks.generate.source import Source
from tasks.settings import Settings

MAX_SEED_CHARACTERS: Final = 200  # it is stored in every ledger row


class Request(Manifest):
    """One run as asked for; None leaves a choice to the edition or the defaults."""

    edition: str | None = None
    as_of: date | None = None
    seed: str | None = None
    source: Source | None = None
    model: str | None = None
    budget_usd: float = BUDGET_USD
    poll_seconds: float = POLL_SECONDS
    wait_minutes: float = WAIT_MINUTES
    people: int | None = None
    communities: int | None = None
    cities: tuple[LocationSlug, ...] = ()
    skip_city: tuple[LocationSlug, ...] = ()
    min_events_per_city: int | None = None
    wipe: Wipe = Wipe.NONE
    release: bool = False
    confirm_database: str | None = None
    only: Part | None = None
    stop_after: Step | None = None
    create_tables: bool = False
    dry_run: bool = False
    keep_editions: int | None = None

    @property
    def last_step(self) -> Step:
        """The step after which this run ends."""
        if self.stop_after is not None:
            return self.stop_after
        if self.only is not None:
            return STEPS_OF[self.only][-1]
        return PROCESS_STEPS[-1] if self.dry_run else STEPS[-1]

    def includes(self, step: Step) -> bool:
        """Say whether this run carries out a step."""
        first = STEPS.index(STEPS_OF[self.only][0]) if self.only else 0
        return first <= STEPS.index(step) <= STEPS.index(self.last_step)

    @property
    def replaces(self) -> bool:
        """Whether other worlds in the database are to make room."""
        return self.wipe is not Wipe.NONE

    @property
    def loads(self) -> bool:
        """Whether this run touches the database at all."""
        return self.includes(Step.LOAD_STATIC)


def check_request(request: Request) -> Request:
    """Return the request if it can be met, else say which value cannot and why."""
    if request.edition is not None:
        check_edition_name(request.edition)
    if request.seed is not None:
        check_seed(request.seed)
    if request.model is not None:
        price_of(request.model)
    _check_amount("budget_usd", request.budget_usd)
    _check_amount("poll_seconds", request.poll_seconds)
    _check_amount("wait_minutes", request.wait_minutes)
    _check_steps(request)
    _check_wipe(request)
    left = set(request.cities or LocationSlug) - set(request.skip_city)
    if not left:
        raise InputError(
            f"no city is left: skip_city names {sorted(request.skip_city)!r}; "
            "leave at least one city to be made"
        )
    # every city has at least one of each
    _check_count("people", request.people, len(left), MAX_PEOPLE)
    _check_count("communities", request.communities, len(left), MAX_COMMUNITIES)
    _check_count("min_events_per_city", request.min_events_per_city, 0, MAX_MIN_EVENTS)
    _check_count("keep_editions", request.keep_editions, 1, MAX_EDITIONS)
    return request


def check_seed(seed: str) -> str:
    """Return the seed if the ledger can keep it and a terminal show it."""
    if not 0 < len(seed) <= MAX_SEED_CHARACTERS or not seed.isprintable():
        raise InputError(
            f"the seed is {seed[: MAX_SEED_CHARACTERS + 1]!r}; give 1 to "
            f"{MAX_SEED_CHARACTERS} printable characters"
        )
    return seed


def check_home(settings: Settings) -> None:
    """Refuse a SEED_HOME that cannot become a folder, before anything is written."""
    for place in (settings.home, *settings.home.parents):
        if place.is_dir():
            return
        if place.exists():
            raise InputError(
                f"SEED_HOME is {str(settings.home)!r}, but {str(place)!r} is a file; "
                "give a folder, or leave SEED_HOME unset for .seed in the project"
            )


def check_links(folder: Path) -> None:
    """Refuse an edition's folder with links in it: writing there may reach elsewhere.

    SEED_HOME itself may be a link, as a disk of its own often is.

    Args:
        folder: The edition's; it need not be there yet.

    Raises:
        RefusedError: Naming the first link.
    """
    inside = (
        Path(root, name) for root, *both in os.walk(folder) for name in chain(*both)
    )
    for place in chain((folder.parent, folder), inside):
        if place.is_symlink():
            raise RefusedError(
                f"{str(place)!r} is a link to {str(place.readlink())!r}; the seeder "
                "writes only what lies in SEED_HOME itself: put the files there, or "
                "make SEED_HOME the link"
            )


def check_city(slug: str) -> LocationSlug:
    """Return the city of a slug, else name the slugs that come near it."""
    try:
        return LocationSlug(slug)
    except ValueError:
        raise InputError(
            f"there is no city {slug!r}; {_suggest(slug)} All slugs stand in "
            "matching/vocabulary/locations.json"
        ) from None


def _suggest(slug: str) -> str:
    names = {row.name.lower(): row.slug for row in LOCATIONS}
    known: dict[str, str] = {row.slug: row.slug for row in LOCATIONS} | names
    near = get_close_matches(slug.strip().lower(), known, n=3, cutoff=0.5)
    return _listing(dict.fromkeys(known[word] for word in near))


def _listing(slugs: Iterable[str]) -> str:
    found = [repr(slug) for slug in slugs]
    return f"did you mean {' or '.join(found)}?" if found else "none comes near."


def _check_count(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise InputError(
            f"{name} is {value!r}; give a whole number from {least} to {most:,}"
        )


def _check_amount(name: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise InputError(f"{name} is {value!r}; give a number from 0 up")


def _check_wipe(request: Request) -> None:
    if request.release and request.wipe is not Wipe.SEEDED:
        raise InputError(
            f"release is set with wipe {str(request.wipe)!r}; it only goes with "
            "--wipe seeded: drop one of the two"
        )
    if request.wipe is Wipe.ALL and not request.confirm_database:
        raise InputError(
            "wipe is 'all', which deletes every row of the app's tables, whoever made "
            "it: type the database's exact name as --confirm-database NAME"
        )
    if request.confirm_database is not None and request.wipe is not Wipe.ALL:
        raise InputError(
            f"confirm_database is {request.confirm_database!r} with wipe "
            f"{str(request.wipe)!r}; only --wipe all asks for it: drop it"
        )


def _check_steps(request: Request) -> None:
    if request.only is not None and request.stop_after is not None:
        steps = STEPS_OF[request.only]
        if request.stop_after not in steps:
            raise InputError(
                f"stop_after is {str(request.stop_after)!r}, which --only "
                f"{request.only} never reaches; its steps are {', '.join(steps)}"
            )
    if request.dry_run and (
        request.only is Part.SEED or request.stop_after in STAGE_STEPS
    ):
        raise InputError(
            "dry_run stops before the database, but the run was asked to load; "
            "drop one of the two"
        )
