"""Why somebody is at an event: score, draw, seat, tier, and the moment of the order."""

from typing import Any, Final

import polars as pl

from matching import draws
from matching.guests import SECOND_TICKET
from matching.interest import overlap_score, profession_bonus, style_bonus
from matching.order_times import order_times
from matching.programme import at_home, online, travellers
from matching.seating import ORDERS, REST_FACTOR
from matching.tickets import order_success, price_deterrent, tier_wanted
from matching.vocabulary import CATEGORIES, SpendingPower
from tasks.process.tables import orders
from tasks.report.explain.explanation import Explanation, Fact, unknown
from tasks.report.explain.retold import Retold

PAIR: Final = ["event_key", "person_key"]
SEATS: Final = {
    "demo": "the demo user's calendar is filled first",
    "top": "among the 40 % of seats that go to the most interested",
    "rest": "among the seats given in random order, at 0.7 of the chance",
    "traveller": "a trip to a destination event elsewhere",
    "guest": "no account: guests fill what members left open",
}


def told_rsvps(retold: Retold) -> pl.DataFrame:
    """Make every Rsvp row again, as the build makes it, with is_demo."""
    who = orders.attendees(retold.story, retold.identity, retold.people, retold.seed)
    return orders.rsvps(retold.story, retold.identity, who, retold.script.demo_key)


def candidates(retold: Retold) -> pl.DataFrame:
    """List who could have come to what.

    Returns:
        One row per (event_key, person_key): score and its parts overlap_score,
        style_bonus, profession_bonus; price_factor and distance_factor, which lower
        the chance; chance; the draws; place among the event's `eligible`, by score.
    """
    columns = [
        "score",
        "overlap_score",
        "style_bonus",
        "profession_bonus",
        "price_factor",
        "distance_factor",
        "chance",
        "top_draw",
        "rest_draw",
        "tier_draw",
        "order_draw",
        "place",
        "eligible",
        "spending_power",
        "interest_mask",
        "category_mask",
    ]
    parts: list[pl.DataFrame] = []
    for round_of in (at_home, online, travellers):
        rows = round_of(retold.programme).with_columns(
            overlap_score=overlap_score(),
            style_bonus=style_bonus(),
            profession_bonus=profession_bonus(),
            price_factor=price_deterrent(pl.col("cheapest_cents")),
            place=pl.int_range(1, pl.len() + 1).over("event_key"),
            eligible=pl.len().over("event_key"),
        )
        plain = pl.col("score").clip(0, 1) * pl.col("price_factor")
        rows = rows.with_columns(distance_factor=pl.col("chance") / plain)
        parts.append(rows.select(*PAIR, *columns))
    return pl.concat(parts)


def seats_taken(retold: Retold) -> pl.DataFrame:
    """Say of every RSVP how its seat was come by.

    Returns:
        One row per RSVP: id, the columns of `Story.rsvps`, those of `candidates`
        (null for guests), and seat_draw that had to stay below seat_limit (null: no
        draw), order_draw below order_limit, second_draw (of whom somebody brought),
        wanted (the tier's position), tiers (how many), drawn (when the order was first
        dated).
    """
    story = retold.story
    tiers = retold.script.cast.tiers.group_by("event_key").agg(
        tiers=pl.len().cast(pl.Int64)
    )
    dated = order_times(story.orders.select(ORDERS.names()), retold.programme)
    rows = (
        story.rsvps.join(
            dated.select("event_key", "buyer_key", drawn="ordered"),
            on=["event_key", "buyer_key"],
            validate="m:1",
        )
        .join(tiers, on="event_key", validate="m:1")
        .join(
            candidates(retold).rename({"person_key": "member_key"}),
            left_on=["event_key", "buyer_key"],
            right_on=["event_key", "member_key"],
            how="left",
            validate="m:1",
        )
    )
    is_guest = pl.col("seat") == "guest"
    drawn = {
        "second_draw": draws.uniform(
            retold.seed, "companion", rows["event_key"], rows["buyer_key"]
        ),
        "guest_order": draws.uniform(retold.seed, "guest/order", rows["buyer_key"]),
        "guest_pair": draws.uniform(retold.seed, "guest/pair", rows["buyer_key"]),
    }
    rows = rows.with_columns(
        pl.Series(name, values) for name, values in drawn.items()
    ).with_columns(
        spending_power=pl.when(is_guest)
        .then(pl.lit(SpendingPower.MEDIUM.value))
        .otherwise("spending_power"),
        order_draw=pl.when(is_guest).then("guest_order").otherwise("order_draw"),
        second_draw=pl.when("is_companion").then(
            pl.when(is_guest).then("guest_pair").otherwise("second_draw")
        ),
        seat_draw=pl.when(pl.col("seat").is_in(["top", "traveller"]))
        .then("top_draw")
        .when(pl.col("seat") == "rest")
        .then("rest_draw"),
        seat_limit=pl.when(pl.col("seat").is_in(["top", "traveller"]))
        .then("chance")
        .when(pl.col("seat") == "rest")
        .then(pl.col("chance") * REST_FACTOR),
    )
    bought = [
        (tier_wanted(power, tiers, draw or 0.0), order_success(price, power))
        for power, tiers, draw, price in rows.select(
            "spending_power", "tiers", "tier_draw", "price_cents"
        ).iter_rows()
    ]
    return rows.drop("guest_order", "guest_pair").with_columns(
        pl.Series("wanted", [wanted for wanted, _ in bought], pl.Int64),
        pl.Series("order_limit", [limit for _, limit in bought], pl.Float64),
        id=retold.identity.ids("Rsvp", rows["event_key"], rows["attendee_key"]),
    )


