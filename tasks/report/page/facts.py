"""Figures of an edition: pure functions from its tables to small frames."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from tasks.report.page.edition import Edition

DAY_S: Final = 86_400
GUEST: Final = "guests"
SPENDERS: Final = ("LOW", "MEDIUM", "HIGH", GUEST)
# Price bands in US dollars, each below its bound; the last is open.
BANDS: Final = (("free", 1), ("under $25", 25), ("$25 to $50", 50))
DEARER: Final = (("$50 to $100", 100.01), ("over $100", None))
PRICE_BANDS: Final = (*BANDS, *DEARER)
AHEAD_DAYS: Final = 60
FILL_STEP_DAYS: Final = 5
REVIEW_CHARACTERS: Final = 160
HELD: Final = pl.col("status") == "CONFIRMED"


def per_city(edition: Edition) -> pl.DataFrame:
    """Count what each city holds.

    Returns:
        One row per city with anything in it, most events first: slug, city, country,
        continent, people, communities, events, rsvps, members (share of RSVPs), filled
        (RSVPs by capacity of events that are over; null: none is).
    """
    place = edition["Location"].select(
        "slug", "country", "continent", locationId="id", city="name"
    )
    events = edition["Event"].join(
        edition["Rsvp"]
        .filter(HELD)
        .group_by(id="eventId")
        .agg(rsvps=pl.len(), by_members=pl.col("userId").is_not_null().sum()),
        on="id",
        how="left",
        validate="1:1",
    )
    over = pl.col("endDate") <= edition.as_of
    figures = events.group_by("locationId").agg(
        events=pl.len(),
        rsvps=pl.col("rsvps").sum(),
        members=pl.col("by_members").sum() / pl.col("rsvps").sum(),
        filled=pl.col("rsvps").filter(over).sum()
        / pl.col("capacity").filter(over).sum(),
    )
    for table, name in (("User", "people"), ("Community", "communities")):
        counted = edition[table].group_by("locationId").agg(pl.len().alias(name))
        place = place.join(counted, on="locationId", how="left", validate="1:1")
    return (
        place.join(figures, on="locationId", how="left", validate="1:1")
        .filter(pl.max_horizontal("people", "communities", "events").is_not_null())
        .with_columns(
            pl.col("people", "communities", "events", "rsvps").fill_null(0),
            pl.col("members", "filled").fill_nan(None),  # of nothing there is no share
        )
        .sort("events", "rsvps", "city", descending=[True, True, False])
    )


def per_category(edition: Edition) -> pl.DataFrame:
    """Count events and RSVPs by category; one row each: category, events, rsvps."""
    names = edition["Category"].select("name", categoryId="id")
    events = edition["Event"].select(eventId="id", rsvps="rsvpCount")
    return (
        edition["EventCategory"]
        .join(events, on="eventId", validate="m:1")
        .group_by("categoryId")
        .agg(events=pl.len(), rsvps=pl.col("rsvps").sum())
        .join(names, on="categoryId", validate="1:1")
        .sort("events", "name", descending=[True, False])
        .select("events", "rsvps", category="name")
    )


def prices_paid(edition: Edition) -> pl.DataFrame:
    """Say what who paid.

    Returns:
        One row per RSVP: spender (LOW, MEDIUM, HIGH or guests), price_cents.
    """
    power = edition["User"].select(userId="id", spender="spendingPower")
    tiers = edition["TicketTier"].select("priceCents", ticketTierId="id")
    return (
        edition["Rsvp"]
        .join(power, on="userId", how="left", validate="m:1")
        .join(tiers, on="ticketTierId", validate="m:1")
        .select(pl.col("spender").fill_null(GUEST), price_cents="priceCents")
    )


def price_shares(edition: Edition) -> pl.DataFrame:
    """Give each spender's tickets by price band.

    Returns:
        One row per spender, in the order of SPENDERS: spender, tickets, mean_paid
        (US dollars, free ones left out), and the share of every band.
    """
    dollars = pl.col("price_cents") / 100
    band: Any = pl
    for name, bound in PRICE_BANDS:
        if bound is not None:
            band = band.when(dollars < bound).then(pl.lit(name))
    last = PRICE_BANDS[-1][0]
    rows = prices_paid(edition).with_columns(band=band.otherwise(pl.lit(last)))
    shares = [
        (pl.col("band") == name).mean().alias(name) for name, _bound in PRICE_BANDS
    ]
    mean_paid = dollars.filter(pl.col("price_cents") > 0).mean()
    grouped = rows.group_by("spender").agg(
        pl.len().alias("tickets"), mean_paid.alias("mean_paid"), *shares
    )
    order = pl.col("spender").replace_strict(
        {spender: place for place, spender in enumerate(SPENDERS)}
    )
    return grouped.sort(order)


def fill_ahead(edition: Edition) -> pl.DataFrame:
    """Measure how full events ahead are.

    Returns:
        One row per event to come within AHEAD_DAYS: days, filled (of capacity), city.
    """
    days = (pl.col("startDate") - edition.as_of).dt.total_seconds() / DAY_S
    return (
        edition["Event"]
        .select("id", days=days, filled=pl.col("rsvpCount") / pl.col("capacity"))
        .filter(pl.col("days") > 0, pl.col("days") <= AHEAD_DAYS)
        .sort("days", "id")
    )


def fill_of_past(edition: Edition) -> pl.DataFrame:
    """Measure how events that are over filled.

    Returns:
        One row per FILL_STEP_DAYS: days (before the start), filled (mean share of
        capacity gone by then).
    """
    over = edition["Event"].filter(pl.col("endDate") <= edition.as_of)
    ordered = (
        edition["Rsvp"]
        .filter(HELD)
        .join(over.select("startDate", eventId="id"), on="eventId", validate="m:1")
        .select(
            days=(pl.col("startDate") - pl.col("createdAt")).dt.total_seconds() / DAY_S
        )["days"]
    )
    seats = int(over["capacity"].sum())
    steps = range(AHEAD_DAYS, -1, -FILL_STEP_DAYS)
    gone = [ordered.filter(ordered >= step).len() for step in steps]
    return pl.DataFrame(
        {
            "days": list(steps),
            "filled": [count / seats if seats else 0.0 for count in gone],
        },
        schema={"days": pl.Int64, "filled": pl.Float64},
    )


def friends_per_person(edition: Edition) -> pl.Series:
    """Count everybody's friends, asked and asking, accepted or not."""
    friendships = edition["Friendship"]
    ends = pl.concat([friendships["userId"], friendships["friendId"].alias("userId")])
    counted = pl.DataFrame({"id": ends}).group_by("id").agg(friends=pl.len())
    return (
        edition["User"]
        .select("id")
        .join(counted, on="id", how="left", validate="1:1")
        .get_column("friends")
        .fill_null(0)
    )


