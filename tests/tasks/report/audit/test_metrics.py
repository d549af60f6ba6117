"""Figures of coherence, on a world in which they can be counted by hand."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from tasks.report.audit.foils import draw_links, shuffle_links
from tasks.report.audit.frames import WorldFrames
from tasks.report.audit.metrics import METRICS

BY_NAME = {metric.name: metric for metric in METRICS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("attendance-share", 2 / 4),
        ("price-by-spending", 200 / 5),
        ("dear-seats-of-seniors", None),  # no senior has a free ticket
        ("rsvps-by-style", 1 / 1),
        # 4 shared; by chance 4 seats x (3/4 x 3/4 tech + 1/4 x 1/4 food)
        ("overlap-of-rsvps", 4 / (4 * (9 + 1) / 16)),
        ("friends-mean", 8 / 4),
        ("friends-most", 3),
        ("friendless", 0),
        ("friends-of-one-city", 3 / 4),
        ("friends-of-friends", (1 + 1 + 1 / 3 + 0) / 4),
        ("friends-in-one-world", 1),
        # degrees 1, 2, 2, 3
        ("friends-gini", 2 * (1 + 2 * 2 + 3 * 2 + 4 * 3) / (4 * 8) - 5 / 4),
        # one of four pairs of friends, one of six pairs of people
        ("friends-go-together", (1 / 4) / (1 / 6)),
        # one of three pairs of friends, one of three pairs of Lisbon
        ("friends-go-together-in-town", 1),
        # all see e2 with strengths 1, 0.6, 0.8; D sees e3 with 0.5
        ("recommended-interest", (1 + 0.6 + 0.8 + 0.5) / 4),
        ("recommended-nearby", 1),
        ("trending-local-hosts", 2 / 3),
        ("trending-held-categories", 1),
        ("repeated-titles", 0),
        ("near-repeated-titles", 4 / 5),  # "robots" twice, "makers" twice
        ("near-repeated-descriptions", 2 / 4),  # of the texts of three words and more
        ("template-share", 2 / 4),  # of the texts of four words and more
    ],
)
def test_figures(frames: WorldFrames, name: str, value: float | None) -> None:
    """A figure is what counting by hand gives."""
    measured = BY_NAME[name].measure(frames).value
    assert measured == (None if value is None else pytest.approx(value))


def test_every_figure_survives_an_empty_world(frames: WorldFrames) -> None:
    """A database without rows gives no value, and no error."""
    empty = {
        name: frame.clear()
        for name, frame in vars(frames).items()
        if isinstance(frame, pl.DataFrame)
    }
    nothing = replace(frames, **empty)
    assert {metric.name: metric.measure(nothing).value for metric in METRICS} == {
        metric.name: None for metric in METRICS
    }


def test_recommendations_follow_the_apps_formula(frames: WorldFrames) -> None:
    """With equal interest, the ten best are the most talked of and freshest."""
    row = frames.events.filter(pl.col("event") == "e2")
    many = pl.concat(
        row.with_columns(
            event=pl.lit(f"r{place:02}"),
            view_count=pl.lit(int(place), dtype=pl.Int64),
            city=pl.lit("lisbon" if place >= 2 else "berlin"),
        )
        for place in range(12)
    )
    topics = many.select("event", category=pl.lit("tech"))
    tech = frames.interests.filter(pl.col("person") == "A")
    world = replace(frames, events=many, topics=topics, interests=tech)
    assert BY_NAME["recommended-nearby"].measure(world).value == 1


@pytest.mark.parametrize("relink", [shuffle_links, draw_links])
def test_foils_change_links_alone(
    frames: WorldFrames, relink: Callable[[WorldFrames], WorldFrames]
) -> None:
    """A foil has as many links as its world, the same guests, texts and people."""
    foil = relink(frames)
    assert foil.people.equals(frames.people)
    assert foil.friends.height == frames.friends.height
    assert foil.seats["person"].null_count() == frames.seats["person"].null_count()
    assert sorted(foil.seats["event"]) == sorted(frames.seats["event"])
    assert foil.events.drop("host").equals(frames.events.drop("host"))


def test_shuffling_keeps_what_everybody_has(frames: WorldFrames) -> None:
    """Dealing links anew leaves each person as many seats and hostings."""
    foil = shuffle_links(frames)
    assert sorted(foil.seats["person"].drop_nulls()) == ["A", "B", "C", "D"]
    assert sorted(foil.events["host"]) == ["A", "B", "C"]
    assert sorted(foil.friends["friend"]) == sorted(frames.friends["friend"])


def test_foils_are_the_same_every_time(frames: WorldFrames) -> None:
    """A foil is drawn from the world alone."""
    assert draw_links(frames).friends.equals(draw_links(frames).friends)
