-- rule: event-has-tiers
-- An event has 1 to 4 ticket tiers, each at a price of its own.
SELECT o.id, o.tiers, count(DISTINCT t."priceCents") AS prices
  FROM occasion o LEFT JOIN "TicketTier" t ON t."eventId" = o.id
 GROUP BY o.id, o.tiers
HAVING coalesce(o.tiers, 0) NOT BETWEEN 1 AND 4
    OR count(DISTINCT t."priceCents") <> o.tiers;

-- rule: tier-has-a-total
-- A tier is PUBLIC and has a total, which the register dialog divides by.
SELECT id, "quantityTotal", visibility, "priceCents" FROM "TicketTier"
 WHERE coalesce("quantityTotal", 0) < 1 OR visibility::text <> 'PUBLIC'
    OR "priceCents" NOT BETWEEN 0 AND 100000;

-- rule: tiers-fit-the-capacity
-- The tiers of an event sell at most its capacity, of 8 to 2000.
SELECT o.id, o.capacity, sum(t."quantityTotal") AS tickets
  FROM occasion o LEFT JOIN "TicketTier" t ON t."eventId" = o.id
 GROUP BY o.id, o.capacity
HAVING sum(t."quantityTotal") > o.capacity OR o.capacity NOT BETWEEN 8 AND 2000;

-- rule: tier-not-oversold
-- A tier sells at most its total.
SELECT id, "quantitySold", "quantityTotal" FROM "TicketTier"
 WHERE "quantitySold" > "quantityTotal" OR "quantitySold" < 0;

-- rule: event-not-oversold
-- Confirmed RSVPs fit the capacity, and cancelled seats are not sold again.
SELECT o.id, o.capacity, count(s.id) AS rsvps
  FROM occasion o JOIN seat s ON s.event_id = o.id
 GROUP BY o.id, o.capacity HAVING count(s.id) > o.capacity;

-- rule: one-seat-a-person
-- A person, or an address, has one RSVP for an event.
SELECT event_id, email, count(*) FROM seat
 GROUP BY event_id, email HAVING count(*) > 1;

-- rule: no-waitlist
-- RSVPs are CONFIRMED or CANCELLED; nobody waits.
SELECT id, status, "waitlistPosition" FROM "Rsvp"
 WHERE status::text NOT IN ('CONFIRMED', 'CANCELLED')
    OR "waitlistPosition" IS NOT NULL;