@dataclass(frozen=True)
class Moment:
    """One thing in a person's life."""

    at: datetime
    kind: str  # a word that the page has a colour for
    text: str
    more: str = ""


def life_of(edition: Edition, person: str) -> list[Moment]:
    """Tell one person's life in order, by id."""
    user = edition["User"].filter(pl.col("id") == person).to_dicts()[0]
    moments = [
        Moment(user["createdAt"], "joined", "joined RSVPed"),
        *_memberships(edition, person),
        *_hosted(edition, person),
        *_attended(edition, person),
        *_befriended(edition, person),
    ]
    return sorted(moments, key=lambda moment: (moment.at, moment.kind, moment.text))


def _memberships(edition: Edition, person: str) -> list[Moment]:
    names = edition["Community"].select("name", "ownerId", communityId="id")
    rows = (
        edition["CommunityMembership"]
        .filter(pl.col("userId") == person)
        .join(names, on="communityId", validate="m:1")
    )
    return [
        Moment(
            row["joinedAt"],
            "community",
            f"{'founded' if row['ownerId'] == person else 'joined'} {row['name']}",
            "" if row["role"] == "MEMBER" else row["role"].lower(),
        )
        for row in rows.to_dicts()
    ]


def _hosted(edition: Edition, person: str) -> list[Moment]:
    rows = edition["Event"].filter(pl.col("hostId") == person)
    return [
        Moment(
            row["startDate"],
            "host",
            f"{'hosts' if row['startDate'] > edition.as_of else 'hosted'} "
            f"{row['title']}",
            f"{row['rsvpCount']} of {row['capacity']} seats taken",
        )
        for row in rows.to_dicts()
    ]


