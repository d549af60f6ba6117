"""Which venues suit an event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.venues import ROOMY, SUITABLE_KINDS, suitability
from matching.vocabulary import EventType, VenueKind

kinds = st.sampled_from([kind.value for kind in VenueKind])
types = st.sampled_from([kind.value for kind in EventType])


def test_every_event_type_knows_its_places() -> None:
    """The table names each kind of event, and kinds of place that exist."""
    assert set(SUITABLE_KINDS) == {kind.value for kind in EventType}
    known = {kind.value for kind in VenueKind}
    assert all(set(places) <= known for places in SUITABLE_KINDS.values())


@pytest.mark.parametrize(
    ("venue_capacity", "fits"), [(19, False), (20, True), (200, True)]
)
def test_people_must_fit_in(venue_capacity: int, *, fits: bool) -> None:
    """A venue for fewer than the event's capacity is none."""
    assert (suitability("meetup", 20, "bar", venue_capacity) is not None) == fits


def test_the_best_kind_comes_first() -> None:
    """A bar before a café, a café before a stadium, for a meetup."""
    rated = [suitability("meetup", 20, k, 40) for k in ("bar", "cafe", "theatre")]
    assert rated == sorted(rated, key=lambda r: -1 if r is None else r)
    assert len(set(rated)) == 3


def test_a_hall_too_large_is_second_to_one_that_fits() -> None:
    """Twenty people are lost among two hundred seats, but rather there than nowhere."""
    snug = suitability("meetup", 20, "bar", 20 * ROOMY)
    roomy = suitability("meetup", 20, "bar", 20 * ROOMY + 1)
    assert snug is not None
    assert roomy is not None
    assert snug < roomy


@given(types, kinds, kinds, st.integers(1, 500), st.integers(1, 500))
def test_suitable_kinds_come_before_all_others(
    event_type: str, suitable: str, other: str, capacity: int, spare: int
) -> None:
    """Whatever the size, a kind on the list is better than one that is not."""
    places = SUITABLE_KINDS[event_type]
    if suitable in places and other not in places:
        good = suitability(event_type, capacity, suitable, capacity * spare)
        bad = suitability(event_type, capacity, other, capacity)
        assert good is not None
        assert bad is not None
        assert good < bad
