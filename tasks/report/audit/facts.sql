-- Facts that many rules share: each becomes a WITH query of the rules that name it,
-- so that an audit makes nothing in the database and a read-only role may run it.
-- `world`, `vocabulary_...` and `answer_...` come from references.py.

-- fact: person
-- One row a person: the account with the country and zone of its city.
SELECT u.id, u.name, u.email, u.email = 'demo@rsvped.app' AS is_demo,
       u."locationId" AS city_id, l.slug AS city, l.country, l.timezone,
       u."networkingStyle"::text AS style, u."spendingPower"::text AS spending,
       u.profession, u."createdAt" AS joined
  FROM "User" u LEFT JOIN "Location" l ON l.id = u."locationId"

-- fact: occasion
-- One row an event; its seats are what its tiers may sell within its capacity.
SELECT e.id, e.title, e.slug, e.description,
       regexp_replace(e.title, ' · [a-z-]+ date$', '') AS series,
       e.title ~ ' · [a-z-]+ date$' AS is_repeat,
       e."locationId" AS city_id, l.slug AS city, l.country,
       e.timezone, e."locationType"::text AS kind,
       e."locationType"::text <> 'ONLINE' AS on_site,
       e."hostId" AS host_id, e."communityId" AS community_id,
       e."startDate" AS starts, e."endDate" AS ends,
       e."endDate" <= w.now AS is_over,
       e."createdAt" AS created, e."publishedAt" AS published,
       e.capacity, t.tiers, least(e.capacity, t.seats) AS seats,
       t.cheapest_cents, t.dearest_cents, coalesce(t.sold, 0) AS sold,
       coalesce(c.topics, 0) AS topics
  FROM world w CROSS JOIN "Event" e
  LEFT JOIN "Location" l ON l.id = e."locationId"
  LEFT JOIN (SELECT "eventId", count(*) AS tiers, sum("quantityTotal") AS seats,
                    sum("quantitySold") AS sold,
                    min("priceCents") AS cheapest_cents,
                    max("priceCents") AS dearest_cents
               FROM "TicketTier" GROUP BY 1) t ON t."eventId" = e.id
  LEFT JOIN (SELECT "eventId", count(*) AS topics
               FROM "EventCategory" GROUP BY 1) c ON c."eventId" = e.id

-- fact: seat
-- One row an RSVP with its event's facts; person_id is null for a guest.
SELECT r.id, r."eventId" AS event_id, r."userId" AS person_id,
       r."orderId" AS order_id, r."ticketTierId" AS tier_id, r.email, r.name,
       r.status::text AS status, r."paymentState"::text AS payment,
       r."createdAt" AS booked, t."priceCents" AS price_cents,
       o.on_site, o.starts, o.ends, o.is_over
  FROM "Rsvp" r
  JOIN occasion o ON o.id = r."eventId"
  LEFT JOIN "TicketTier" t ON t.id = r."ticketTierId"

-- fact: taste
-- One row a member's RSVP: how many categories person and event share, and how
-- many of these are strong (level over 5).
SELECT s.id AS rsvp_id, s.person_id, s.event_id, o.topics,
       count(uc."categoryId") AS overlap,
       count(uc."categoryId") FILTER (WHERE uc."interestLevel" > 5) AS strong
  FROM seat s
  JOIN occasion o ON o.id = s.event_id
  LEFT JOIN "EventCategory" ec ON ec."eventId" = s.event_id
  LEFT JOIN "UserCategory" uc
    ON uc."userId" = s.person_id AND uc."categoryId" = ec."categoryId"
 WHERE s.person_id IS NOT NULL
 GROUP BY 1, 2, 3, 4

-- fact: commitment
-- One row for each time a person is somewhere: confirmed RSVPs and hostings.
SELECT person_id, event_id, on_site, starts, ends
  FROM seat WHERE person_id IS NOT NULL AND status = 'CONFIRMED'
UNION
SELECT host_id, id, on_site, starts, ends FROM occasion

