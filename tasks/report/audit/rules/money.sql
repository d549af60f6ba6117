-- rule: order-total
-- An order's total is its items less the promo discount, to the cent.
SELECT o.id, o.total_cents, o.subtotal_cents, c."percentOff"
  FROM purchase o LEFT JOIN "PromoCode" c ON c.id = o.promo_id
 WHERE abs(o.total_cents
           - o.subtotal_cents * (100 - coalesce(c."percentOff", 0)) / 100.0)
       >= CASE WHEN c.id IS NULL THEN 0.01 ELSE 1 END;

-- rule: order-has-one-item
-- An order has one item, of one ticket or two.
SELECT id, items, quantity FROM purchase
 WHERE items <> 1 OR quantity NOT IN (1, 2);

-- rule: item-at-list-price
-- An item is a tier of the order's event at its list price.
SELECT i.id, i."priceCents", t."priceCents" AS list_cents
  FROM "OrderItem" i
  JOIN "Order" o ON o.id = i."orderId"
  JOIN "TicketTier" t ON t.id = i."ticketTierId"
 WHERE t."eventId" <> o."eventId" OR t."priceCents" <> i."priceCents";

-- rule: rsvp-on-a-paid-order
-- Every RSVP is on a PAID order of its event, for the tier that was bought.
SELECT s.id, s.order_id, o.status
  FROM seat s LEFT JOIN purchase o ON o.id = s.order_id
 WHERE o.id IS NULL OR o.status <> 'PAID' OR o.event_id <> s.event_id
    OR o.tier_id IS DISTINCT FROM s.tier_id;

-- rule: paid-order-seats-its-tickets
-- The items of a PAID order equal the RSVPs on it.
SELECT o.id, o.quantity, count(s.id) AS rsvps
  FROM purchase o LEFT JOIN seat s ON s.order_id = o.id
 WHERE o.status = 'PAID'
 GROUP BY o.id, o.quantity HAVING o.quantity <> count(s.id);

-- rule: second-ticket-is-a-guests
-- The second ticket of an order is a guest's.
SELECT order_id, count(person_id) AS members
  FROM seat GROUP BY order_id HAVING count(person_id) > 1;

-- rule: failed-order-has-nothing
-- An order that failed has no RSVP, no promo code, no refund, and was not free.
SELECT o.id, o.status, o.total_cents
  FROM purchase o
 WHERE o.status <> 'PAID'
   AND (o.promo_id IS NOT NULL OR o.refunded_cents <> 0 OR o.total_cents = 0
        OR EXISTS (SELECT FROM seat s WHERE s.order_id = o.id));

-- rule: free-order-without-payment
-- A free order has no payment, and its RSVPs paymentState NONE.
SELECT o.id, s.payment
  FROM purchase o LEFT JOIN seat s ON s.order_id = o.id
 WHERE o.total_cents = 0
   AND (s.payment <> 'NONE'
        OR EXISTS (SELECT FROM "Payment" p WHERE p."orderId" = o.id));

-- rule: paid-order-paid-once
-- A PAID order over 0 has one SUCCEEDED payment, its last, and at most a FAILED
-- one before it.
SELECT o.id, array_agg(p.status::text ORDER BY p."attemptNumber") AS payments
  FROM purchase o LEFT JOIN "Payment" p ON p."orderId" = o.id
 WHERE o.status = 'PAID' AND o.total_cents > 0
 GROUP BY o.id
HAVING array_agg(p.status::text ORDER BY p."attemptNumber")
       NOT IN (ARRAY['SUCCEEDED'], ARRAY['FAILED', 'SUCCEEDED']);

-- rule: failed-order-payment
-- A PENDING order's payment is PENDING, a CANCELLED order's FAILED.
SELECT o.id, o.status, array_agg(p.status::text) AS payments
  FROM purchase o LEFT JOIN "Payment" p ON p."orderId" = o.id
 WHERE o.status <> 'PAID'
 GROUP BY o.id, o.status
HAVING bool_or(p.status::text IS DISTINCT FROM
               CASE o.status WHEN 'PENDING' THEN 'PENDING' ELSE 'FAILED' END);

