"""Who helps at an event."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.collaborators import choose_collaborators, collaborator_score
from matching.vocabulary import NetworkingStyle

SCHEMA = pl.Schema(
    {
        "event_key": pl.UInt64,
        "person_key": pl.UInt64,
        "interest_mask": pl.UInt64,
        "category_mask": pl.UInt64,
        "networking_style": pl.String,
        "profession": pl.String,
        "is_member": pl.Boolean,
    }
)


def _candidate(event: int, person: int, **changes: object) -> dict[str, Any]:
    return {
        "event_key": event,
        "person_key": person,
        "interest_mask": 0b11,
        "category_mask": 0b11,
        "networking_style": "CASUAL",
        "profession": f"Baker {person}",
        "is_member": True,
    } | changes


def _candidates(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def _events(count: int) -> pl.DataFrame:
    return pl.DataFrame({"event_key": range(count)}, schema={"event_key": pl.UInt64})


@pytest.mark.parametrize(
    ("interests", "style", "profession", "noise", "score"),
    [
        (0b00, "CASUAL", "", 0.0, 0.2),
        (0b01, "CASUAL", "", 0.0, 0.5),
        (0b11, "CASUAL", "", 0.0, 0.8),
        (0b00, "CASUAL", "Baker", 0.0, 0.4),
        (0b00, "ACTIVE", "", 0.0, 0.5),
        (0b01, "SELECTIVE", "", 0.0, 0.7),
        (0b00, "SELECTIVE", "", 0.0, 0.1),
        (0b00, "CASUAL", "", -0.05, 0.15),
        (0b11, "ACTIVE", "Baker", 0.1, 1.0),  # clipped
    ],
)
def test_score(
    interests: int, style: str, profession: str, noise: float, score: float
) -> None:
    """Each clause adds its share, within 0 and 1."""
    row = _candidate(
        1, 2, interest_mask=interests, networking_style=style, profession=profession
    )
    frame = _candidates(row).select(collaborator_score(pl.lit(noise)))
    assert frame.item() == pytest.approx(score)


def test_number_of_helpers() -> None:
    """With many to choose from, an event has one to four helpers, about 2.2."""
    events = 1_000
    rows = [_candidate(e, p) for e in range(events) for p in range(6)]
    chosen = choose_collaborators(_events(events), _candidates(*rows), 0)
    counts = chosen["event_key"].value_counts()["count"]
    assert set(counts.to_list()) == {1, 2, 3, 4}
    assert counts.len() == events
    assert 2.1 < chosen.height / events < 2.3


def test_who_scores_too_low_does_not_help() -> None:
    """At 0.3 or less nobody is chosen, even if the event has no helper then."""
    rows = [
        _candidate(
            e, 1, interest_mask=0, networking_style="SELECTIVE", profession="Baker"
        )
        for e in range(100)
    ]
    chosen = choose_collaborators(_events(100), _candidates(*rows), 0)
    # 0.3 and noise of either sign: about half of them are over it
    assert 30 < chosen.height < 70
    none = _candidates(*[row | {"profession": ""} for row in rows])
    assert choose_collaborators(_events(100), none, 0).is_empty()


def test_no_profession_twice_while_another_is_to_be_had() -> None:
    """Three bakers and a clerk: no second baker without the clerk."""
    bakers = [_candidate(e, p, profession="Baker") for e in range(200) for p in (1, 2)]
    clerks = [
        _candidate(e, 9, profession="Clerk", interest_mask=0b01) for e in range(200)
    ]
    chosen = choose_collaborators(_events(200), _candidates(*bakers, *clerks), 0)
    for helpers in chosen.partition_by("event_key"):
        people = set(helpers["person_key"].to_list())
        assert 9 in people or len(people) == 1
    assert chosen["event_key"].value_counts()["count"].max() == 3


def test_members_come_first() -> None:
    """A member is taken before a stranger with a better score."""
    rows = [
        row
        for e in range(100)
        for row in (
            _candidate(e, 1, interest_mask=0b01),
            _candidate(e, 2, is_member=False, networking_style="ACTIVE"),
        )
    ]
    chosen = choose_collaborators(_events(100), _candidates(*rows), 0)
    assert chosen.filter(pl.col("person_key") == 1).height == 100
    assert 0 < chosen.filter(pl.col("person_key") == 2).height < 100


def test_roles_follow_the_person() -> None:
    """A manager manages, the active mostly co-host, the others do all three."""
    rows = [
        row
        for e in range(300)
        for row in (
            _candidate(e, 1, profession="Product Manager", networking_style="ACTIVE"),
            _candidate(e, 2, networking_style="ACTIVE"),
            _candidate(e, 3),
        )
    ]
    chosen = choose_collaborators(_events(300), _candidates(*rows), 0)
    roles = {
        key: chosen.filter(pl.col("person_key") == key)["role"] for key in (1, 2, 3)
    }
    assert set(roles[1]) == {"MANAGER"}
    assert (roles[2] == "CO_HOST").sum() > 0.7 * roles[2].len()
    assert set(roles[3]) == {"CO_HOST", "MANAGER", "CHECKIN"}


def test_candidate_for_an_unknown_event_is_named() -> None:
    """A candidate without its event stops with the event's key."""
    with pytest.raises(ValueError, match=r"\[7\]"):
        choose_collaborators(_events(3), _candidates(_candidate(7, 1)), 0)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.integers(0, 9),
            st.sampled_from(["", "Baker", "Clerk", "Manager"]),
            st.sampled_from(NetworkingStyle),
            st.booleans(),
        ),
        unique_by=lambda row: row[:2],
    ),
    st.integers(0, 2**32),
)
def test_row_order_does_not_matter(
    rows: list[tuple[int, int, str, NetworkingStyle, bool]], seed: int
) -> None:
    """Whatever the order of the candidates, the same people help, four at most."""
    people = [
        _candidate(
            e, p, profession=work, networking_style=style.value, is_member=member
        )
        for e, p, work, style, member in rows
    ]
    candidates = _candidates(*people)
    chosen = choose_collaborators(_events(5), candidates, seed)
    shuffled = candidates.sample(fraction=1, shuffle=True, seed=seed)
    again = choose_collaborators(_events(5), shuffled, seed)
    assert again.equals(chosen)
    counts = chosen["event_key"].value_counts()["count"].to_list()
    assert all(count <= 4 for count in counts)
