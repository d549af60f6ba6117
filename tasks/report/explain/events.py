"""Why an event is when and where it is, who hosts it, and how its seats filled."""

from dataclasses import replace
from typing import Any, Final

import polars as pl

from matching import clock
from matching.schedule import AHEAD_DAYS, PAST_DAYS, possible_dates
from matching.vocabulary import LOCATION_BY_SLUG, Weekday
from tasks.process.tables import events
from tasks.report.explain.explanation import Explanation, Fact, unknown
from tasks.report.explain.retold import Retold
from tasks.report.explain.rsvps import SEATS, categories_of

# of the Event row: what the story decides, not the prose
DECIDED: Final = (
    "slug",
    "title",
    "startDate",
    "endDate",
    "timezone",
    "locationType",
    "venueName",
    "capacity",
    "hostId",
    "communityId",
    "rsvpCount",
    "paidRsvpCount",
    "checkInCount",
    "viewCount",
    "publishedAt",
    "createdAt",
)


def told_events(retold: Retold) -> pl.DataFrame:
    """Make every Event row again, with event_key and what the story decides of it."""
    uncovered = retold.script.events.with_columns(cover=pl.lit(None, pl.String))
    rows = events.events(
        retold.story,
        replace(retold.script, events=uncovered),
        retold.identity,
        retold.people.select("person_key", "person_id"),
    )
    return rows.select("event_key", "id", *DECIDED)


def explain_event(retold: Retold, slug: str) -> Explanation:
    """Explain one event by its slug.

    Raises:
        InputError: the edition has none of that slug.
    """
    table = told_events(retold)
    found = table.filter(pl.col("slug") == slug)
    if found.is_empty():
        raise unknown("event", slug, table["slug"].to_list())
    row = found.drop("event_key").to_dicts()[0]
    key = found["event_key"][0]
    event = retold.programme.events.filter(pl.col("event_key") == key).to_dicts()[0]
    return Explanation(
        table="Event",
        id=row["id"],
        title=f"{event['title']!r} in {LOCATION_BY_SLUG[event['city']].name}",
        row=row,
        facts=(
            *_why_then(event, retold),
            *_why_there(event, retold),
            *_why_so_full(event, row),
        ),
        lists={"tickets": _tiers(key, retold), "seats by round": _rounds(key, retold)},
    )


def _why_then(event: dict[str, Any], retold: Retold) -> list[Fact]:
    cast = retold.script.cast.events.filter(pl.col("event_key") == event["event_key"])
    dates = possible_dates(cast, retold.world.as_of, retold.seed)[event["event_key"]]
    same_side = [
        date for date in dates if (date.end <= retold.world.as_of) == event["is_over"]
    ]
    days = ", ".join(
        str(day).capitalize()
        for number, day in enumerate(Weekday)
        if number in event["weekdays"]
    )
    months = ", ".join(map(str, event["months"])) or "any"
    hour, minute = divmod(event["start_minute"], 60)
    local = event["start"].astimezone(clock.zone_of(event["city"]))
    return [
        Fact(
            name="starts",
            value=f"{local:%a %Y-%m-%d %H:%M}",
            why=f"local; its community gave {days} at {hour:02}:{minute:02}, "
            f"month {months}",
        ),
        Fact(
            name="over" if event["is_over"] else "to come",
            value=True,
            why="about 39 % of a city's events are over, those in season first",
        ),
        Fact(
            name="dates possible",
            value=len(same_side),
            why=f"from {PAST_DAYS} days before as_of to {AHEAD_DAYS} after, or in "
            "season; the first by draw on which host and venue were free",
        ),
        Fact(
            name="occurrence",
            value=event["occurrence"] + 1,
            why="a series' dates follow one another",
        ),
        Fact(name="published", value=f"{event['published']:%Y-%m-%d %H:%M}"),
    ]


def _why_there(event: dict[str, Any], retold: Retold) -> list[Fact]:
    given = retold.script.cast.events.filter(pl.col("event_key") == event["event_key"])[
        "venue"
    ][0]
    host = retold.story.people.filter(pl.col("person_key") == event["host_key"])
    shared = host["interest_mask"][0] & event["category_mask"]
    why = "named by its community" if given else "fits in kind and size, and was free"
    if event["location_type"] == "ONLINE":
        why = "an online event has none"
    return [
        Fact(name="venue", value=event["venue"], why=why),
        Fact(
            name="host",
            value=retold.usernames[event["host_key"]],
            why=f"a local member, shares {categories_of(shared)} of "
            f"{categories_of(event['category_mask'])}",
        ),
    ]


def _why_so_full(event: dict[str, Any], row: dict[str, Any]) -> list[Fact]:
    share = event["target"] / event["capacity"]
    return [
        Fact(name="capacity", value=event["capacity"]),
        Fact(
            name="seats aimed at",
            value=event["target"],
            why=f"{share:.0%} of capacity: 50 to 90 % by draw, of which exp(-d / 21) "
            "have gone d days ahead",
        ),
        Fact(
            name="confirmed",
            value=row["rsvpCount"],
            why=f"{row['paidRsvpCount']} of them paid; {row['checkInCount']} came",
        ),
        Fact(name="views", value=row["viewCount"]),
    ]


def _tiers(key: int, retold: Retold) -> tuple[dict[str, Any], ...]:
    tiers = retold.script.cast.tiers.filter(pl.col("event_key") == key)
    sold = (
        retold.story.rsvps.filter(pl.col("event_key") == key)
        .group_by("tier_key")
        .agg(sold=pl.len())
    )
    return tuple(
        tiers.join(sold, on="tier_key", how="left", validate="1:1")
        .sort("position")
        .select("name", "price_cents", "quantity", pl.col("sold").fill_null(0))
        .to_dicts()
    )


def _rounds(key: int, retold: Retold) -> tuple[dict[str, Any], ...]:
    taken = (
        retold.story.rsvps.filter(pl.col("event_key") == key)
        .group_by("seat")
        .agg(rsvps=pl.len())
    )
    counts: dict[str, int] = dict(taken.iter_rows())
    return tuple(
        {"seat": seat, "rsvps": counts[seat], "why": why}
        for seat, why in SEATS.items()
        if seat in counts
    )
