-- rule: nothing-after-now
-- Nothing but event dates, ticket windows and expiries lies after the world's now.
SELECT m.source, m.id, m.instant FROM moment m CROSS JOIN world w
 WHERE m.instant > w.now;

-- rule: joining-in-window
-- People joined 30 to 700 days before now.
SELECT p.id, p.joined FROM person p CROSS JOIN world w
 WHERE p.joined NOT BETWEEN w.now - interval '700 days'
                        AND w.now - interval '30 days';

-- rule: joining-in-waking-hours
-- People joined in the waking hours of their city, never between 1 and 5.
SELECT id, joined, timezone FROM person
 WHERE extract(hour FROM joined AT TIME ZONE 'UTC' AT TIME ZONE timezone)
       BETWEEN 1 AND 4;

-- rule: founded-after-owner-joined
-- A community was founded by somebody who had joined.
SELECT c.id, c.founded, p.joined
  FROM circle c JOIN person p ON p.id = c.owner_id WHERE c.founded < p.joined;

-- rule: membership-after-founding
-- A membership begins after the community's founding and the member's joining.
SELECT m.id, m."joinedAt", c.founded, p.joined
  FROM "CommunityMembership" m
  JOIN circle c ON c.id = m."communityId"
  JOIN person p ON p.id = m."userId"
 WHERE m."joinedAt" < greatest(c.founded, p.joined);

-- rule: membership-tier-at-founding
-- A community's tiers exist since its founding.
SELECT t.id, t."createdAt", c.founded
  FROM "MembershipTier" t JOIN circle c ON c.id = t."communityId"
 WHERE t."createdAt" <> c.founded;

-- rule: community-updated-after-founding
-- A community was last changed at or after its founding.
SELECT id, "createdAt", "updatedAt" FROM "Community" WHERE "updatedAt" < "createdAt";

-- rule: event-created-by-a-member
-- An event was created when its host had become a member of its community.
SELECT o.id, o.created, m."joinedAt", c.founded
  FROM occasion o
  JOIN circle c ON c.id = o.community_id
  LEFT JOIN "CommunityMembership" m
    ON m."userId" = o.host_id AND m."communityId" = o.community_id
 WHERE o.created < greatest(m."joinedAt", c.founded);

-- rule: published-after-creation
-- An event was published after its creation and before its start.
SELECT id, created, published, starts FROM occasion
 WHERE published < created OR published >= starts;

-- rule: event-updated-at-publication
-- An event was last changed when it was published: counters came with the row.
SELECT id, "publishedAt", "updatedAt" FROM "Event"
 WHERE "updatedAt" IS DISTINCT FROM "publishedAt";

-- rule: event-lasts-half-an-hour-to-twelve
-- An event lasts 30 to 720 minutes.
SELECT id, starts, ends FROM occasion
 WHERE ends - starts NOT BETWEEN interval '30 minutes' AND interval '12 hours';

-- rule: event-starts-on-the-quarter-hour
-- An event starts on a quarter hour of its own zone.
SELECT id, starts, timezone FROM occasion
 WHERE mod(extract(epoch FROM starts AT TIME ZONE 'UTC' AT TIME ZONE timezone),
           900) <> 0;

-- rule: event-in-window
-- Events start at most 45 days before now, and seasonal ones within a year of it.
SELECT o.id, o.starts FROM occasion o CROSS JOIN world w
 WHERE o.starts NOT BETWEEN w.now - interval '46 days' AND w.now + interval '400 days';

-- rule: nobody-in-two-places
-- Nobody is at two events at once, hosts included.
SELECT a.person_id, a.event_id, b.event_id AS other_event_id, a.starts, b.starts
  FROM commitment a
  JOIN commitment b
    ON b.person_id = a.person_id AND b.event_id > a.event_id
   AND b.starts < a.ends AND a.starts < b.ends;

-- rule: view-after-publication
-- Nobody has seen an event before it was published.
SELECT v.id, v."viewedAt", o.published
  FROM "EventView" v JOIN occasion o ON o.id = v."eventId"
 WHERE v."viewedAt" < o.published;

-- rule: viewer-had-joined
-- A person's views, orders and RSVPs come after their joining.
SELECT v.id, v."viewedAt" AS instant, p.joined
  FROM "EventView" v JOIN person p ON p.id = v."userId"
 WHERE v."viewedAt" < p.joined