def _attended(edition: Edition, person: str) -> list[Moment]:
    rows = (
        edition["Rsvp"]
        .filter(pl.col("userId") == person)
        .rename({"createdAt": "booked"})
        .join(
            edition["Event"].drop("createdAt").rename({"id": "eventId"}),
            on="eventId",
            validate="m:1",
        )
        .join(
            edition["TicketTier"].select("priceCents", ticketTierId="id", tier="name"),
            on="ticketTierId",
            validate="m:1",
        )
        .join(
            edition["Location"].select("name", locationId="id"),
            on="locationId",
            validate="m:1",
        )
        .join(
            edition["CheckIn"].rename({"rsvpId": "id"}),
            on="id",
            how="left",
            validate="1:1",
        )
        .join(
            edition["EventFeedback"].select("rating", "comment", id="rsvpId"),
            on="id",
            how="left",
            validate="1:1",
        )
    )
    return [_visit(row, edition.as_of) for row in rows.to_dicts()]


def _visit(row: dict[str, Any], as_of: datetime) -> Moment:
    price = f"${row['priceCents'] / 100:,.2f}" if row["priceCents"] else "free"
    where = "online" if row["locationType"] == "ONLINE" else row["venueName"]
    booked = f"{row['booked']:%d %b}"
    more = f"{where}, {row['name']}; {row['tier']}, {price}; booked {booked}"
    if row["rating"] is not None:
        comment = f": “{row['comment'][:REVIEW_CHARACTERS]}”" if row["comment"] else ""
        more += f"; gave {row['rating']} of 5{comment}"
    if row["status"] == "CANCELLED":
        return Moment(row["startDate"], "missed", f"cancelled {row['title']}", more)
    if row["startDate"] > as_of:
        return Moment(row["startDate"], "going", f"goes to {row['title']}", more)
    if row["scannedAt"] is None:
        return Moment(row["startDate"], "missed", f"missed {row['title']}", more)
    return Moment(row["startDate"], "event", f"was at {row['title']}", more)


def _befriended(edition: Edition, person: str) -> list[Moment]:
    mine = (pl.col("userId") == person) | (pl.col("friendId") == person)
    other = pl.when(pl.col("userId") == person).then("friendId").otherwise("userId")
    rows = (
        edition["Friendship"]
        .filter(mine)
        .with_columns(other=other)
        .join(
            edition["User"].select("name", "profession", other="id"),
            on="other",
            validate="1:1",
        )
    )
    moments: list[Moment] = []
    for row in rows.to_dicts():
        if row["status"] == "ACCEPTED":
            text = f"became friends with {row['name']}"
        elif row["userId"] == person:
            text = f"asked {row['name']}, who has not answered yet"
        else:
            text = f"was asked by {row['name']}, not answered yet"
        at = row["acceptedAt"] or row["createdAt"]
        moments.append(Moment(at, "friend", text, row["profession"] or ""))
    return moments


def digest_of(edition: Edition, city_id: str) -> dict[str, list[dict[str, Any]]]:
    """Give a city's communities with their events, and its people, by name."""
    events = (
        edition["Event"]
        .sort("startDate", "id")
        .group_by("communityId", maintain_order=True)
        .agg(pl.col("title").unique(maintain_order=True).alias("titles"))
    )
    members = (
        edition["CommunityMembership"].group_by("communityId").agg(members=pl.len())
    )
    communities = (
        edition["Community"]
        .filter(pl.col("locationId") == city_id)
        .rename({"id": "communityId"})
        .join(events, on="communityId", how="left", validate="1:1")
        .join(members, on="communityId", how="left", validate="1:1")
        .sort("name")
    )
    people = edition["User"].filter(pl.col("locationId") == city_id).sort("name", "id")
    return {"communities": communities.to_dicts(), "people": people.to_dicts()}