-- fact: circle
-- One row a community: the city of its owner and the categories of its events.
SELECT c.id, c."ownerId" AS owner_id, c.exclusivity::text AS exclusivity,
       c."createdAt" AS founded, p.city_id, p.city,
       ARRAY(SELECT DISTINCT ec."categoryId"
               FROM "Event" e JOIN "EventCategory" ec ON ec."eventId" = e.id
              WHERE e."communityId" = c.id ORDER BY 1) AS categories
  FROM "Community" c LEFT JOIN person p ON p.id = c."ownerId"

-- fact: purchase
-- One row an order: what its items cost and how many seats they hold.
SELECT o.id, o."eventId" AS event_id, o.status::text AS status,
       o."purchaserEmail" AS email, o."purchaserName" AS name,
       o."totalCents" AS total_cents, o."refundedCents" AS refunded_cents,
       o."appliedPromoCodeId" AS promo_id, o."createdAt" AS bought,
       o."updatedAt" AS updated,
       coalesce(i.items, 0) AS items, coalesce(i.quantity, 0) AS quantity,
       coalesce(i.subtotal_cents, 0) AS subtotal_cents, i.tier_id,
       i.price_cents
  FROM "Order" o
  LEFT JOIN (SELECT "orderId", count(*) AS items, sum(quantity) AS quantity,
                    sum(quantity * "priceCents") AS subtotal_cents,
                    min("ticketTierId") AS tier_id,
                    min("priceCents") AS price_cents
               FROM "OrderItem" GROUP BY 1) i ON i."orderId" = o.id

-- fact: moment (source, id, instant)
-- One row for each moment that has already happened (event dates, ticket
-- windows and expiries, which may lie ahead, are not among them).
SELECT 'Location.createdAt', id, "createdAt" FROM "Location"
UNION ALL SELECT 'Location.updatedAt', id, "updatedAt" FROM "Location"
UNION ALL SELECT 'User.createdAt', id, "createdAt" FROM "User"
UNION ALL SELECT 'User.emailVerified', id, "emailVerified" FROM "User"
UNION ALL SELECT 'Community.createdAt', id, "createdAt" FROM "Community"
UNION ALL SELECT 'Community.updatedAt', id, "updatedAt" FROM "Community"
UNION ALL SELECT 'MembershipTier.createdAt', id, "createdAt" FROM "MembershipTier"
UNION ALL SELECT 'CommunityMembership.joinedAt', id, "joinedAt"
            FROM "CommunityMembership"
UNION ALL SELECT 'Event.createdAt', id, "createdAt" FROM "Event"
UNION ALL SELECT 'Event.publishedAt', id, "publishedAt" FROM "Event"
UNION ALL SELECT 'Event.updatedAt', id, "updatedAt" FROM "Event"
UNION ALL SELECT 'EventReferral.createdAt', id, "createdAt" FROM "EventReferral"
UNION ALL SELECT 'Order.createdAt', id, "createdAt" FROM "Order"
UNION ALL SELECT 'Order.updatedAt', id, "updatedAt" FROM "Order"
UNION ALL SELECT 'Payment.createdAt', id, "createdAt" FROM "Payment"
UNION ALL SELECT 'Payment.updatedAt', id, "updatedAt" FROM "Payment"
UNION ALL SELECT 'Refund.createdAt', id, "createdAt" FROM "Refund"
UNION ALL SELECT 'Rsvp.createdAt', id, "createdAt" FROM "Rsvp"
UNION ALL SELECT 'CheckIn.scannedAt', id, "scannedAt" FROM "CheckIn"
UNION ALL SELECT 'EventFeedback.createdAt', id, "createdAt" FROM "EventFeedback"
UNION ALL SELECT 'EventMessage.createdAt', id, "createdAt" FROM "EventMessage"
UNION ALL SELECT 'EventView.viewedAt', id, "viewedAt" FROM "EventView"
UNION ALL SELECT 'EventDailyStat.date', id, date FROM "EventDailyStat"
UNION ALL SELECT 'Friendship.createdAt', id, "createdAt" FROM "Friendship"
UNION ALL SELECT 'Friendship.acceptedAt', id, "acceptedAt" FROM "Friendship"
UNION ALL SELECT 'UserActivity.createdAt', id, "createdAt" FROM "UserActivity"