UNION ALL
SELECT o.id, o.bought, p.joined
  FROM purchase o JOIN person p ON p.email = o.email WHERE o.bought < p.joined;

-- rule: member-saw-the-event-first
-- A member with an RSVP has seen the event before the order.
SELECT s.id, s.person_id, s.event_id, o.bought
  FROM seat s
  JOIN purchase o ON o.id = s.order_id
 WHERE s.person_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM "EventView" v
                    WHERE v."eventId" = s.event_id AND v."userId" = s.person_id
                      AND v."viewedAt" <= o.bought);

-- rule: guest-saw-the-event-first
-- Before the n-th guest's RSVP there were n anonymous views of the event.
SELECT g.id, g.event_id, g.booked, v.seen
  FROM (SELECT id, event_id, booked,
               row_number() OVER (PARTITION BY event_id ORDER BY booked, id) AS n
          FROM seat WHERE person_id IS NULL) g
  LEFT JOIN (SELECT "eventId", "viewedAt" AS seen,
                    row_number() OVER (PARTITION BY "eventId"
                                       ORDER BY "viewedAt", id) AS n
               FROM "EventView" WHERE "userId" IS NULL) v
    ON v."eventId" = g.event_id AND v.n = g.n
 WHERE v.seen IS NULL OR v.seen > g.booked;

-- rule: order-in-the-sales-window
-- An order is made between publication and start, while its tier is on sale.
SELECT o.id, o.bought, e.published, e.starts
  FROM purchase o
  JOIN occasion e ON e.id = o.event_id
  LEFT JOIN "TicketTier" t ON t.id = o.tier_id
 WHERE o.bought < e.published OR o.bought >= e.starts
    OR o.bought < t."salesStart" OR o.bought > t."salesEnd";

-- rule: rsvp-within-a-minute-of-its-order
-- An RSVP follows its order within a minute, and precedes the event.
SELECT s.id, s.booked, o.bought, s.starts
  FROM seat s LEFT JOIN purchase o ON o.id = s.order_id
 WHERE s.booked < o.bought OR s.booked > o.bought + interval '1 minute'
    OR s.booked >= s.starts;

-- rule: ticket-window-is-the-events
-- Tickets sell from publication to start.
SELECT t.id, t."salesStart", t."salesEnd"
  FROM "TicketTier" t JOIN occasion o ON o.id = t."eventId"
 WHERE (t."salesStart", t."salesEnd") IS DISTINCT FROM (o.published, o.starts);

-- rule: promo-window-is-the-events
-- A promo code is valid from publication to start.
SELECT c.id, c."startsAt", c."endsAt"
  FROM "PromoCode" c JOIN occasion o ON o.id = c."eventId"
 WHERE (c."startsAt", c."endsAt") IS DISTINCT FROM (o.published, o.starts);

-- rule: check-in-at-the-event
-- Check-ins happen at events that are over, from 30 minutes before to the end.
SELECT c.id, c."scannedAt", s.starts, s.ends, s.booked
  FROM "CheckIn" c JOIN seat s ON s.id = c."rsvpId"
 WHERE NOT s.is_over OR c."scannedAt" > s.ends OR c."scannedAt" < s.booked
    OR c."scannedAt" < s.starts - interval '30 minutes';

-- rule: feedback-within-a-week-of-the-end
-- Feedback is given after the end, within a week of it.
SELECT f.id, f."createdAt", s.ends
  FROM "EventFeedback" f JOIN seat s ON s.id = f."rsvpId"
 WHERE f."createdAt" <= s.ends OR f."createdAt" > s.ends + interval '8 days';

-- rule: host-message-in-the-week-before
-- The host writes 1 to 7 days before the start, and after publication.
SELECT m.id, m."createdAt", o.starts, o.published
  FROM "EventMessage" m JOIN occasion o ON o.id = m."eventId"
 WHERE o.starts - m."createdAt" NOT BETWEEN interval '1 day' AND interval '7 days'
    OR m."createdAt" < o.published;

