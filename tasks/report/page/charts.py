"""The report's charts: each from a small frame to one SVG element."""
# matplotlib's stubs leave keyword arguments open:
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from matching.vocabulary import LOCATION_BY_SLUG
from tasks.report.page.canvas import (
    INK,
    PAPER,
    PHONE_WIDTH_IN,
    SERIES,
    SOFT,
    drawing,
    to_svg,
)
from tasks.report.page.facts import PRICE_BANDS
from tasks.report.progress import StepDone

BAR_IN: Final = 0.24  # height of one bar with its gap
FRAME_IN: Final = 0.55  # of axis and legend
MEAN_TARGET: Final = 0.7  # of capacity, as the rules aim at it
SALES_DAYS: Final = 21.0  # d days ahead, exp(-d / 21) of it has gone
MAP_TOP, MAP_BOTTOM = 72, -45  # degrees north that hold every city
RSVP_AREA: Final = 0.12  # square points on the map
NAMED_CITIES: Final = 7  # on the map; more would overlap
MOST_FRIENDS: Final = 20


def category_chart(categories: pl.DataFrame) -> str:
    """Draw events by category, from `facts.per_category`."""
    rows = categories.reverse()
    name, title = "categories", "Events by category"
    with drawing(FRAME_IN + BAR_IN * rows.height, name) as (figure, axes):
        axes.barh(rows["category"].to_list(), rows["events"].to_list(), color=SERIES[0])
        for place, (events, rsvps) in enumerate(
            rows.select("events", "rsvps").iter_rows()
        ):
            label = f" {events} · {rsvps:,} RSVPs"
            axes.text(events, place, label, va="center", color=SOFT, fontsize=7.5)
        axes.set_xlim(0, max([*rows["events"].to_list(), 1]) * 1.45)
        axes.set_ylim(-0.6, rows.height - 0.4)
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        top = categories.head(3)["category"].to_list()
        return to_svg(figure, name, title, f"Most events: {', '.join(top)}.")


def city_map(cities: pl.DataFrame, links: pl.DataFrame) -> str:
    """Draw the cities where they lie, with the friendships between them.

    Args:
        cities: `facts.per_city`.
        links: one row per pair of cities with friends: one, other (slugs), friends.
    """
    name, title = "map", "Cities by RSVPs, and the friendships between them"
    place = {
        slug: (LOCATION_BY_SLUG[slug].longitude, LOCATION_BY_SLUG[slug].latitude)
        for slug in cities["slug"]
    }
    with drawing(PHONE_WIDTH_IN * 0.46, name) as (figure, axes):
        lines_x: list[float] = []
        lines_y: list[float] = []
        for one, other in links.select("one", "other").iter_rows():
            (x1, y1), (x2, y2) = place[one], place[other]
            lines_x += [x1, x2, float("nan")]
            lines_y += [y1, y2, float("nan")]
        axes.plot(lines_x, lines_y, color=SERIES[1], linewidth=0.5, alpha=0.35)
        x = [place[slug][0] for slug in cities["slug"]]
        y = [place[slug][1] for slug in cities["slug"]]
        sizes = [rsvps * RSVP_AREA for rsvps in cities["rsvps"].to_list()]
        axes.scatter(x, y, s=sizes, color=SERIES[0], alpha=0.75, edgecolors=PAPER)
        for slug, city in cities.head(NAMED_CITIES).select("slug", "city").iter_rows():
            axes.annotate(
                city,
                place[slug],
                xytext=(4, 4),
                textcoords="offset points",
                fontsize=6,
                color=INK,
            )
        axes.set_ylim(MAP_BOTTOM, MAP_TOP)
        axes.set_axis_off()
        text = f"{cities.height} cities, {links['friends'].sum()} friendships between."
        return to_svg(figure, name, title, text)


