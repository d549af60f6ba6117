"""A whole world that was told once, for the tests that ask what holds in it."""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from matching.world import Cast, Story


@dataclass(frozen=True)
class Told:
    """The cast of the recorded edition, and what became of it."""

    cast: Cast = field(repr=False)  # or a failure prints whole frames
    story: Story = field(repr=False)
    as_of: datetime
    seed: int

    def visits(self) -> pl.DataFrame:
        """One row per RSVP of a member, with the event's and the person's columns."""
        story = self.story
        return (
            story.rsvps.filter(pl.col("person_key").is_not_null())
            .join(story.events, on="event_key", validate="m:1")
            .join(story.people, on="person_key", suffix="_home", validate="m:1")
        )

    def held(self) -> pl.DataFrame:
        """One row per event: the seats held, given back ones among them."""
        counted = self.story.rsvps.group_by("event_key").agg(held=pl.len())
        return self.story.events.join(
            counted, on="event_key", how="left", validate="1:1"
        ).with_columns(pl.col("held").fill_null(0))
