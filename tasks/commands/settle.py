"""Settling an edition: what its world is made from, decided once and kept.

The first run of an edition decides its day, seed, source and options; every later
run, be it days after, continues the same world. What a later request leaves open it
takes from there; what it says otherwise is refused, never mixed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from matching.vocabulary import LocationSlug
from tasks.commands.request import Request
from tasks.editions import Manifest, edition_of, read_json, write_json
from tasks.errors import InputError, RefusedError
from tasks.generate.prices import DEFAULT_MODEL
from tasks.generate.source import Source, choose_source
from tasks.settings import Settings

EDITION_FILE: Final = "edition.json"


class Options(Manifest):
    """The options that shape content; None and () mean all that the source has."""

    people: int | None
    communities: int | None
    cities: tuple[LocationSlug, ...]
    skip_city: tuple[LocationSlug, ...]
    min_events_per_city: int
    model: str | None = None  # of the source claude; the others have none


class Settled(Manifest):
    """What one edition's world is made from; it stands in edition.json."""

    edition: str
    as_of: datetime
    seed: str
    source: Source
    options: Options

    @property
    def cities(self) -> tuple[LocationSlug, ...]:
        """The cities to make, in the vocabulary's order."""
        wanted = set(self.options.cities or LocationSlug) - set(self.options.skip_city)
        return tuple(city for city in LocationSlug if city in wanted)

    def options_json(self) -> dict[str, Any]:
        """Give the options as JSON values, as the ledger and the world keep them."""
        left_out = {"model"} if self.options.model is None else None
        return self.options.model_dump(mode="json", exclude=left_out)


def name_edition(request: Request, scheduled: datetime) -> str:
    """Name the edition: as asked, else by the week of the scheduled start."""
    return request.edition or edition_of(scheduled)


def settle(
    request: Request,
    settings: Settings,
    scheduled: datetime,
    existing: Settled | None,
) -> Settled:
    """Settle an edition, or continue it as it was settled.

    Args:
        request: What this run was asked for.
        settings: Defaults from the environment.
        scheduled: The run's scheduled start; names and dates a new edition.
        existing: What an earlier run settled, from the folder or from the ledger.

    Returns:
        What the edition is made from.

    Raises:
        RefusedError: The request says otherwise than the edition, naming each
            difference and the choices.
    """
    if existing is None:
        return _decide(request, settings, scheduled)
    differences = _differences(request, existing)
    if differences:
        raise RefusedError(
            f"edition {existing.edition!r} was made otherwise: "
            + "; ".join(differences)
            + ". Leave these out to continue it, give another --edition, or make it "
            f"anew after: reset --yes-delete {existing.edition} (its rows behind "
            "DATABASE_URL go with --wipe seeded)"
        )
    skipped = set(existing.options.skip_city) | set(request.skip_city)
    options = existing.options.model_copy(
        update={"skip_city": tuple(c for c in LocationSlug if c in skipped)}
    )
    return existing.model_copy(update={"options": options})


def read_settled(folder: Path) -> Settled | None:
    """Read what an earlier run settled for this folder's edition, if any."""
    path = folder / EDITION_FILE
    if not path.is_file():
        return None
    try:
        settled = Settled.model_validate(read_json(path))
    except (ValidationError, InputError) as error:
        raise RefusedError(
            f"{str(path)!r} cannot be read as an edition's settings: "
            f"{str(error).splitlines()[0]!r}; restore the file, or remove the edition "
            f"with: reset --yes-delete {folder.name}"
        ) from None
    if settled.edition != folder.name:
        raise RefusedError(
            f"{str(path)!r} belongs to the edition {settled.edition!r}, not "
            f"{folder.name!r}; rename the folder back"
        )
    return settled


def write_settled(folder: Path, settled: Settled) -> None:
    """Keep what was settled, unless it stands there already."""
    if read_settled(folder) != settled:
        write_json(folder / EDITION_FILE, settled.model_dump(mode="json"))


def describe_differences(
    left: Mapping[str, Any], right: Mapping[str, Any]
) -> list[str]:
    """Name each key under which two mappings hold other values, with both."""
    return [
        f"{key} {left.get(key)!r}, now {right.get(key)!r}"
        for key in dict.fromkeys([*left, *right])
        if left.get(key) != right.get(key)
    ]


def _decide(request: Request, settings: Settings, scheduled: datetime) -> Settled:
    edition = name_edition(request, scheduled)
    day = request.as_of or scheduled.astimezone(UTC).date()
    least = request.min_events_per_city
    source = choose_source(request.source, settings)
    model = (request.model or DEFAULT_MODEL) if source is Source.CLAUDE else None
    return Settled(
        edition=edition,
        as_of=datetime.combine(day, time(), UTC),
        seed=request.seed or edition,
        source=source,
        options=Options(
            people=request.people,
            communities=request.communities,
            cities=_ordered(request.cities),
            skip_city=_ordered(request.skip_city),
            min_events_per_city=(
                settings.min_events_per_city if least is None else least
            ),
            model=model,
        ),
    )


def _differences(request: Request, existing: Settled) -> list[str]:
    """Name what the request says otherwise; what it leaves open does not differ.

    Skipping a further city is no difference: it is how a run goes on without one
    whose answers are bad.
    """
    was = {
        "as_of": existing.as_of.date().isoformat(),
        "seed": existing.seed,
        "source": str(existing.source),
        "model": existing.options.model,
        "people": existing.options.people,
        "communities": existing.options.communities,
        "cities": [str(city) for city in existing.options.cities],
        "min_events_per_city": existing.options.min_events_per_city,
    }
    asked = {
        "as_of": request.as_of.isoformat() if request.as_of else None,
        "seed": request.seed,
        "source": str(request.source) if request.source else None,
        "model": request.model,
        "people": request.people,
        "communities": request.communities,
        "cities": [str(city) for city in _ordered(request.cities)] or None,
        "min_events_per_city": request.min_events_per_city,
    }
    said = {key: value for key, value in asked.items() if value is not None}
    return describe_differences({key: was[key] for key in said}, said)


def _ordered(cities: tuple[LocationSlug, ...]) -> tuple[LocationSlug, ...]:
    return tuple(city for city in LocationSlug if city in set(cities))
