"""Who Alex Demo is, and what a whole world makes of Alex."""

import polars as pl
import pytest
from literals import communities, community, event, events
from told import Told

from matching import schemas
from matching.demo import demo_person, home_of_demo
from matching.interest import category_mask
from matching.schedule import AHEAD_DAYS, PAST_DAYS
from matching.timeline import DAY_MS
from matching.vocabulary import CATEGORIES


def test_home_is_the_city_with_the_most_events() -> None:
    """Ties go to the slug that comes first."""
    rows = [event(1, "paris"), event(2, "paris"), event(3, "berlin")]
    assert home_of_demo(events(*rows)) == "paris"
    assert home_of_demo(events(*rows, event(4, "berlin"))) == "berlin"


def test_alex_likes_what_the_city_is_about() -> None:
    """Eight categories, the commonest ones first and most."""
    rows = [
        community(1, category_mask=0b1_0000_0000_0010),
        community(2, category_mask=0b1_0000_0000_0000),
        community(3, "paris", category_mask=1 << 19),
    ]
    person, interests = demo_person(communities(*rows), "berlin", 42)
    assert interests["category"].to_list()[:2] == [
        CATEGORIES[12].slug,
        CATEGORIES[1].slug,
    ]
    assert interests["level"].to_list() == [10, 9, 8, 7, 6, 5, 5, 5]
    strong = interests.filter(pl.col("level") > 5)
    assert person["interest_mask"][0] == category_mask(interests["category"])
    assert person["strong_mask"][0] == category_mask(strong["category"])
    assert CATEGORIES[19].slug not in interests["category"]


def test_alex_is_the_person_that_the_app_knows() -> None:
    """Name, profession and industry are the demo button's."""
    person, interests = demo_person(communities(community(1)), "berlin", 42)
    row = person.row(0, named=True)
    assert (row["first_name"], row["last_name"]) == ("Alex", "Demo")
    assert (row["profession"], row["industry"]) == ("Product Designer", "technology")
    assert row["is_demo"]
    assert person.schema == schemas.PEOPLE
    assert interests.schema == schemas.INTERESTS


@pytest.fixture
def alex(told: Told) -> int:
    """The key of the demo user."""
    return told.story.people.filter("is_demo")["person_key"].item()


def test_alex_belongs_where_alex_is_interested(told: Told, alex: int) -> None:
    """Every fitting community of the city, and up to three elsewhere, online ones."""
    person = told.story.people.filter("is_demo")
    mask, home = person["interest_mask"][0], person["city"][0]
    belongs = told.story.memberships.filter(pl.col("person_key") == alex)
    joined = told.story.communities.join(belongs, on="community_key", how="semi")
    shares = (pl.col("category_mask") & mask) > 0
    fitting = told.story.communities.filter(shares, pl.col("city") == home)
    assert set(fitting["community_key"]) <= set(joined["community_key"])
    away = joined.filter(pl.col("city") != home)
    assert away.filter(~shares).is_empty()
    assert 0 < away.height <= 3
    online = told.story.events.filter(pl.col("location_type") == "ONLINE")
    assert away.join(online, on="community_key", how="anti").is_empty()
    assert 1 <= belongs.filter(pl.col("role") == "ADMIN").height <= 3


def test_alex_hosts_four_or_five_events_one_of_them_over(told: Told, alex: int) -> None:
    """All in the city; the one that is over has feedback to read."""
    hosted = told.story.events.filter(pl.col("host_key") == alex)
    assert 4 <= hosted.height <= 5
    assert hosted["city"].unique().to_list() == [home_of_demo(told.cast.events)]
    over = hosted.filter("is_over")
    assert over.height == 1
    assert over.join(told.story.feedback, on="event_key", how="semi").height == 1


def test_alex_goes_out(told: Told, alex: int) -> None:
    """A dozen RSVPs or more, the coming fortnight favoured, six online at most."""
    visits = told.visits().filter(pl.col("person_key") == alex)
    assert visits.height >= 12
    assert not visits["is_refunded"].any()
    online = pl.col("location_type") == "ONLINE"
    assert visits.filter(online).height <= 6
    days = (pl.col("start") - pl.lit(told.as_of)).dt.total_milliseconds() / DAY_MS
    soon = visits.filter(days.is_between(0, 14)).height
    others = PAST_DAYS + AHEAD_DAYS - 14
    assert soon / 14 > 2 * (visits.height - soon) / others  # a day
    assert visits.filter(~online, pl.col("city") != pl.col("city_home")).is_empty()


def test_alex_has_friends_two_of_them_waiting(told: Told, alex: int) -> None:
    """Eight to twelve, two PENDING."""
    friends = told.story.friendships.filter(
        (pl.col("person_key") == alex) | (pl.col("friend_key") == alex)
    )
    assert 8 <= friends.height <= 12
    assert friends.filter(pl.col("status") == "PENDING").height == 2
