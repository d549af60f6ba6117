"""What becomes of an order."""

import polars as pl
import pytest
from literals import Row, days, event, events, person, programme, tier
from told import Told

from matching import orders
from matching.guests import LATEST
from matching.seating import ORDERS

ON = ["event_key", "buyer_key"]


def _order(buyer: int, **changes: object) -> Row:
    row: Row = {
        "event_key": 1,
        "buyer_key": buyer,
        "person_key": None,
        "companion_key": None,
        "tier_key": 1,
        "price_cents": 4_000,
        "quantity": 1,
        "succeeded": True,
        "seat": "guest",
    }
    return row | changes


def _settle(*rows: Row, start: float = 10, members: int = 0) -> pl.DataFrame:
    persons = [person(i) for i in range(1, members + 1)]
    plan = programme(
        [event(1, start=days(start), published=days(min(start, 0) - 40))],
        persons,
        [tier(1, 1, 4_000)],
    )
    return orders.settle_orders(pl.DataFrame(list(rows), schema=ORDERS), plan)


def test_a_failed_order_is_pending_or_cancelled() -> None:
    """By a second roll; over 14 days old, it has become CANCELLED."""
    found = _settle(*(_order(i, succeeded=False) for i in range(2_000)))
    fresh = found.filter(pl.col("ordered") > days(-14))
    stale = found.filter(pl.col("ordered") <= days(-14))
    assert stale["status"].unique().to_list() == ["CANCELLED"]
    pending = fresh.filter(pl.col("status") == "PENDING").height / fresh.height
    assert pending == pytest.approx(0.5, abs=0.05)
    assert not found["is_refunded"].any()


def test_nothing_is_pending_once_the_event_is_over() -> None:
    """However fresh the order."""
    found = _settle(*(_order(i, succeeded=False) for i in range(300)), start=-1)
    assert found["status"].unique().to_list() == ["CANCELLED"]


def test_a_few_tickets_are_given_back() -> None:
    """About 5.8 % of single ones; never a ticket for two, and never Alex's."""
    singles = [_order(i) for i in range(4_000)]
    pairs = [_order(5_000 + i, quantity=2, companion_key=i) for i in range(300)]
    demo = [_order(9_000 + i, seat="demo") for i in range(300)]
    found = _settle(*singles, *pairs, *demo)
    back = found.filter("is_refunded")
    assert back.height / 4_000 == pytest.approx(orders.CANCELLED_SHARE, abs=0.012)
    assert (back["buyer_key"] < 4_000).all()


def test_the_latest_orders_are_members() -> None:
    """They swap times with guests, only ever to later, and no time is lost."""
    guests = [_order(1_000 + i) for i in range(50)]
    members = [_order(i, person_key=i, seat="top") for i in range(1, 9)]
    alone = {
        row["buyer_key"]: row["ordered"]
        for row in _settle(*members, members=8).to_dicts()
    }
    found = _settle(*guests, *members, members=8).sort("ordered", descending=True)
    assert found["person_key"].head(LATEST).null_count() == 0
    assert found["person_key"].head(LATEST + 1).null_count() == 1
    by_buyer = dict(found.select("buyer_key", "ordered").iter_rows())
    moved = sorted(by_buyer[i] - alone[i] for i in range(1, 9))
    assert moved[0].total_seconds() == 0
    assert by_buyer.keys() == {row["buyer_key"] for row in guests + members}
    assert found["ordered"].is_unique().all()


def test_each_ticket_of_a_paid_order_is_a_seat() -> None:
    """A failed order has none; the second ticket is the companion's."""
    found = _settle(
        _order(1, price_cents=0),
        _order(2, quantity=2, companion_key=77, person_key=1),
        _order(3, succeeded=False),
        members=1,
    )
    rsvps = orders.hold_seats(found)
    held = rsvps.select(
        "buyer_key", "attendee_key", "person_key", "is_companion"
    ).rows()
    assert set(held) == {(1, 1, None, False), (2, 2, 1, False), (2, 77, None, True)}
    delay = (rsvps["reserved"] - rsvps["ordered"]).dt.total_milliseconds()
    assert delay.is_between(1, 60_000).all()  # within a minute


def _with_promos(tiers: int, position: int, price: int, count: int = 1) -> pl.DataFrame:
    rows = [_order(i, price_cents=price, quantity=2) for i in range(count)]
    promos = pl.DataFrame(
        {"event_key": [1], "promo_key": [9], "percent_off": [15], "tiers": [tiers]},
        schema_overrides={"event_key": pl.UInt64, "promo_key": pl.UInt64},
    )
    settled = _settle(*rows).with_columns(position=pl.lit(position))
    return orders.apply_promos(settled, promos, 1)


