-- rule: rsvp-count
-- Event.rsvpCount is the number of its CONFIRMED RSVPs.
SELECT e.id, e."rsvpCount", count(s.id) AS rsvps
  FROM "Event" e LEFT JOIN seat s ON s.event_id = e.id AND s.status = 'CONFIRMED'
 GROUP BY e.id HAVING e."rsvpCount" <> count(s.id);

-- rule: paid-rsvp-count
-- Event.paidRsvpCount is the number of its RSVPs with paymentState PAID.
SELECT e.id, e."paidRsvpCount", count(s.id) AS paid
  FROM "Event" e LEFT JOIN seat s ON s.event_id = e.id AND s.payment = 'PAID'
 GROUP BY e.id HAVING e."paidRsvpCount" <> count(s.id);

-- rule: check-in-count
-- Event.checkInCount is the number of its check-ins.
SELECT e.id, e."checkInCount", count(c.id) AS check_ins
  FROM "Event" e
  LEFT JOIN "Rsvp" r ON r."eventId" = e.id
  LEFT JOIN "CheckIn" c ON c."rsvpId" = r.id
 GROUP BY e.id HAVING e."checkInCount" <> count(c.id);

-- rule: view-count
-- Event.viewCount is the number of its views.
SELECT e.id, e."viewCount", count(v.id) AS views
  FROM "Event" e LEFT JOIN "EventView" v ON v."eventId" = e.id
 GROUP BY e.id HAVING e."viewCount" <> count(v.id);

-- rule: quantity-sold
-- TicketTier.quantitySold is the number of its tickets on PAID orders.
SELECT t.id, t."quantitySold", coalesce(sum(i.quantity), 0) AS tickets
  FROM "TicketTier" t
  LEFT JOIN ("OrderItem" i JOIN "Order" o
             ON o.id = i."orderId" AND o.status::text = 'PAID')
    ON i."ticketTierId" = t.id
 GROUP BY t.id HAVING t."quantitySold" <> coalesce(sum(i.quantity), 0);

-- rule: promo-redeemed-count
-- PromoCode.redeemedCount is the number of PAID orders with it, within its maximum.
SELECT c.id, c."redeemedCount", c."maxRedemptions", count(o.id) AS orders
  FROM "PromoCode" c
  LEFT JOIN purchase o ON o.promo_id = c.id AND o.status = 'PAID'
 GROUP BY c.id
HAVING c."redeemedCount" <> count(o.id)
    OR coalesce(c."maxRedemptions", -1) < c."redeemedCount";

-- rule: referral-uses
-- EventReferral.uses is the number of RSVPs that carry it, all of its own event.
SELECT f.id, f.uses, count(r.id) AS rsvps
  FROM "EventReferral" f LEFT JOIN "Rsvp" r ON r."referralId" = f.id
 GROUP BY f.id
HAVING f.uses <> count(r.id) OR bool_or(r."eventId" <> f."eventId");

-- rule: daily-stat-date
-- A daily stat stands at the start of its UTC day.
SELECT id, date FROM "EventDailyStat" WHERE date <> date_trunc('day', date);

-- rule: daily-stat-days
-- There is a daily stat for each event and day with a view or an RSVP, and no other.
SELECT d.id AS stat_id, f.event_id, f.day, d."eventId", d.date
  FROM (SELECT "eventId" AS event_id, date_trunc('day', "viewedAt") AS day
          FROM "EventView"
        UNION SELECT event_id, date_trunc('day', booked) FROM seat) f
  FULL JOIN "EventDailyStat" d ON d."eventId" = f.event_id AND d.date = f.day
 WHERE d.id IS NULL OR f.event_id IS NULL;

-- rule: daily-stat-views
-- A daily stat's views are those of its day; unique ones count each person, and
-- each address among the anonymous, once.
SELECT d.id, d.views, count(v.id) AS seen, d."uniqueViews",
       count(DISTINCT v."userId") + count(DISTINCT v."ipAddress")
           FILTER (WHERE v."userId" IS NULL) AS distinct_viewers
  FROM "EventDailyStat" d
  LEFT JOIN "EventView" v
    ON v."eventId" = d."eventId" AND date_trunc('day', v."viewedAt") = d.date
 GROUP BY d.id
