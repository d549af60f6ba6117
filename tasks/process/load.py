"""Read the answers of all passes, keep what is valid and unique, count the rest."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from matching.vocabulary import LOCATION_BY_SLUG, LocationType
from tasks.errors import InputError, SeedError
from tasks.generate.answers import salvage_file
from tasks.generate.drafts import EventDraft, PassName
from tasks.generate.salvage import (
    KeptCommunity,
    KeptPerson,
    KeptVenue,
    Reject,
    Salvaged,
)
from tasks.process.frames import COMMUNITIES, PEOPLE, SERIES, VENUES

MAX_REJECT_SHARE: Final = 0.05  # more, and it is the source that is broken
SHOWN_REJECTS: Final = 5  # in the message of a refusal; rejects.json has them all


@dataclass(frozen=True)
class Loaded:
    """What the answers hold: one frame a kind, and what was set aside."""

    communities: pl.DataFrame  # COMMUNITIES
    people: pl.DataFrame  # PEOPLE
    series: pl.DataFrame  # SERIES
    venues: pl.DataFrame  # VENUES
    rejects: tuple[Reject, ...]
    cities: tuple[str, ...]  # those read, in the order of their slugs

    @property
    def records(self) -> int:
        """Count the records offered: those kept, and those set aside."""
        frames = (self.communities, self.people, self.series, self.venues)
        return sum(frame.height for frame in frames) + len(self.rejects)


def load_answers(
    folder: Path, cities: Sequence[str], skip_cities: Sequence[str] = ()
) -> Loaded:
    """Read every city's three answers from an edition folder.

    Names are unique over the edition: of two records with one name the first stays,
    by city slug, then by place in the answer. Names are compared without letter case
    and accents' encoding.

    Args:
        folder: the edition folder.
        cities: slugs of the edition's cities.
        skip_cities: slugs to go on without.

    Returns:
        Frames sorted by city slug and place in the answer, with all rejects.

    Raises:
        InputError: a skipped city is unknown, or none is left.
    """
    unknown = sorted(set(skip_cities) - LOCATION_BY_SLUG.keys())
    if unknown:
        raise InputError(
            f"--skip-city names {unknown!r}, which no city has as its slug; correct it"
        )
    read = tuple(sorted(set(cities) - set(skip_cities)))
    if not read:
        raise InputError(
            f"--skip-city names {sorted(skip_cities)!r} and leaves no city; skip fewer"
        )
    keeper = _Keeper()
    for city in read:
        for pass_name in PassName:
            keeper.take(pass_name, city, salvage_file(folder, pass_name, city))
    return Loaded(
        communities=pl.DataFrame(keeper.communities, COMMUNITIES, orient="row"),
        people=pl.DataFrame(keeper.people, PEOPLE, orient="row"),
        series=pl.DataFrame(keeper.series, SERIES, orient="row"),
        venues=pl.DataFrame(keeper.venues, VENUES, orient="row"),
        rejects=tuple(keeper.rejects),
        cities=read,
    )


def check_rejects(loaded: Loaded) -> None:
    """Stop when too much was set aside, or when a city is left without a kind.

    Raises:
        SeedError: over MAX_REJECT_SHARE of the records are rejects, or a city has no
            communities, people or venues. The answers stay; a later run goes on.
    """
    shown = "".join(f"\n  {_line(reject)}" for reject in loaded.rejects[:SHOWN_REJECTS])
    kinds = {
        "communities": loaded.communities,
        "people": loaded.people,
        "venues": loaded.venues,
    }
    empty = {
        kind: sorted(set(loaded.cities) - set(frame["city"]))
        for kind, frame in kinds.items()
    }
    bare = sorted({city for missing in empty.values() for city in missing})
    if bare:
        lacking = "; ".join(
            f"no {kind}: {', '.join(missing)}"
            for kind, missing in empty.items()
            if missing
        )
        skips = " ".join(f"--skip-city {city}" for city in bare)
        raise SeedError(
            f"{len(bare)} cities have no usable answer ({lacking}). Nothing was lost: "
            "delete their files below batches/ and run again to have them made anew, "
            f"or go on without them: {skips}{shown}"
        )
    share = len(loaded.rejects) / loaded.records
    if share > MAX_REJECT_SHARE:
        cities = sorted({reject.city for reject in loaded.rejects})
        raise SeedError(
            f"{len(loaded.rejects)} of {loaded.records} records are unusable "
            f"({share:.1%}, the limit is {MAX_REJECT_SHARE:.0%}), in "
            f"{', '.join(cities)}. Nothing was lost: see processed/rejects.json, "
            "delete the answers concerned below batches/ and run again, or go on "
            f"without the cities (--skip-city {cities[0]} …){shown}"
        )


@dataclass
class _Keeper:
    """The records kept so far and the names they have taken."""

    communities: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    people: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    series: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    venues: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    rejects: list[Reject] = field(default_factory=list[Reject])
    taken: dict[tuple[str, str], str] = field(
        default_factory=dict[tuple[str, str], str]
    )

    def take(self, pass_name: PassName, city: str, salvaged: Salvaged) -> None:
        """Keep what one answer holds, but for names that are taken."""
        self.rejects += salvaged.rejects
        for community in salvaged.communities:
            self._community(city, community)
        for person in salvaged.people:
            name = f"{person.draft.first_name} {person.draft.last_name}"
            if self._claim(pass_name, city, person.index, name):
                self.people.append(_person_row(city, person))
        for venue in salvaged.venues:
            if self._claim(pass_name, city, venue.index, venue.draft.name):
                self.venues.append(_venue_row(city, venue))

    def _community(self, city: str, community: KeptCommunity) -> None:
        name, at = community.head.name, community.index
        if not self._claim(PassName.COMMUNITIES, city, at, name):
            return
        rows = [
            _series_row(name, event)
            for event in community.events
            if self._claim(PassName.COMMUNITIES, city, at, event.title, "event ")
        ]
        if rows:
            self.communities.append(_community_row(city, community))
            self.series += rows
        else:
            self._reject(
                PassName.COMMUNITIES, city, at, name, "none of its events is left"
            )

    def _claim(
        self, pass_name: PassName, city: str, index: int, name: str, kind: str = ""
    ) -> bool:
        """Take a name for the record, or set the record aside if another has it."""
        key = (f"{kind}{pass_name}", fold(name))
        if key in self.taken:
            reason = f"the name is taken by one of {self.taken[key]}"
            self._reject(pass_name, city, index, name, reason)
            return False
        self.taken[key] = city
        return True

    def _reject(
        self, pass_name: PassName, city: str, index: int, name: str, reason: str
    ) -> None:
        reject = Reject(
            pass_name=pass_name, city=city, index=index, name=name, reason=reason
        )
        self.rejects.append(reject)


def fold(name: str) -> str:
    """Reduce a name to what makes it the same to a reader."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _line(reject: Reject) -> str:
    at = "the file" if reject.index is None else f"record {reject.index}"
    name = f" {reject.name!r}" if reject.name else ""
    return f"{reject.pass_name}/{reject.city}.json, {at}{name}: {reject.reason}"


def _community_row(city: str, community: KeptCommunity) -> dict[str, Any]:
    fields = community.head.model_dump(mode="json")
    fields["tiers"] = fields.pop("membership_tiers")
    fields["city"] = city
    return _in_order(fields, COMMUNITIES)


def _series_row(community: str, event: EventDraft) -> dict[str, Any]:
    fields = event.model_dump(mode="json")
    fields["community"] = community
    if event.location_type is LocationType.ONLINE:
        fields["venue"] = None
    return _in_order(fields, SERIES)


def _person_row(city: str, person: KeptPerson) -> dict[str, Any]:
    return _in_order({**person.draft.model_dump(mode="json"), "city": city}, PEOPLE)


def _venue_row(city: str, venue: KeptVenue) -> dict[str, Any]:
    return _in_order({**venue.draft.model_dump(mode="json"), "city": city}, VENUES)


def _in_order(fields: dict[str, Any], schema: pl.Schema) -> dict[str, Any]:
    return {column: fields[column] for column in schema.names()}