def test_one_paid_order_in_ten_uses_the_code() -> None:
    """The total is items minus discount, in whole cents."""
    found = _with_promos(2, 0, 1_999, count=3_000)
    used = found.filter(pl.col("promo_key").is_not_null())
    assert used.height / found.height == pytest.approx(0.1, abs=0.02)
    assert used["total_cents"].unique().to_list() == [3_998 - 599]
    rest = found.filter(pl.col("promo_key").is_null())
    assert rest["total_cents"].unique().to_list() == [3_998]


@pytest.mark.parametrize(
    ("tiers", "position", "price", "valid"),
    [(2, 1, 500, True), (3, 1, 500, True), (3, 2, 500, False), (2, 0, 0, False)],
)
def test_where_a_code_is_valid(
    tiers: int, position: int, price: int, *, valid: bool
) -> None:
    """With three tiers or more not on the dearest; never on free tickets."""
    found = _with_promos(tiers, position, price, count=200)
    assert (found["promo_key"].null_count() < 200) == valid


def test_what_is_paid() -> None:
    """Succeeded, pending or failed as the order; 3 % only at the second attempt."""
    rows = [_order(i) for i in range(3_000)]
    rows += [_order(5_000 + i, succeeded=False) for i in range(100)]
    rows += [_order(9_000, price_cents=0)]
    settled = _settle(*rows).with_columns(total_cents="price_cents")
    paid = orders.payments(settled, 1)
    assert 9_000 not in paid["buyer_key"]
    last = paid.group_by("buyer_key").agg(
        pl.col("payment_status").sort_by("attempt").last()
    )
    outcome = settled.join(last, on="buyer_key", validate="1:1")
    assert set(outcome.select("status", "payment_status").unique().rows()) == {
        ("PAID", "SUCCEEDED"),
        ("PENDING", "PENDING"),
        ("CANCELLED", "FAILED"),
    }
    second = paid.filter(pl.col("attempt") == 2)
    assert second.height / 3_000 == pytest.approx(0.03, abs=0.01)
    first = paid.filter(pl.col("attempt") == 1).join(second, on="buyer_key", how="semi")
    assert first["payment_status"].unique().to_list() == ["FAILED"]


def test_refunds_come_before_the_event() -> None:
    """In full, after the order, with a reason; none for what was free."""
    rows = [_order(i, price_cents=0 if i % 2 else 4_000) for i in range(800)]
    settled = _settle(*rows, start=-3).with_columns(total_cents="price_cents")
    found = orders.refunds(settled, events(event(1, start=days(-3))), days(0), 1)
    back = settled.filter("is_refunded", pl.col("price_cents") > 0)
    assert set(found["buyer_key"]) == set(back["buyer_key"])
    assert found["total_cents"].unique().to_list() == [4_000]
    assert (found["refunded_at"] > found["ordered"]).all()
    assert (found["refunded_at"] < days(-3)).all()
    assert set(found["reason"]) <= set(orders.REFUND_REASONS)


def test_the_money_of_a_world(told: Told) -> None:
    """Totals, payments and refunds agree, order by order."""
    story = told.story
    percent = told.cast.promos.select(
        "promo_key", "percent_off", promo_event="event_key"
    )
    rows = story.orders.join(percent, on="promo_key", how="left", validate="m:1")
    items = pl.col("price_cents") * pl.col("quantity")
    off = (items * pl.col("percent_off") // 100).fill_null(0)
    assert rows.filter(pl.col("total_cents") != items - off).is_empty()
    used = rows.drop_nulls("promo_key")
    assert used.height > 0
    assert (used["promo_event"] == used["event_key"]).all()
    assert used["status"].unique().to_list() == ["PAID"]
    won = story.payments.filter(pl.col("payment_status") == "SUCCEEDED")
    due = story.orders.filter(pl.col("status") == "PAID", pl.col("total_cents") > 0)
    assert won.select(ON).is_duplicated().sum() == 0
    assert due.join(won, on=ON, how="anti").is_empty()
    assert won.height == due.height
    assert story.refunds.join(due, on=ON, how="anti").is_empty()
    starts = story.refunds.join(
        story.events.select("event_key", began="start"), on="event_key", validate="m:1"
    )
    assert (starts["refunded_at"] < starts["began"]).all()
    assert (starts["refunded_at"] > starts["ordered"]).all()


def test_the_shares_of_a_world(told: Told) -> None:
    """4 to 6 % of RSVPs are given back; one order each; nothing old is pending."""
    story = told.story
    assert story.orders.select(ON).is_duplicated().sum() == 0
    back = story.rsvps["is_refunded"].sum() / story.rsvps.height
    assert 0.04 <= back <= 0.06
    pending = story.orders.filter(pl.col("status") == "PENDING")
    assert not pending.is_empty()
    age = pl.lit(told.as_of) - pl.col("ordered")
    assert pending.filter(age > pl.duration(days=14)).is_empty()
    over = story.events.filter("is_over")
    assert pending.join(over, on="event_key", how="semi").is_empty()