-- rule: payment-amount
-- A payment is of the order's total, in USD.
SELECT p.id, p."amountCents", o.total_cents, p.currency
  FROM "Payment" p JOIN purchase o ON o.id = p."orderId"
 WHERE p."amountCents" <> o.total_cents OR p.currency <> 'USD';

-- rule: payment-attempts-count-up
-- Payment attempts are numbered from 1 without a gap.
SELECT "orderId" AS id, array_agg("attemptNumber") FROM "Payment"
 GROUP BY 1 HAVING min("attemptNumber") <> 1 OR max("attemptNumber") <> count(*);

-- rule: payment-state-follows-money
-- An RSVP is NONE when free, PAID while confirmed, REFUNDED when cancelled.
SELECT s.id, s.status, s.payment, o.total_cents
  FROM seat s JOIN purchase o ON o.id = s.order_id
 WHERE s.payment <> CASE WHEN o.total_cents = 0 THEN 'NONE'
                         WHEN s.status = 'CANCELLED' THEN 'REFUNDED'
                         ELSE 'PAID' END;

-- rule: refunded-cents
-- refundedCents is the sum of the order's refunds, and never more than its total.
SELECT o.id, o.refunded_cents, sum(r."amountCents") AS refunds, o.total_cents
  FROM purchase o
  LEFT JOIN "Payment" p ON p."orderId" = o.id
  LEFT JOIN "Refund" r ON r."paymentId" = p.id
 GROUP BY o.id, o.refunded_cents, o.total_cents
HAVING o.refunded_cents <> coalesce(sum(r."amountCents"), 0)
    OR o.refunded_cents > o.total_cents;

-- rule: refund-of-the-cancelled-seats
-- The cancelled seats of a paid order are refunded in full, the others not at all.
SELECT o.id, o.refunded_cents, o.total_cents,
       count(*) FILTER (WHERE s.status = 'CANCELLED') AS cancelled, count(*) AS seats
  FROM purchase o JOIN seat s ON s.order_id = o.id
 WHERE o.total_cents > 0
 GROUP BY o.id, o.refunded_cents, o.total_cents
HAVING abs(o.refunded_cents - o.total_cents
           * count(*) FILTER (WHERE s.status = 'CANCELLED') / count(*)::numeric)
       >= 1;

-- rule: refund-of-a-payment-that-went-through
-- A refund is positive, has a reason, and returns a payment that succeeded.
SELECT r.id, r."amountCents", r.reason, p.status
  FROM "Refund" r JOIN "Payment" p ON p.id = r."paymentId"
 WHERE r."amountCents" <= 0 OR coalesce(r.reason, '') = ''
    OR p.status::text <> 'SUCCEEDED';

-- rule: one-order-a-buyer
-- A buyer has one order for an event.
SELECT event_id, email, count(*) FROM purchase
 GROUP BY event_id, email HAVING count(*) > 1;

-- rule: order-idempotency-key
-- Every order has its idempotency key.
SELECT id FROM "Order" WHERE coalesce("idempotencyKey", '') = '';

-- rule: currency-usd
-- Everything is sold in USD.
SELECT 'TicketTier' AS source, id, currency FROM "TicketTier" WHERE currency <> 'USD'
UNION ALL SELECT 'Order', id, currency FROM "Order" WHERE currency <> 'USD';

-- rule: promo-percent
-- A promo code takes 5 to 50 percent off, never an amount.
SELECT id, "discountType", "percentOff", "amountOffCents" FROM "PromoCode"
 WHERE "discountType"::text <> 'PERCENT' OR "amountOffCents" IS NOT NULL
    OR coalesce("percentOff", 0) NOT BETWEEN 5 AND 50;

-- rule: promo-code-format
-- A promo code is 4 to 16 of A-Z and 0-9, at an event that has something to pay.
SELECT c.id, c.code, o.dearest_cents
  FROM "PromoCode" c JOIN occasion o ON o.id = c."eventId"
 WHERE c.code !~ '^[A-Z0-9]{4,16}$' OR coalesce(o.dearest_cents, 0) = 0;

