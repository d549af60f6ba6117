"""The whole match."""

from dataclasses import fields, replace
from datetime import datetime

import polars as pl
from told import Told

from matching.collaborators import CHECKIN, CO_HOST, MANAGER
from matching.world import Cast, Story, match


def _same(one: Story, other: Story) -> list[str]:
    """Name the frames that differ, whatever the order of their rows."""
    return [
        field.name
        for field in fields(Story)
        if not _sorted(getattr(one, field.name)).equals(
            _sorted(getattr(other, field.name))
        )
    ]


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    keys = [
        name
        for name in ("event_key", "community_key", "buyer_key", "attendee_key",
                     "viewer_key", "person_key", "friend_key", "attempt")
        if name in frame.columns
    ]  # fmt: skip
    return frame.select(sorted(frame.columns)).sort(keys)


def test_row_order_does_not_matter(
    cast: Cast, worlds: dict[tuple[datetime, str], Told]
) -> None:
    """Every frame of the cast shuffled: the same story."""
    told = next(iter(worlds.values()))
    mixed = replace(
        cast,
        **{
            field.name: getattr(cast, field.name).sample(
                fraction=1, shuffle=True, seed=number
            )
            for number, field in enumerate(fields(Cast))
        },
    )
    assert _same(told.story, match(mixed, told.as_of, told.seed)) == []


def test_another_seed_is_another_story(
    worlds: dict[tuple[datetime, str], Told],
) -> None:
    """The same people and events, other lives."""
    told = list(worlds.values())
    unlike = _same(told[0].story, told[1].story)
    assert {"orders", "friendships", "memberships", "views", "events"} <= set(unlike)


def test_the_helpers_of_a_world(told: Told) -> None:
    """Up to four an event, of the city, never the host, who had joined by then."""
    story = told.story
    rows = story.collaborators.join(story.events, on="event_key", validate="m:1").join(
        story.people.select("person_key", "joined", home="city"),
        on="person_key",
        validate="m:1",
    )
    assert (rows["home"] == rows["city"]).all()
    assert (rows["host_key"] != rows["person_key"]).all()
    assert (rows["joined"] < rows["published"]).all()
    per_event = rows.group_by("event_key").agg(
        pl.len(), pl.col("person_key").n_unique()
    )
    assert (per_event["len"] == per_event["person_key"]).all()
    assert per_event["len"].is_between(1, 4).all()
    assert set(rows["role"]) == {CO_HOST, MANAGER, CHECKIN}


def test_every_key_of_a_world_has_its_row(told: Told) -> None:
    """No order, RSVP, view or friendship of somebody or something unknown."""
    story = told.story
    persons = set(story.people["person_key"])
    dates = set(story.events["event_key"])
    tickets = set(told.cast.tiers.select("event_key", "tier_key").rows())
    for frame in (story.orders, story.rsvps, story.views, story.collaborators):
        assert set(frame["person_key"].drop_nulls()) <= persons
        assert set(frame["event_key"]) <= dates
    assert set(story.orders.select("event_key", "tier_key").rows()) <= tickets
    assert set(story.events["host_key"]) <= persons
    assert set(story.communities["owner_key"]) <= persons
    assert len(dates) == told.cast.events.height
