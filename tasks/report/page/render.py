"""Put the report together: figures, drawings and a template into one HTML file."""

from pathlib import Path
from typing import Any, Final

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tasks.editions import World, write_text
from tasks.generate.spending import read_spending
from tasks.report.audit.results import AuditResult, MetricResult, read_audit
from tasks.report.page import REPORT_FILE, charts, facts, graphs
from tasks.report.page.account import read_account
from tasks.report.page.edition import Edition, find_person, read_edition

DIGITS: Final = 3
NOTHING: Final = "\u2013"  # an en dash stands for no value
SAMPLES_SHOWN: Final = 5
SHORT: Final = 12  # characters of a hash that a person compares
CENTS: Final = 100
EVENTS_SHOWN: Final = 4  # of a community, in the digest
HONEST: Final = {
    "recorded": "Written by Claude once, recorded, and shipped with the project.",
    "claude": "Written by Claude for this edition.",
    "faker": (
        "Filled by Faker: names and prose are random, and nothing that they say hangs "
        "together. Geography, time, money and counters keep their rules."
    ),
}


def write_report(folder: Path, world: World, person: str | None = None) -> Path:
    """Write an edition's report into its folder; give the file.

    Args:
        folder: the edition folder.
        world: the world built there.
        person: whose life is told, by user name; None for the demo user.

    Raises:
        SeedError: a file of the edition is missing, or nobody has that name.
    """
    edition = read_edition(folder, world)
    path = folder / REPORT_FILE
    write_text(path, render(edition, person))
    return path


def render(edition: Edition, person: str | None = None) -> str:
    """Render an edition's report; the same files give the same text."""
    environment = Environment(
        loader=PackageLoader("tasks.report.page", "."),
        autoescape=True,  # names come from a model: they are text, never markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.j2")
    who = find_person(edition, person)
    return template.render(
        edition=edition.world.edition,
        world=edition.world,
        honest=HONEST.get(edition.world.source, edition.world.source),
        **_made(edition),
        **_drawn(edition),
        **_lived(edition, who),
        **_proved(edition),
    )


def _made(edition: Edition) -> dict[str, Any]:
    cities = facts.per_city(edition)
    orders = edition["Order"].filter(pl.col("status") == "PAID")
    rows = edition.rows
    tiles = [
        ("cities", cities.height),
        ("people", rows["User"]),
        ("communities", rows["Community"]),
        ("events", rows["Event"]),
        ("RSVPs", rows["Rsvp"]),
        ("friendships", rows["Friendship"]),
    ]
    return {
        "tiles": [(f"{count:,}", label) for label, count in tiles],
        "sold": f"${(orders['totalCents'].sum() // CENTS):,}",
        "refunded": f"${(orders['refundedCents'].sum() // CENTS):,}",
        "rows": rows,
        "total": sum(rows.values()),
        "cities": cities.to_dicts(),
        "prices": facts.price_shares(edition).to_dicts(),
        "left_out": edition.world.left_out,
    }


def _drawn(edition: Edition) -> dict[str, Any]:
    cities = facts.per_city(edition)
    world = graphs.friend_graph(edition)
    return {"friend_figures": graphs.graph_figures(world)} | {
        name: Markup(svg)  # noqa: S704  our own drawing; its letters are escaped there
        for name, svg in {
            "map": charts.city_map(cities, _city_links(edition)),
            "categories": charts.category_chart(facts.per_category(edition)),
            "price_chart": charts.price_chart(facts.price_shares(edition)),
            "ahead": charts.ahead_chart(facts.fill_ahead(edition)),
            "past": charts.past_chart(facts.fill_of_past(edition)),
            "friends": charts.friends_chart(facts.friends_per_person(edition)),
            "world_graph": graphs.world_graph(
                world,
                dict(edition["Location"].select("id", "continent").iter_rows()),
            ),
        }.items()
    }


def _city_links(edition: Edition) -> pl.DataFrame:
    """Count friendships between cities: one, other (slugs, in order), friends."""
    home = edition["User"].select(
        "id", city=pl.col("locationId").replace_strict(edition.cities)
    )
    return (
        edition["Friendship"]
        .join(home.rename({"id": "userId", "city": "a"}), on="userId")
        .join(home.rename({"id": "friendId", "city": "b"}), on="friendId")
        .filter(pl.col("a") != pl.col("b"))
        .group_by(one=pl.min_horizontal("a", "b"), other=pl.max_horizontal("a", "b"))
        .agg(friends=pl.len())
        .sort("one", "other")
    )


def _lived(edition: Edition, person: str) -> dict[str, Any]:
    user = edition["User"].filter(pl.col("id") == person).to_dicts()[0]
    home = user["locationId"]
    city = edition["Location"].filter(pl.col("id") == home)["name"][0]
    graph = graphs.city_graph(graphs.friend_graph(edition, home), city)
    return {
        "person": user,
        "city": city,
        "life": facts.life_of(edition, person),
        "as_of": edition.as_of,
        "digest": facts.digest_of(edition, home),
        "events_shown": EVENTS_SHOWN,
        "city_graph": Markup(graph),  # noqa: S704  our own drawing, as above
    }


def _proved(edition: Edition) -> dict[str, Any]:
    account = read_account(edition.folder)
    audit = read_audit(edition.folder)
    spending = read_spending(edition.folder)
    stale = audit is not None and audit.world_id != edition.world.world_id
    chart = charts.stage_chart(account.steps) if account else ""
    return {
        "account": account,
        "stages": Markup(chart),  # noqa: S704  our own drawing, as above
        "usd": f"${spending.usd:,.2f}",
        "batches": spending.batches,
        "audit": None if stale else audit,
        "stale": stale,
        "foils": _foils(None if stale else audit),
        "compared": _compared(audit),
        "figure": _figure,
        "band": _band,
        "short": SHORT,
        "samples_shown": SAMPLES_SHOWN,
    }


def _compared(audit: AuditResult | None) -> list[MetricResult]:
    """Give the metrics that some foil was measured by too."""
    if audit is None:
        return []
    known = {name for foil in audit.baselines.values() for name in foil}
    return [metric for metric in audit.metrics if metric.name in known]


def _figure(value: float | None) -> str:
    """Write a measured figure in as many digits as a person compares."""
    if value is None:
        return NOTHING
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.{DIGITS}g}" if abs(value) < 10**DIGITS else f"{value:,.0f}"


def _band(metric: MetricResult) -> str:
    """Write a metric's band; either end may be open."""
    if metric.high is None:
        return f"from {_figure(metric.low)}"
    if metric.low is None:
        return f"to {_figure(metric.high)}"
    return f"{_figure(metric.low)} to {_figure(metric.high)}"


def _foils(audit: AuditResult | None) -> list[str]:
    """Name the foils that the audit measured beside the world."""
    return list(audit.baselines) if audit else []