-- rule: promo-tiers
-- With three or more tiers a code holds for the paid ones but the dearest, else all.
SELECT c.id, c."appliesToAllTiers", o.tiers
  FROM "PromoCode" c JOIN occasion o ON o.id = c."eventId"
 WHERE c."appliesToAllTiers" <> (o.tiers < 3)
    OR ARRAY(SELECT pt."ticketTierId" FROM "PromoCodeTier" pt
              WHERE pt."promoCodeId" = c.id ORDER BY 1)
       <> ARRAY(SELECT t.id FROM "TicketTier" t
                 WHERE t."eventId" = o.id AND o.tiers >= 3 AND t."priceCents" > 0
                   AND t."priceCents" < o.dearest_cents ORDER BY 1);

-- rule: promo-used-where-it-holds
-- An order's promo code is of its event, holds for its tier, and takes money off.
SELECT o.id, o.promo_id, o.subtotal_cents
  FROM purchase o JOIN "PromoCode" c ON c.id = o.promo_id
 WHERE c."eventId" <> o.event_id OR o.subtotal_cents = 0
    OR (NOT c."appliesToAllTiers"
        AND NOT EXISTS (SELECT FROM "PromoCodeTier" pt
                         WHERE pt."promoCodeId" = c.id
                           AND pt."ticketTierId" = o.tier_id));

-- rule: low-spender-no-dear-ticket
-- No LOW spender has a ticket over $100 where the event has a cheaper tier.
SELECT s.id, s.person_id, s.price_cents, e.cheapest_cents
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion e ON e.id = s.event_id
 WHERE p.spending = 'LOW' AND s.price_cents > 10000
   AND e.cheapest_cents < s.price_cents;

-- rule: membership-tier-price
-- A free tier has neither currency nor interval, a paid one USD and an interval.
SELECT id, "priceCents", currency, "billingInterval" FROM "MembershipTier"
 WHERE coalesce("priceCents", -1) NOT BETWEEN 0 AND 50000
    OR ("priceCents" = 0 AND num_nonnulls(currency, "billingInterval") > 0)
    OR ("priceCents" > 0
        AND (currency IS DISTINCT FROM 'USD' OR "billingInterval" IS NULL))
    OR "stripePriceId" IS NOT NULL OR NOT "isActive";

-- rule: membership-tier-of-its-community
-- Every membership has a tier, and it is its community's.
SELECT m.id, m."membershipTierId"
  FROM "CommunityMembership" m
  LEFT JOIN "MembershipTier" t ON t.id = m."membershipTierId"
 WHERE t.id IS NULL OR t."communityId" <> m."communityId";

-- rule: membership-tier-by-spending
-- LOW spenders have a community's cheapest tier, HIGH its dearest, MEDIUM of
-- three the middle one.
SELECT m.id, p.spending, t."priceCents", r.prices
  FROM "CommunityMembership" m
  JOIN person p ON p.id = m."userId"
  JOIN "MembershipTier" t ON t.id = m."membershipTierId"
  JOIN (SELECT "communityId", array_agg("priceCents" ORDER BY "priceCents") AS prices
          FROM "MembershipTier" GROUP BY 1) r ON r."communityId" = m."communityId"
 WHERE (p.spending = 'LOW' AND t."priceCents" <> r.prices[1])
    OR (p.spending = 'HIGH' AND t."priceCents" <> r.prices[cardinality(r.prices)])
    OR (p.spending = 'MEDIUM' AND cardinality(r.prices) = 3
        AND t."priceCents" <> r.prices[2]);

-- rule: subscription-only-when-paid
-- A free membership has no subscription, a paid one has.
SELECT m.id, t."priceCents", m."subscriptionStatus", m."expiresAt"
  FROM "CommunityMembership" m
  JOIN "MembershipTier" t ON t.id = m."membershipTierId"
 WHERE (t."priceCents" > 0)
       <> (num_nonnulls(m."subscriptionStatus", m."expiresAt") = 2)
    OR (t."priceCents" = 0
        AND num_nonnulls(m."subscriptionStatus", m."expiresAt") > 0);