HAVING d.views <> count(v.id)
    OR d."uniqueViews" <> count(DISTINCT v."userId")
       + count(DISTINCT v."ipAddress") FILTER (WHERE v."userId" IS NULL);

-- rule: daily-stat-rsvps
-- A daily stat's rsvps are all RSVPs of its day, paidRsvps those with state PAID.
SELECT d.id, d.rsvps, count(s.id) AS booked, d."paidRsvps",
       count(s.id) FILTER (WHERE s.payment = 'PAID') AS paid
  FROM "EventDailyStat" d
  LEFT JOIN seat s ON s.event_id = d."eventId" AND date_trunc('day', s.booked) = d.date
 GROUP BY d.id
HAVING d.rsvps <> count(s.id)
    OR d."paidRsvps" <> count(s.id) FILTER (WHERE s.payment = 'PAID');

-- rule: activity-per-rsvp
-- Each CONFIRMED RSVP of a member is one RSVP_EVENT activity at its instant.
SELECT s.id AS fact_id, a.id AS activity_id
  FROM (SELECT * FROM seat WHERE person_id IS NOT NULL AND status = 'CONFIRMED') s
  FULL JOIN (SELECT * FROM "UserActivity" WHERE type::text = 'RSVP_EVENT') a
    ON a."userId" = s.person_id AND a."targetId" = s.event_id
 WHERE (a."targetType", a."createdAt") IS DISTINCT FROM ('event', s.booked);

-- rule: activity-per-hosting
-- Each event is one HOST_EVENT activity of its host, at its creation.
SELECT o.id AS fact_id, a.id AS activity_id
  FROM occasion o
  FULL JOIN (SELECT * FROM "UserActivity" WHERE type::text = 'HOST_EVENT') a
    ON a."userId" = o.host_id AND a."targetId" = o.id
 WHERE (a."targetType", a."createdAt") IS DISTINCT FROM ('event', o.created);

-- rule: activity-per-membership
-- Each membership is one JOIN_COMMUNITY activity at its beginning.
SELECT m.id AS fact_id, a.id AS activity_id
  FROM "CommunityMembership" m
  FULL JOIN (SELECT * FROM "UserActivity" WHERE type::text = 'JOIN_COMMUNITY') a
    ON a."userId" = m."userId" AND a."targetId" = m."communityId"
 WHERE (a."targetType", a."createdAt") IS DISTINCT FROM ('community', m."joinedAt");

-- rule: activity-per-friend-request
-- Each accepted friendship is one SEND_FRIEND_REQUEST activity of who asked.
SELECT f.id AS fact_id, a.id AS activity_id
  FROM (SELECT * FROM "Friendship" WHERE status::text = 'ACCEPTED') f
  FULL JOIN (SELECT * FROM "UserActivity"
              WHERE type::text = 'SEND_FRIEND_REQUEST') a
    ON a."userId" = f."userId" AND a."targetId" = f."friendId"
 WHERE (a."targetType", a."createdAt") IS DISTINCT FROM ('user', f."createdAt");

-- rule: activity-per-friend-acceptance
-- Each accepted friendship is one ACCEPT_FRIEND_REQUEST activity of who was asked.
SELECT f.id AS fact_id, a.id AS activity_id
  FROM (SELECT * FROM "Friendship" WHERE status::text = 'ACCEPTED') f
  FULL JOIN (SELECT * FROM "UserActivity"
              WHERE type::text = 'ACCEPT_FRIEND_REQUEST') a
    ON a."userId" = f."friendId" AND a."targetId" = f."userId"
 WHERE (a."targetType", a."createdAt") IS DISTINCT FROM ('user', f."acceptedAt");

-- rule: activity-once
-- An activity stands once, without metadata, and is of a kind that facts make.
SELECT min(id) AS id, type, "userId", "targetId", count(*)
  FROM "UserActivity" GROUP BY type, "userId", "targetId"
HAVING count(*) > 1 OR bool_or(metadata IS NOT NULL)
    OR type::text = 'LEAVE_COMMUNITY';
