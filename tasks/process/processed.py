"""Process the answers: validated, limited, distributed, and written for people."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from matching.draws import key_of
from tasks.editions import Manifest, digest_file
from tasks.errors import InputError, SeedError
from tasks.generate.answers import PassManifest
from tasks.generate.drafts import PassName
from tasks.process.distribute import distribute
from tasks.process.frames import (
    COMMUNITIES,
    EVENTS,
    PEOPLE,
    VENUES,
    ProcessedFrames,
    read_frame,
    write_records,
)
from tasks.process.limits import check_limit, take_spread
from tasks.process.load import Loaded, check_rejects, load_answers
from tasks.settings import MIN_EVENTS_PER_CITY

KEPT_SETS: Final = 3  # sets of processed files: this run's and two to compare with
TIME: Final = re.compile(r"\d{8}T\d{6}Z")  # 20261122T030000Z
_OWN_FILE: Final = re.compile(
    r"(?:communities-final|users-final|events-distributed|venues-final)"
    rf"-(?P<time>{TIME.pattern})\.json"
)


class ProcessOptions(Manifest):
    """What shapes the processed content besides the answers."""

    seed: str
    people: int | None = None  # at most so many, spread over the cities
    communities: int | None = None
    min_events_per_city: int = MIN_EVENTS_PER_CITY
    skip_cities: tuple[str, ...] = ()


class ProcessedFile(Manifest):
    """One processed file."""

    path: str  # relative to the edition folder
    rows: int
    digest: str


class Processed(Manifest):
    """The current set of processed files, and what they hold."""

    communities: ProcessedFile
    people: ProcessedFile
    events: ProcessedFile
    venues: ProcessedFile
    rejects: ProcessedFile
    padded: int  # events that repeat a series
    cities: tuple[str, ...]


def process_answers(
    folder: Path, passes: Sequence[PassManifest], options: ProcessOptions, time: str
) -> Processed:
    """Process an edition's answers into four files of records and one of rejects.

    Args:
        folder: the edition folder.
        passes: the manifests of the three passes, over the same cities.
        options: what shapes the content.
        time: the flow run's start in UTC, as 20261122T030000Z; it names the files.

    Returns:
        The manifest of the files written.

    Raises:
        InputError: an option is unusable; nothing was written.
        SeedError: too much was rejected; processed/rejects.json lists it all.
    """
    _check(options, time)
    loaded = load_answers(folder, _cities(passes), options.skip_cities)
    rejects = [reject.model_dump(mode="json") for reject in loaded.rejects]
    write_records(folder / "processed" / "rejects.json", rejects)
    check_rejects(loaded)
    frames = shape(loaded, options)
    written = {
        name: _write(folder, f"{file}-{time}.json", frame)
        for name, file, frame in (
            ("communities", "communities-final", frames.communities),
            ("people", "users-final", frames.people),
            ("events", "events-distributed", frames.events),
            ("venues", "venues-final", frames.venues),
        )
    }
    delete_old_sets(folder / "processed", time)
    return Processed(
        **written,
        rejects=_file(folder, folder / "processed" / "rejects.json", len(rejects)),
        padded=frames.events.filter(pl.col("occurrence") > 0).height,
        cities=loaded.cities,
    )


def shape(loaded: Loaded, options: ProcessOptions) -> ProcessedFrames:
    """Limit the loaded records as asked, and distribute the events."""
    cities = len(loaded.cities)
    limits = (
        (options.communities, loaded.communities, "communities"),
        (options.people, loaded.people, "people"),
    )
    for limit, frame, what in limits:
        check_limit(limit, frame.height, cities, what)
    communities = take_spread(loaded.communities, options.communities)
    series = loaded.series.join(
        communities.select(community="name"),
        on="community",
        how="semi",
        maintain_order="left",
    )
    return ProcessedFrames(
        communities=communities,
        people=take_spread(loaded.people, options.people),
        events=distribute(
            series, communities, options.min_events_per_city, key_of(options.seed)
        ),
        venues=loaded.venues,
    )


def read_processed(folder: Path, processed: Processed) -> ProcessedFrames:
    """Read the files of a manifest back as frames.

    Raises:
        SeedError: a file is not what the manifest says.
    """

    def read(file: ProcessedFile, schema: pl.Schema) -> pl.DataFrame:
        path = folder / file.path
        found = digest_file(path) if path.is_file() else "missing"
        if found != file.digest:
            raise SeedError(
                f"{file.path} was changed or removed since it was written (digest "
                f"{found!r}, not {file.digest!r}); run again to process anew"
            )
        return read_frame(path, schema)

    return ProcessedFrames(
        communities=read(processed.communities, COMMUNITIES),
        people=read(processed.people, PEOPLE),
        events=read(processed.events, EVENTS),
        venues=read(processed.venues, VENUES),
    )


def delete_old_sets(folder: Path, current: str) -> None:
    """Delete processed files of all but the current set and the newest others."""
    own = {
        path: match["time"]
        for path in folder.iterdir()
        if (match := _OWN_FILE.fullmatch(path.name))
    }
    others = sorted(set(own.values()) - {current}, reverse=True)
    keep = {current, *others[: KEPT_SETS - 1]}
    for path, time in own.items():
        if time not in keep:
            path.unlink(missing_ok=True)


def _check(options: ProcessOptions, time: str) -> None:
    for what, value in (
        ("people", options.people),
        ("communities", options.communities),
        ("min_events_per_city", options.min_events_per_city),
    ):
        if value is not None and value < 0:
            raise InputError(f"{what} is {value!r}; give a whole number from 0 up")
    if not TIME.fullmatch(time):
        raise InputError(f"the time is {time!r}; write it as 20261122T030000Z")


def _cities(passes: Sequence[PassManifest]) -> list[str]:
    """Give the cities that the passes were made for, the same for all three."""
    by_pass = {
        made.pass_name: [answer.city for answer in made.answers] for made in passes
    }
    if set(by_pass) != set(PassName) or len({*map(tuple, by_pass.values())}) != 1:
        counts = {str(name): len(cities) for name, cities in by_pass.items()}
        raise SeedError(
            f"the passes do not cover the same cities ({counts!r}); run generate "
            "again for this edition"
        )
    return by_pass[PassName.COMMUNITIES]


def _write(folder: Path, name: str, frame: pl.DataFrame) -> ProcessedFile:
    path = folder / "processed" / name
    records: list[dict[str, Any]] = frame.to_dicts()
    write_records(path, records)
    return _file(folder, path, frame.height)


def _file(folder: Path, path: Path, rows: int) -> ProcessedFile:
    return ProcessedFile(
        path=path.relative_to(folder).as_posix(), rows=rows, digest=digest_file(path)
    )