def price_chart(shares: pl.DataFrame) -> str:
    """Draw what each spender paid, from `facts.price_shares`."""
    name, title = "prices", "Ticket price by spending power"
    rows = shares.reverse()
    labels = [
        f"{spender}\n{tickets:,}"
        for spender, tickets in rows.select("spender", "tickets").iter_rows()
    ]
    with drawing(2.5, name) as (figure, axes):
        left = np.zeros(rows.height)
        for number, (band, _bound) in enumerate(PRICE_BANDS):
            width = rows[band].to_numpy() * 100
            axes.barh(
                labels,
                width,
                left=left,
                color=SERIES[5 + number],
                label=band,
                edgecolor=PAPER,
                linewidth=0.8,
                height=0.68,
            )
            left += width
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of their tickets")
        axes.grid(visible=False)
        figure.legend(
            loc="outside upper center", ncols=5, handlelength=0.9, columnspacing=0.8
        )
        dear = PRICE_BANDS[-1][0]
        told = ", ".join(
            f"{spender} {share:.0%}"
            for spender, share in shares.select("spender", dear).iter_rows()
        )
        return to_svg(figure, name, title, f"Share of tickets {dear}: {told}.")


def ahead_chart(events: pl.DataFrame) -> str:
    """Draw how full events ahead are, from `facts.fill_ahead`."""
    name, title = "ahead", "Seats taken at events to come, by days ahead"
    with drawing(2.5, name) as (figure, axes):
        axes.scatter(
            events["days"].to_list(),
            (events["filled"] * 100).to_list(),
            s=7,
            color=SERIES[0],
            alpha=0.5,
            edgecolors="none",
        )
        days = np.linspace(0, 60, 61)
        axes.plot(
            days,
            100 * MEAN_TARGET * np.exp(-days / SALES_DAYS),
            color=SERIES[1],
            linewidth=1.8,
            label="70 % x exp(-d / 21)",
        )
        axes.set_xlabel("days ahead")
        axes.set_ylabel("% of capacity")
        axes.set_ylim(0, 100)
        axes.legend(loc="upper right")
        text = "The farther ahead, the emptier, along the curve of the rules."
        return to_svg(figure, name, title, text)


def past_chart(filled: pl.DataFrame) -> str:
    """Draw how events that are over filled, from `facts.fill_of_past`."""
    name, title = "past", "How events that are over had filled"
    with drawing(2.5, name) as (figure, axes):
        days, share = filled["days"].to_list(), (filled["filled"] * 100).to_list()
        axes.fill_between(days, share, color=SERIES[0], alpha=0.25, linewidth=0)
        axes.plot(days, share, color=SERIES[0], linewidth=1.8)
        axes.set_xlim(60, 0)
        axes.set_ylim(0, 100)
        axes.set_xlabel("days before the start")
        axes.set_ylabel("% of all seats")
        last = share[-1] if share else 0.0
        text = f"{last:.0f} % of the seats had gone when the events began."
        return to_svg(figure, name, title, text)


def friends_chart(counts: pl.Series) -> str:
    """Draw how many friends people have, from `facts.friends_per_person`."""
    name, title = "friends", "Friends per person"
    with drawing(2.5, name) as (figure, axes):
        bins = np.arange(MOST_FRIENDS + 2)
        height, _edges = np.histogram(counts.to_numpy(), bins=bins)
        axes.bar(bins[:-1], height, color=SERIES[2], width=0.8)
        mean = counts.mean()
        average = float(mean) if isinstance(mean, int | float) else 0.0
        axes.axvline(average, color=INK, linewidth=1, linestyle=(0, (3, 2)))
        axes.annotate(
            f"mean {average:.1f}",
            (average, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -8),
            textcoords="offset points",
            color=INK,
        )
        axes.set_xlabel("friends, asked or accepted")
        axes.set_ylabel("people")
        axes.set_xticks(range(0, MOST_FRIENDS + 1, 5))
        text = f"Mean {average:.1f}, at most {counts.max()}."
        return to_svg(figure, name, title, text)


def stage_chart(steps: Sequence[StepDone]) -> str:
    """Draw how long each step took."""
    name, title = "stages", "Seconds per step"
    rows = list(reversed(steps))
    with drawing(FRAME_IN + BAR_IN * len(rows), name) as (figure, axes):
        seconds = [step.seconds for step in rows]
        axes.barh([step.step for step in rows], seconds, color=SERIES[3])
        for place, value in enumerate(seconds):
            axes.text(value, place, f" {value:.1f}", va="center", color=SOFT)
        axes.set_xlim(0, max([*seconds, 0.1]) * 1.15)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        return to_svg(figure, name, title, f"{sum(seconds):.1f} seconds in all.")
