"""Views, referrals, check-ins and feedback."""

import polars as pl
import pytest
from literals import NOW, days, event, events, joined_people, person
from told import Told

from matching import engagement
from matching.schemas import INSTANT
from matching.timeline import DAY_MS

PAIR = ["event_key", "attendee_key"]


def _guests(count: int, start: float = -2, price: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "event_key": [1] * count,
            "attendee_key": range(count),
            "price_cents": [price] * count,
            "start": [days(start)] * count,
            "end": [days(start + 0.125)] * count,
        },
        schema_overrides={
            "event_key": pl.UInt64,
            "attendee_key": pl.UInt64,
            "start": INSTANT,
            "end": INSTANT,
        },
    )


@pytest.mark.parametrize(("price", "share"), [(0, 0.72), (500, 0.83)])
def test_who_paid_turns_up_more_often(price: int, share: float) -> None:
    """72 % of free and 83 % of paid RSVPs, scanned from the doors to the end."""
    came = engagement.check_ins(_guests(4_000, price=price), 1)
    assert came.height / 4_000 == pytest.approx(share, abs=0.02)
    early = (came["start"] - came["scanned"]).dt.total_milliseconds()
    assert (early <= 30 * 60_000).all()
    assert (came["scanned"] <= came["end"]).all()


REVIEWS = pl.DataFrame(
    {
        "event_key": [1, 1],
        "place": [1, 2],
        "rating": [4, 2],
        "comment": ["Good", "Loud"],
    },
    schema_overrides={"event_key": pl.UInt64},
)


@pytest.mark.parametrize(("came", "spoke"), [(1, 1), (3, 1), (40, 10), (100, 25)])
def test_a_quarter_says_how_it_was(came: int, spoke: int) -> None:
    """Each review once, with its rating; the others a rating alone, of 3 to 5."""
    found = engagement.feedback(_guests(came), REVIEWS, NOW, 1)
    assert found.height == spoke
    written = found.drop_nulls("comment").select("rating", "comment").rows()
    assert set(written) == set([(4, "Good"), (2, "Loud")][:spoke])
    assert len(written) == min(spoke, 2)
    alone = found.filter(pl.col("comment").is_null())
    assert alone["rating"].is_between(3, 5).all()
    assert found["said"].is_between(days(-2 + 0.125), NOW).all()


def test_feedback_takes_its_time() -> None:
    """None an hour after the end, and none later than a week after it."""
    assert engagement.feedback(_guests(40, start=-0.2), REVIEWS, NOW, 1).is_empty()
    old = engagement.feedback(_guests(40, start=-30), REVIEWS, NOW, 1)
    assert old["said"].is_between(days(-30 + 0.125), days(-30 + 0.125 + 7)).all()


