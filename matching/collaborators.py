"""Who helps at an event: local, interested, and of different professions."""

from typing import Final

import numpy as np
import polars as pl

from matching.draws import uniform
from matching.interest import overlap
from matching.vocabulary import NetworkingStyle

# Score, given with the app.
ANYONE: Final = 0.2
PER_CATEGORY: Final = 0.3
WITH_PROFESSION: Final = 0.2
ACTIVE_BONUS: Final = 0.3
SELECTIVE_BONUS: Final = 0.2  # with any overlap
SELECTIVE_PENALTY: Final = -0.1  # without
NOISE: Final = 0.1  # either way
THRESHOLD: Final = 0.3  # a helper scores more

# Chances of 1, 2, 3 and 4 helpers at an event: 2.2 on average.
HELPERS_CHANCE: Final = (0.28, 0.36, 0.24, 0.12)
CO_HOST, MANAGER, CHECKIN = "CO_HOST", "MANAGER", "CHECKIN"
ACTIVE_CO_HOST_CHANCE: Final = 0.7  # the rest of the active draw like anyone


def collaborator_score(noise: pl.Expr) -> pl.Expr:
    """Score a person as a helper at an event, 0 to 1.

    Reads interest_mask, category_mask, networking_style and profession.

    Args:
        noise: a number from -`NOISE` to `NOISE` per row.
    """
    shared = overlap(pl.col("interest_mask"), pl.col("category_mask"))
    selective = pl.when(shared > 0).then(SELECTIVE_BONUS).otherwise(SELECTIVE_PENALTY)
    style = pl.col("networking_style")
    others = style.replace_strict(
        {
            NetworkingStyle.ACTIVE.value: ACTIVE_BONUS,
            NetworkingStyle.CASUAL.value: 0.0,
            NetworkingStyle.SELECTIVE.value: 0.0,  # never read: `selective` holds
        },
        return_dtype=pl.Float64,
    )
    is_selective = style == NetworkingStyle.SELECTIVE.value
    of_style = pl.when(is_selective).then(selective).otherwise(others)
    of_profession = (
        pl.when(pl.col("profession") != "").then(WITH_PROFESSION).otherwise(0.0)
    )
    score = ANYONE + PER_CATEGORY * shared + of_profession + of_style + noise
    return score.clip(0.0, 1.0)


def choose_collaborators(
    events: pl.DataFrame, candidates: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """Choose up to four helpers of each event.

    Local members come before other locals, then the higher score. Two helpers share
    a profession only if no candidate of another one is left; people whose profession
    is unknown never count as sharing it.

    Args:
        events: one row per event_key.
        candidates: one row per (event_key, person_key), with interest_mask,
            category_mask, networking_style, profession and is_member; those who are
            busy then, and the host, are not among them.
        seed: the world's.

    Returns:
        One row per helper: event_key, person_key, role (CO_HOST, MANAGER, CHECKIN),
        sorted by the two keys.

    Raises:
        ValueError: a candidate is for an event that is not among the events.
    """
    _check_events(events, candidates)
    pair = (candidates["event_key"], candidates["person_key"])
    noise = NOISE * (2 * uniform(seed, "collaborator-noise", *pair) - 1)
    scored = (
        candidates.with_columns(
            noise=noise,
            role_draw=uniform(seed, "collaborator-role", *pair),
            lead_draw=uniform(seed, "collaborator-lead", *pair),
        )
        .with_columns(score=collaborator_score(pl.col("noise")))
        .filter(pl.col("score") > THRESHOLD)
    )
    wanted = events.select(
        "event_key", wanted=_helpers_wanted(events["event_key"], seed)
    )
    unknown = pl.col("profession") == ""
    best_first = [~pl.col("is_member"), -pl.col("score"), pl.col("person_key")]
    return (
        scored.join(wanted, on="event_key", how="inner", validate="m:1")
        .sort("event_key", *best_first)
        # The second baker waits until no other profession is left.
        .with_columns(
            repeat=pl.when(unknown)
            .then(0)
            .otherwise(pl.int_range(pl.len()).over("event_key", "profession"))
        )
        .sort("event_key", pl.col("repeat") > 0, *best_first)
        .filter(pl.int_range(pl.len()).over("event_key") < pl.col("wanted"))
        .select("event_key", "person_key", role=_role())
        .sort("event_key", "person_key")
    )


def _check_events(events: pl.DataFrame, candidates: pl.DataFrame) -> None:
    strays = candidates.join(events, on="event_key", how="anti")
    if strays.height:
        keys = strays["event_key"].unique().sort().to_list()
        raise ValueError(f"candidates for unknown events {keys!r}; pass those events")


def _helpers_wanted(event_key: pl.Series, seed: int) -> pl.Series:
    draw = uniform(seed, "collaborator-count", event_key)
    steps = np.cumsum(HELPERS_CHANCE)[:-1]
    return pl.Series(np.searchsorted(steps, draw, side="right") + 1)


def _role() -> pl.Expr:
    """Give the role: a manager manages, the active mostly co-host, others by draw."""
    manages = pl.col("profession").str.to_lowercase().str.contains("manager")
    is_active = pl.col("networking_style") == NetworkingStyle.ACTIVE.value
    leads = is_active & (pl.col("lead_draw") < ACTIVE_CO_HOST_CHANCE)
    by_draw = (
        pl.when(pl.col("role_draw") < 1 / 3)
        .then(pl.lit(CHECKIN))
        .when(pl.col("role_draw") < 2 / 3)
        .then(pl.lit(CO_HOST))
        .otherwise(pl.lit(MANAGER))
    )
    return (
        pl.when(manages)
        .then(pl.lit(MANAGER))
        .when(leads)
        .then(pl.lit(CO_HOST))
        .otherwise(by_draw)
    )
