-- figure: high-spenders-of-dear-tickets
-- Share of members' tickets over $100 that HIGH spenders hold.
SELECT avg((p.spending = 'HIGH')::int)
  FROM seat s JOIN person p ON p.id = s.person_id WHERE s.price_cents > 10000;

-- figure: cheap-order-success
-- Share of guests' paid orders under $50 that succeed (85 %).
SELECT avg((o.status = 'PAID')::int) FROM purchase o
 WHERE o.price_cents BETWEEN 1 AND 4999
   AND o.email NOT IN (SELECT email FROM person);

-- figure: middling-order-success
-- Share of guests' orders of $50 to $100 that succeed (80 %).
SELECT avg((o.status = 'PAID')::int) FROM purchase o
 WHERE o.price_cents BETWEEN 5000 AND 10000
   AND o.email NOT IN (SELECT email FROM person);

-- figure: dear-order-success
-- Share of guests' orders over $100 that succeed (70 %).
SELECT avg((o.status = 'PAID')::int) FROM purchase o
 WHERE o.price_cents > 10000
   AND o.email NOT IN (SELECT email FROM person);

-- figure: high-spenders-orders-succeed-more
-- Success of HIGH spenders' orders under $50 less that of LOW spenders' (20 points).
SELECT avg((o.status = 'PAID')::int) FILTER (WHERE p.spending = 'HIGH')
       - avg((o.status = 'PAID')::int) FILTER (WHERE p.spending = 'LOW')
  FROM purchase o JOIN person p ON p.email = o.email
 WHERE o.price_cents BETWEEN 1 AND 4999;

-- figure: two-ticket-orders
-- Share of PAID orders with a second ticket.
SELECT avg((quantity = 2)::int) FROM purchase WHERE status = 'PAID';

-- figure: promo-use
-- Share of PAID orders with a promo code, where one holds for the tier.
SELECT avg((o.promo_id IS NOT NULL)::int)
  FROM purchase o
  JOIN "PromoCode" c ON c."eventId" = o.event_id
 WHERE o.status = 'PAID' AND o.subtotal_cents > 0
   AND (c."appliesToAllTiers"
        OR EXISTS (SELECT FROM "PromoCodeTier" pt
                    WHERE pt."promoCodeId" = c.id AND pt."ticketTierId" = o.tier_id));

-- figure: second-payment-attempts
-- Share of successful payments that came after a FAILED one.
SELECT avg(("attemptNumber" > 1)::int) FROM "Payment"
 WHERE status::text = 'SUCCEEDED';

-- figure: paid-memberships-active
-- Share of paid memberships whose subscription is ACTIVE (92 %).
SELECT avg(("subscriptionStatus"::text = 'ACTIVE')::int)
  FROM "CommunityMembership" WHERE "subscriptionStatus" IS NOT NULL;

-- figure: paid-memberships-past-due
-- Share of paid memberships that are PAST_DUE (5 %).
SELECT avg(("subscriptionStatus"::text = 'PAST_DUE')::int)
  FROM "CommunityMembership" WHERE "subscriptionStatus" IS NOT NULL;