def explain_rsvp(retold: Retold, rsvp_id: str) -> Explanation:
    """Explain one RSVP by its id.

    Raises:
        InputError: the edition has none of that id.
    """
    table = told_rsvps(retold).drop("is_demo")
    found = table.filter(pl.col("id") == rsvp_id)
    if found.is_empty():
        raise unknown("RSVP", rsvp_id, table["id"].to_list())
    row = found.to_dicts()[0]
    seat = seats_taken(retold).filter(pl.col("id") == rsvp_id).to_dicts()[0]
    return Explanation(
        table="Rsvp",
        id=rsvp_id,
        title=f"{row['name']} at {retold.titles[seat['event_key']]!r}: "
        f"{row['status'].lower()}",
        row=row,
        facts=(
            *_why_there(seat, retold),
            *_why_tier(seat, retold),
            *_why_then(seat, retold),
        ),
    )


def categories_of(mask: int) -> str:
    """Name the categories of a mask."""
    names = [row.slug for bit, row in enumerate(CATEGORIES) if mask >> bit & 1]
    return ", ".join(names) or "none"


def _why_there(seat: dict[str, Any], retold: Retold) -> list[Fact]:
    taken = Fact(name="seat", value=seat["seat"], why=SEATS[seat["seat"]])
    if seat["is_companion"]:
        bringer = retold.usernames.get(seat["buyer_key"], "a guest")
        return [
            taken,
            Fact(
                name="brought by",
                value=bringer,
                why=f"draw {seat['second_draw']:.3f} under {SECOND_TICKET}: the order "
                "is for two",
            ),
        ]
    if seat["person_key"] is None:
        return [taken]
    shared = categories_of(seat["interest_mask"] & seat["category_mask"])
    offered = categories_of(seat["category_mask"])
    person = retold.story.people.filter(pl.col("person_key") == seat["person_key"])
    style = person["networking_style"][0]
    facts = [
        Fact(
            name="score",
            value=seat["score"],
            why=f"{seat['place']} of {seat['eligible']} who could come",
        ),
        Fact(
            name="  overlap",
            value=seat["overlap_score"],
            why=f"shares {shared} of {offered}",
        ),
        Fact(name="  style", value=seat["style_bonus"], why=style),
        Fact(
            name="  profession",
            value=seat["profession_bonus"],
            why=person["profession"][0] or "none",
        ),
        Fact(
            name="chance",
            value=seat["chance"],
            why=f"min(score, 1) x price {seat['price_factor']:.2f} x distance "
            f"{seat['distance_factor']:.2f}",
        ),
        taken,
    ]
    if seat["seat_draw"] is not None:
        why = f"under {seat['seat_limit']:.3f}, so they came"
        facts.append(Fact(name="draw", value=seat["seat_draw"], why=why))
    return facts


def _why_tier(seat: dict[str, Any], retold: Retold) -> list[Fact]:
    tiers = retold.script.cast.tiers.filter(
        pl.col("event_key") == seat["event_key"]
    ).sort("position")
    names = tiers["name"].to_list()
    wanted, position = seat["wanted"], seat["position"]
    power = seat["spending_power"]
    if wanted == position:
        why = f"what {power} spenders want of {len(names)}"
    else:
        why = f"{power} wanted {names[wanted]!r}: sold out, so the nearest"
    price = f"${seat['price_cents'] / 100:,.2f}"
    facts = [Fact(name="tier", value=f"{names[position]}, {price}", why=why)]
    if power == SpendingPower.HIGH and seat["tier_draw"] is not None:
        why = "HIGH: under 0.7 the dearest, else the next below"
        facts.append(Fact(name="tier draw", value=seat["tier_draw"], why=why))
    if seat["price_cents"] > 0 and not seat["is_companion"]:
        limit = f"under {seat['order_limit']:.2f}, so the order went through"
        if seat["seat"] == "demo":
            limit = "the demo user's orders go through whatever the draw"
        facts.append(Fact(name="order draw", value=seat["order_draw"], why=limit))
    return facts


def _why_then(seat: dict[str, Any], retold: Retold) -> list[Fact]:
    event = retold.story.events.filter(pl.col("event_key") == seat["event_key"])
    ahead = (event["start"][0] - seat["ordered"]).total_seconds() / 86_400
    moved = seat["drawn"] != seat["ordered"]
    why = f"{ahead:.1f} days before the start; orders grow as exp(-d / 21)"
    if moved:
        why = (
            f"drawn for {seat['drawn']:%Y-%m-%d %H:%M}, traded with another order so "
            "that the event's latest are members'"
        )
    facts = [
        Fact(
            name="first possible",
            value=f"{seat['earliest']:%Y-%m-%d %H:%M}",
            why="published, and the buyer had joined",
        ),
        Fact(name="ordered", value=f"{seat['ordered']:%Y-%m-%d %H:%M:%S}", why=why),
        Fact(name="reserved", value=f"{seat['reserved']:%Y-%m-%d %H:%M:%S}"),
    ]
    if seat["is_refunded"]:
        why = "given back before the event; the seat is not sold again"
        facts.append(Fact(name="cancelled", value=True, why=why))
    return facts