-- fact: identifier (source, id)
-- One row for each row that carries an id.
SELECT 'Category', id FROM "Category"
UNION ALL SELECT 'Location', id FROM "Location"
UNION ALL SELECT 'User', id FROM "User"
UNION ALL SELECT 'Community', id FROM "Community"
UNION ALL SELECT 'MembershipTier', id FROM "MembershipTier"
UNION ALL SELECT 'CommunityMembership', id FROM "CommunityMembership"
UNION ALL SELECT 'Event', id FROM "Event"
UNION ALL SELECT 'TicketTier', id FROM "TicketTier"
UNION ALL SELECT 'PromoCode', id FROM "PromoCode"
UNION ALL SELECT 'RegistrationQuestion', id FROM "RegistrationQuestion"
UNION ALL SELECT 'RegistrationAnswer', id FROM "RegistrationAnswer"
UNION ALL SELECT 'EventReferral', id FROM "EventReferral"
UNION ALL SELECT 'Order', id FROM "Order"
UNION ALL SELECT 'OrderItem', id FROM "OrderItem"
UNION ALL SELECT 'Payment', id FROM "Payment"
UNION ALL SELECT 'Refund', id FROM "Refund"
UNION ALL SELECT 'Rsvp', id FROM "Rsvp"
UNION ALL SELECT 'CheckIn', id FROM "CheckIn"
UNION ALL SELECT 'EventFeedback', id FROM "EventFeedback"
UNION ALL SELECT 'EventCollaborator', id FROM "EventCollaborator"
UNION ALL SELECT 'EventMessage', id FROM "EventMessage"
UNION ALL SELECT 'EventView', id FROM "EventView"
UNION ALL SELECT 'EventDailyStat', id FROM "EventDailyStat"
UNION ALL SELECT 'Friendship', id FROM "Friendship"
UNION ALL SELECT 'UserActivity', id FROM "UserActivity"

-- fact: prose (source, id, content)
-- One row for each text that a reader of the app sees.
SELECT 'User.name', id, name FROM "User"
UNION ALL SELECT 'User.bio', id, bio FROM "User"
UNION ALL SELECT 'User.profession', id, profession FROM "User"
UNION ALL SELECT 'Community.name', id, name FROM "Community"
UNION ALL SELECT 'Community.description', id, description FROM "Community"
UNION ALL SELECT 'Community.targetAudience', id, "targetAudience" FROM "Community"
UNION ALL SELECT 'MembershipTier.name', id, name FROM "MembershipTier"
UNION ALL SELECT 'MembershipTier.description', id, description
            FROM "MembershipTier"
UNION ALL SELECT 'Event.title', id, title FROM "Event"
UNION ALL SELECT 'Event.subtitle', id, subtitle FROM "Event"
UNION ALL SELECT 'Event.description', id, description FROM "Event"
UNION ALL SELECT 'TicketTier.name', id, name FROM "TicketTier"
UNION ALL SELECT 'TicketTier.description', id, description FROM "TicketTier"
UNION ALL SELECT 'RegistrationQuestion.label', id, label
            FROM "RegistrationQuestion"
UNION ALL SELECT 'EventMessage.content', id, content FROM "EventMessage"

-- fact: bearer
-- One row per country and surname of guests who go out there: how many bear it.
SELECT o.country, regexp_replace(s.name, '^.* ', '') AS surname,
       count(*)::float AS bearers
  FROM seat s JOIN occasion o ON o.id = s.event_id
 WHERE s.person_id IS NULL AND s.on_site
 GROUP BY 1, 2