def _referrals(count: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    rows = events(*(event(i, host_key=999) for i in range(count)))
    people = range(20)
    rsvps = pl.DataFrame(
        {
            "event_key": [e for e in range(count) for _ in people],
            "attendee_key": [p for _ in range(count) for p in people],
            "person_key": [p if p < 10 else None for _ in range(count) for p in people],
            "reserved": [days(-10 + p / 4) for _ in range(count) for p in people],
            "networking_style": [
                ("ACTIVE" if p < 3 else "CASUAL") if p < 10 else None
                for _ in range(count)
                for p in people
            ],
        },
        schema_overrides={
            "event_key": pl.UInt64,
            "attendee_key": pl.UInt64,
            "person_key": pl.UInt64,
            "reserved": INSTANT,
        },
    )
    helpers = pl.DataFrame(
        {"event_key": range(count), "person_key": [500] * count},
        schema_overrides={"event_key": pl.UInt64, "person_key": pl.UInt64},
    )
    made, carried = engagement.referrals(rows, rsvps, helpers, 1)
    return made, carried, rsvps


def test_a_third_of_events_has_a_referrer() -> None:
    """The host, a collaborator or an ACTIVE attendee; one an event."""
    made, _, _ = _referrals(900)
    assert made.height / 900 == pytest.approx(1 / 3, abs=0.05)
    assert made["event_key"].is_unique().all()
    assert set(made["person_key"]) == {999, 500, 0, 1, 2}


def test_a_referral_is_carried_by_later_reservations_of_others() -> None:
    """About 15 % of those who came after the link, never the referrer."""
    made, carried, rsvps = _referrals(900)
    after = rsvps.join(made, on="event_key", suffix="_referrer").filter(
        pl.col("reserved") > pl.col("since")
    )
    used = after.join(carried, on=PAIR, how="semi")
    assert used.height == carried.height
    assert used.filter(pl.col("person_key") == pl.col("person_key_referrer")).is_empty()
    assert carried.height / after.height == pytest.approx(0.15, abs=0.03)


def test_who_reserves_has_seen_the_event() -> None:
    """One view each, between first sight and order."""
    rsvps = pl.DataFrame(
        {
            "event_key": [1] * 500,
            "attendee_key": range(500),
            "person_key": [None] * 500,
            "earliest": [days(-3)] * 500,
            "ordered": [days(-1)] * 500,
        },
        schema_overrides={
            "event_key": pl.UInt64,
            "attendee_key": pl.UInt64,
            "person_key": pl.UInt64,
            "earliest": INSTANT,
            "ordered": INSTANT,
        },
    )
    views = engagement.deciding_views(rsvps, 1)
    assert views["viewer_key"].to_list() == list(range(500))
    assert views["viewed"].is_between(days(-3), days(-1)).all()


def test_browsing_is_by_people_of_the_city_who_care() -> None:
    """And by passers-by; none before publication or after now or the end."""
    rows = events(*(event(i, start=days(i - 4)) for i in range(8)))
    people = joined_people(
        person(1),
        person(2, "paris"),
        person(3, interest_mask=0b10),
        person(4, joined=days(-10)),  # after publication
    )
    views = engagement.browsing_views(rows, people, NOW, 1)
    seen = views.join(rows, on="event_key", validate="m:1")
    assert set(views["person_key"]) == {1, None}
    assert (seen["viewed"] >= seen["published"]).all()
    assert (seen["viewed"] <= NOW).all()
    over = seen.filter(pl.col("end") < NOW)
    assert (over["viewed"] <= over["end"]).all()


def test_a_young_event_has_fewer_views() -> None:
    """Their number grows with age, up to ten days."""
    old, young = (
        events(*(event(i, published=days(-age)) for i in range(300))) for age in (20, 1)
    )
    people = joined_people(person(1))
    counts = [engagement.browsing_views(e, people, NOW, 1).height for e in (old, young)]
    assert counts[1] / counts[0] == pytest.approx(0.1, abs=0.02)


def test_those_who_came_in_a_world(told: Told) -> None:
    """Confirmed RSVPs of past events, scanned around the start, once each."""
    came = told.story.check_ins
    assert came.select(PAIR).is_duplicated().sum() == 0
    assert not came["is_refunded"].any()
    over = told.story.events.filter("is_over")
    assert came.join(over, on="event_key", how="anti").is_empty()
    assert (came["scanned"] <= came["end"]).all()
    early = (came["start"] - came["scanned"]).dt.total_milliseconds()
    assert (early <= 30 * 60_000).all()


def test_the_feedback_of_a_world(told: Told) -> None:
    """From those who came, about 25 %; each review once; none of a repeat's."""
    story = told.story
    said = story.feedback
    assert said.join(story.check_ins, on=PAIR, how="anti").is_empty()
    assert said.select(PAIR).is_duplicated().sum() == 0
    assert 0.22 <= said.height / story.check_ins.height <= 0.28
    comments = said.drop_nulls("comment")
    assert comments["comment"].is_unique().all()
    assert comments.height > 100
    assert said["rating"].is_between(1, 5).all()
    ends = said.join(
        story.events.select("event_key", "end"), on="event_key", validate="m:1"
    )
    late = (ends["said"] - ends["end"]).dt.total_milliseconds()
    assert late.is_between(0, 7 * DAY_MS).all()


def test_the_views_of_a_world(told: Told) -> None:
    """About sixty thousand, none before publication, nobody's before joining."""
    story = told.story
    views = story.views
    assert 50_000 <= views.height <= 70_000
    assert views.select("event_key", "viewer_key").is_duplicated().sum() == 0
    rows = views.join(
        story.events.select("event_key", "published"), on="event_key", validate="m:1"
    ).join(
        story.people.select("person_key", "joined"),
        on="person_key",
        how="left",
        validate="m:1",
    )
    assert (rows["viewed"] >= rows["published"]).all()
    assert (rows["viewed"] >= rows["joined"]).all()


def test_the_referrals_of_a_world(told: Told) -> None:
    """A third of the events; each by host, helper or attendee."""
    story = told.story
    made = story.referrals
    assert made.height / story.events.height == pytest.approx(1 / 3, abs=0.05)
    pairs = set(made.select("event_key", "person_key").rows())
    allowed = [
        story.events.select("event_key", person_key="host_key"),
        story.collaborators.select("event_key", "person_key"),
        story.rsvps.select("event_key", "person_key"),
    ]
    assert pairs <= {row for frame in allowed for row in frame.rows()}
    assert story.referred.join(story.rsvps, on=PAIR, how="anti").is_empty()
    assert story.referred.join(made, on="event_key", how="anti").is_empty()