-- rule: friends-had-both-joined
-- Nobody asked or was asked before both had joined.
SELECT f.id, f."createdAt", a.joined, b.joined AS friend_joined
  FROM "Friendship" f
  JOIN person a ON a.id = f."userId"
  JOIN person b ON b.id = f."friendId"
 WHERE f."createdAt" < greatest(a.joined, b.joined);

-- rule: accepted-after-asked
-- acceptedAt stands on ACCEPTED friendships only, and lies after the question.
SELECT id, status, "createdAt", "acceptedAt" FROM "Friendship"
 WHERE (status::text = 'ACCEPTED') <> ("acceptedAt" IS NOT NULL)
    OR "acceptedAt" <= "createdAt";

-- rule: order-pending-only-while-fresh
-- A failed order over 14 days old, or of an event that is over, is CANCELLED.
SELECT o.id, o.bought, e.ends
  FROM purchase o JOIN occasion e ON e.id = o.event_id CROSS JOIN world w
 WHERE o.status = 'PENDING'
   AND (o.bought < w.now - interval '14 days' OR e.ends <= w.now);

-- rule: payment-within-the-hour
-- Payments are made within minutes of their order, attempts in order.
SELECT p.id, p."createdAt", p."updatedAt", o.bought
  FROM "Payment" p
  JOIN purchase o ON o.id = p."orderId"
  LEFT JOIN "Payment" q
    ON q."orderId" = p."orderId" AND q."attemptNumber" = p."attemptNumber" - 1
 WHERE p."createdAt" NOT BETWEEN o.bought AND o.bought + interval '1 hour'
    OR p."updatedAt" < p."createdAt" OR p."createdAt" < q."createdAt";

-- rule: order-updated-at-last-money
-- An order was last changed by its last payment or refund.
SELECT o.id, o.updated, m.paid, m.settled, m.refunded
  FROM purchase o
  LEFT JOIN (SELECT p."orderId", max(p."createdAt") AS paid,
                    max(p."updatedAt") AS settled, max(r."createdAt") AS refunded
               FROM "Payment" p LEFT JOIN "Refund" r ON r."paymentId" = p.id
              GROUP BY 1) m ON m."orderId" = o.id
 WHERE o.updated < o.bought
    OR (m.refunded IS NOT NULL AND o.updated <> m.refunded)
    OR (m.refunded IS NULL AND o.updated NOT IN (m.paid, m.settled));

-- rule: refund-before-the-start
-- A refund comes after its payment and before the event starts.
SELECT r.id, r."createdAt", e.starts
  FROM "Refund" r
  JOIN "Payment" p ON p.id = r."paymentId"
  JOIN purchase o ON o.id = p."orderId"
  JOIN occasion e ON e.id = o.event_id
 WHERE r."createdAt" >= e.starts OR r."createdAt" < p."createdAt";

-- rule: subscription-expiry
-- An ACTIVE subscription expires after now, another one has expired since joining.
SELECT m.id, m."subscriptionStatus", m."joinedAt", m."expiresAt"
  FROM "CommunityMembership" m CROSS JOIN world w
 WHERE m."subscriptionStatus" IS NOT NULL
   AND (m."expiresAt" IS NULL OR m."expiresAt" < m."joinedAt"
        OR (m."subscriptionStatus"::text = 'ACTIVE') <> (m."expiresAt" > w.now));

-- rule: referral-before-its-uses
-- A referral code exists before it is used, and after its event was created.
SELECT f.id, f."createdAt", min(s.booked) AS first_use
  FROM "EventReferral" f
  JOIN occasion o ON o.id = f."eventId"
  LEFT JOIN "Rsvp" r ON r."referralId" = f.id
  LEFT JOIN seat s ON s.id = r.id
 GROUP BY f.id, f."createdAt", o.created
HAVING f."createdAt" > min(s.booked) OR f."createdAt" < o.created;

-- rule: upcoming-events-stored-first
-- In each city the upcoming events stand before the past ones, as pages list them.
SELECT e.id, o.city, o.starts
  FROM "Event" e
  JOIN occasion o ON o.id = e.id
  JOIN (SELECT p."locationId", min(p.ctid) AS first_past
          FROM "Event" p JOIN occasion x ON x.id = p.id
         WHERE x.is_over GROUP BY 1) p ON p."locationId" = e."locationId"
 CROSS JOIN world w
 WHERE o.starts >= w.now AND e.ctid > p.first_past;
