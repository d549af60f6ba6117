"""The scores that the app gives, clause by clause."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import interest
from matching.vocabulary import CATEGORIES, MembershipStyle, NetworkingStyle

SLUGS = [row.slug for row in CATEGORIES]
masks = st.integers(0, 2 ** len(SLUGS) - 1)


def _frame(
    interest_mask: int,
    category_mask: int,
    style: str,
    profession: str = "",
    membership_style: str = "OPEN",
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "interest_mask": [interest_mask],
            "category_mask": [category_mask],
            "networking_style": [style],
            "profession": [profession],
            "membership_style": [membership_style],
        },
        schema_overrides={"interest_mask": pl.UInt64, "category_mask": pl.UInt64},
    )


@given(st.lists(st.sampled_from(SLUGS)))
def test_mask_has_a_bit_for_each_category(slugs: list[str]) -> None:
    """A mask holds each category of the list once, at its place in the vocabulary."""
    mask = interest.category_mask(slugs)
    assert {s for bit, s in enumerate(SLUGS) if mask >> bit & 1} == set(slugs)


def test_unknown_category_is_named() -> None:
    """A slug outside the vocabulary stops with its name."""
    with pytest.raises(ValueError, match=r"\['knitting', 'zorbing'\]"):
        interest.category_mask(["zorbing", SLUGS[0], "knitting"])


@given(masks, masks)
def test_overlap_counts_shared_categories(a: int, b: int) -> None:
    """Overlap is the size of the intersection."""
    frame = _frame(a, b, "CASUAL")
    shared = interest.overlap(pl.col("interest_mask"), pl.col("category_mask"))
    assert frame.select(shared).item() == (a & b).bit_count()


@pytest.mark.parametrize(
    ("interest_mask", "category_mask", "style", "profession", "score"),
    [
        (0b0001, 0b0011, "ACTIVE", "", 0.5 + 0.3),
        (0b0001, 0b0011, "CASUAL", "", 0.5 + 0.1),
        (0b0001, 0b0011, "SELECTIVE", "", 0.5 - 0.2),  # 0.5 is not above 0.5
        (0b0011, 0b0111, "SELECTIVE", "", 2 / 3 + 0.2),
        (0b0001, 0b0001, "ACTIVE", "Baker", 1.0 + 0.3 + 0.1),
        (0b1000, 0b0001, "SELECTIVE", "Baker", -0.2 + 0.1),
        (0b0001, 0b0000, "ACTIVE", "Baker", 0.3),  # no category, no bonus
        (0b1111, 0b0001, "CASUAL", "", 1.0 + 0.1),  # over the event's categories
    ],
)
def test_rsvp_score(
    interest_mask: int, category_mask: int, style: str, profession: str, score: float
) -> None:
    """The score is the overlap score, plus style, plus profession."""
    frame = _frame(interest_mask, category_mask, style, profession)
    assert frame.select(interest.rsvp_score()).item() == pytest.approx(score)


def test_unknown_style_raises() -> None:
    """A style without a rule is an error, not a silent zero."""
    with pytest.raises(pl.exceptions.InvalidOperationError):
        _frame(1, 1, "SHY").select(interest.rsvp_score())


@pytest.mark.parametrize(
    ("interest_mask", "category_mask", "style", "membership_style", "chance"),
    [
        (0b01, 0b11, "ACTIVE", "OPEN", 0.8),
        (0b01, 0b11, "SELECTIVE", "INVITE_ONLY", 0.3),
        (0b01, 0b11, "ACTIVE", "APPLICATION_BASED", 0.8 * 0.7),
        (0b11, 0b11, "ACTIVE", "OPEN", 1.0),
        (0b11, 0b11, "ACTIVE", "APPLICATION_BASED", 0.7),  # clipped, then let in
        (0b10, 0b01, "ACTIVE", "OPEN", 0.03),
        (0b10, 0b01, "CASUAL", "APPLICATION_BASED", 0.03),
    ],
)
def test_membership_chance(
    interest_mask: int,
    category_mask: int,
    style: str,
    membership_style: str,
    chance: float,
) -> None:
    """Who shares a category joins by score, an applicant less so, others rarely."""
    frame = _frame(
        interest_mask, category_mask, style, membership_style=membership_style
    )
    assert frame.select(interest.membership_chance()).item() == pytest.approx(chance)


@given(masks, masks, st.sampled_from(NetworkingStyle), st.sampled_from(MembershipStyle))
def test_membership_chance_is_a_probability(
    interest_mask: int,
    category_mask: int,
    style: NetworkingStyle,
    membership_style: MembershipStyle,
) -> None:
    """Every chance lies between 0 and 1."""
    frame = _frame(
        interest_mask,
        category_mask,
        style.value,
        membership_style=membership_style.value,
    )
    assert 0 <= frame.select(interest.membership_chance()).item() <= 1
