-- A truthful world of eleven people, in which every rule has rows to look at.
-- Now is 2026-11-22, the tag is abcde. Amsterdam has 15 events (one a repeat),
-- London one ONLINE event. Cities and categories are there already.

CREATE FUNCTION pg_temp.made_id(source text, key text) RETURNS text
LANGUAGE sql AS $$ SELECT 'cabcde' || substr(md5(source || ' ' || key), 1, 19) $$;

CREATE TEMP TABLE cast_list (key, name, style, spending, city, profession) AS VALUES
('alex', 'Alex Demo', 'ACTIVE', 'MEDIUM', 'ams', 'Product Designer'),
('p1', 'Bo Aalders', 'ACTIVE', 'MEDIUM', 'ams', 'Sound engineer'),
('p2', 'Cas Bakker', 'CASUAL', 'LOW', 'ams', 'Teacher'),
('p3', 'Daan Cohen', 'ACTIVE', 'HIGH', 'ams', 'Surgeon'),
('p4', 'Eva Dijk', 'SELECTIVE', 'MEDIUM', 'ams', 'Stage manager'),
('p5', 'Fien Evers', 'CASUAL', 'MEDIUM', 'ams', 'Baker'),
('p6', 'Guus Faber', 'CASUAL', 'MEDIUM', 'ams', 'Nurse'),
('p7', 'Hugo Groen', 'CASUAL', 'MEDIUM', 'ams', 'Plumber'),
('p8', 'Iris Haan', 'SELECTIVE', 'MEDIUM', 'ams', 'Lawyer'),
('p9', 'Jan Iping', 'CASUAL', 'MEDIUM', 'ams', 'Gardener'),
('p10', 'Kate Jones', 'ACTIVE', 'HIGH', 'london', 'Violinist');

INSERT INTO "User" (id, name, username, email, "emailVerified", image, password,
    "createdAt", "locationId", bio, "experienceLevel", industry, interests,
    "networkingStyle", profession, "spendingPower", "userCohort", "isDemo")
SELECT pg_temp.made_id('User', c.key), c.name,
       CASE c.key WHEN 'alex' THEN 'alexdemo'
            ELSE lower(replace(c.name, ' ', '_')) END,
       CASE c.key WHEN 'alex' THEN 'demo@rsvped.app'
            ELSE lower(replace(c.name, ' ', '.')) || '@example.com' END,
       '2026-06-01 12:00',
       'https://api.dicebear.com/9.x/adventurer/svg?seed=' || c.key,
       '$2b$10$' || substr(md5(c.key) || md5(c.name), 1, 53),
       '2026-06-01 12:00', l.id, 'The bio of ' || c.name || '.', 'MID', 'Technology',
       ARRAY['Music & Concerts', 'Tech & Startups'], c.style::"NetworkingStyle",
       c.profession, c.spending::"SpendingPower",
       CASE c.style WHEN 'ACTIVE' THEN 'POWER' ELSE 'CASUAL' END::"UserCohort",
       c.key = 'alex'
  FROM cast_list c JOIN "Location" l ON l.slug = c.city;

INSERT INTO "UserCategory"
SELECT pg_temp.made_id('User', c.key), g.id, 8
  FROM cast_list c
  JOIN (SELECT *, row_number() OVER (ORDER BY slug NOT IN
                  ('music-concerts', 'tech-startups'), slug) AS place
          FROM "Category") g ON g.place <= CASE c.key WHEN 'alex' THEN 8 ELSE 2 END;
UPDATE "User" u SET interests = ARRAY(
    SELECT g.name FROM "UserCategory" uc JOIN "Category" g ON g.id = uc."categoryId"
     WHERE uc."userId" = u.id);

INSERT INTO "Community" (id, name, slug, description, "coverImage", "isPublic",
    "ownerId", "createdAt", "updatedAt", exclusivity, "targetAudience")
SELECT pg_temp.made_id('Community', key), name, key, 'About ' || name || '.',
       'https://picsum.photos/seed/' || key || '/800/600', style <> 'INVITE_ONLY',
       pg_temp.made_id('User', owner), '2026-07-01 12:00', '2026-07-01 12:00',
       style::"CommunityExclusivity", 'Friends of ' || name
  FROM (VALUES ('harbour', 'Harbour Sessions', 'OPEN', 'p1'),
               ('strings', 'London Strings', 'INVITE_ONLY', 'p10'),
               ('vinyl', 'Vinyl Circle', 'APPLICATION_BASED', 'alex'))
       AS c (key, name, style, owner);

INSERT INTO "MembershipTier" (id, "communityId", name, slug, description,
    "priceCents", currency, "billingInterval", "createdAt")
SELECT pg_temp.made_id('MembershipTier', community || slug),
       pg_temp.made_id('Community', community), initcap(slug), slug,
       'For the ' || slug || '.', cents, CASE WHEN cents > 0 THEN 'USD' END,
       CASE WHEN cents > 0 THEN 'MONTHLY'::"BillingInterval" END, '2026-07-01 12:00'
  FROM (VALUES ('harbour', 'crew', 0), ('harbour', 'mates', 1000),
               ('harbour', 'captains', 3000), ('strings', 'players', 0),
               ('vinyl', 'listeners', 0)) AS t (community, slug, cents);

INSERT INTO "CommunityMembership" (id, "userId", "communityId", role,
    "membershipTierId", "subscriptionStatus", "expiresAt", "joinedAt")
SELECT pg_temp.made_id('CommunityMembership', member || community),
       pg_temp.made_id('User', member), pg_temp.made_id('Community', community),
       role::"MembershipRole", pg_temp.made_id('MembershipTier', community || tier),
       CASE WHEN tier IN ('mates', 'captains') THEN 'ACTIVE'::"SubscriptionStatus" END,
       CASE WHEN tier IN ('mates', 'captains') THEN timestamp '2027-01-01' END,
       '2026-07-02 12:00'
  FROM (VALUES ('p1', 'harbour', 'ADMIN', 'mates'),
               ('alex', 'harbour', 'MEMBER', 'mates'),
               ('p2', 'harbour', 'MEMBER', 'crew'),
               ('p3', 'harbour', 'MODERATOR', 'captains'),
               ('p4', 'harbour', 'MEMBER', 'mates'),
               ('p5', 'harbour', 'MEMBER', 'mates'),
               ('p6', 'harbour', 'MEMBER', 'mates'),
               ('p7', 'harbour', 'MEMBER', 'mates'),
               ('p8', 'harbour', 'MEMBER', 'mates'),
               ('p9', 'harbour', 'MEMBER', 'mates'),
               ('p10', 'strings', 'ADMIN', 'players'),
               ('alex', 'vinyl', 'ADMIN', 'listeners'))
       AS m (member, community, role, tier);

-- upcoming events first, as the app lists them
CREATE TEMP TABLE programme (key, community, host, starts, kind, title) AS
SELECT 'e' || n, 'harbour', 'p1', timestamp '2026-11-22 18:00' + (n - 3) * interval '1 day',
       'PHYSICAL', 'Session ' || n
  FROM generate_series(3, 9) AS n
UNION ALL VALUES
('e10', 'harbour', 'p1', timestamp '2026-12-08 18:00', 'HYBRID', 'Late session'),
('e11', 'harbour', 'p1', '2026-12-09 18:00', 'HYBRID', 'Late session · second date'),
('e14', 'vinyl', 'alex', '2026-12-12 18:00', 'PHYSICAL', 'Side A'),
('e15', 'vinyl', 'alex', '2026-12-13 18:00', 'PHYSICAL', 'Side B'),
('e16', 'vinyl', 'alex', '2026-12-14 18:00', 'PHYSICAL', 'Side C'),
('e17', 'strings', 'p10', '2026-12-03 12:00', 'ONLINE', 'Scales at noon'),
('e1', 'harbour', 'p1', '2026-11-12 18:00', 'PHYSICAL', 'Session 1'),
('e2', 'harbour', 'p1', '2026-11-13 18:00', 'PHYSICAL', 'Session 2'),
('e13', 'vinyl', 'alex', '2026-11-10 18:00', 'PHYSICAL', 'Needle drop');

INSERT INTO "Event" (id, slug, title, subtitle, description, "coverImage",
    "startDate", "endDate", timezone, "locationType", "venueName", "venueAddress",
    "onlineUrl", capacity, "isPublished", status, visibility, "publishedAt",
    "requiresApproval", "hostId", "communityId", "createdAt", "updatedAt",
    "locationId")
SELECT i.id, s.slug, p.title, 'Under ' || s.series, 'All about ' || s.series || '.',
       'https://picsum.photos/seed/' || p.key || '/800/600', p.starts,
       p.starts + interval '2 hours', l.timezone, p.kind::"LocationType",
       CASE WHEN p.kind <> 'ONLINE' THEN 'Hall ' || p.community END,
       CASE WHEN p.kind <> 'ONLINE' THEN 'Noord, ' || l.name || ', ' || l.country END,
       CASE WHEN p.kind <> 'PHYSICAL' THEN 'https://meet.example.com/' || s.slug END,
       20, true, 'PUBLISHED',
       CASE p.community WHEN 'strings' THEN 'MEMBER_ONLY'
            ELSE 'PUBLIC' END::"EventVisibility",
       '2026-10-02 10:00', p.community = 'vinyl', pg_temp.made_id('User', p.host),
       pg_temp.made_id('Community', p.community), '2026-10-01 12:00',
       '2026-10-02 10:00', l.id
  FROM programme p
 CROSS JOIN LATERAL (SELECT pg_temp.made_id('Event', p.key) AS id) i
 CROSS JOIN LATERAL (SELECT p.key || '-' || right(i.id, 6) AS slug,
                            replace(p.title, ' · second date', '') AS series) s
  JOIN cast_list c ON c.key = p.host
  JOIN "Location" l ON l.slug = c.city;

INSERT INTO "EventCategory"
SELECT pg_temp.made_id('Event', p.key), g.id
  FROM programme p
  JOIN "Category" g
    ON g.slug = ANY (CASE p.community
       WHEN 'harbour' THEN ARRAY['music-concerts', 'tech-startups']
       WHEN 'vinyl' THEN ARRAY['music-concerts'] ELSE ARRAY['tech-startups'] END);

CREATE TEMP TABLE price_list (event, tier, cents, total) AS
SELECT key, 'Entry', CASE key WHEN 'e4' THEN 2000 ELSE 0 END, 20
  FROM programme WHERE key <> 'e2'
UNION ALL VALUES ('e2', 'Entry', 0, 5), ('e2', 'Seat', 5000, 5), ('e2', 'Box', 12000, 10);

INSERT INTO "TicketTier" (id, "eventId", name, description, "priceCents",
    "quantityTotal", "salesStart", "salesEnd")
SELECT pg_temp.made_id('TicketTier', t.event || t.tier), e.id, t.tier,
       'One ' || t.tier || '.', t.cents, t.total, e."publishedAt", e."startDate"
  FROM price_list t JOIN "Event" e ON e.id = pg_temp.made_id('Event', t.event);

INSERT INTO "PromoCode" (id, "eventId", code, "discountType", "percentOff",
    "maxRedemptions", "redeemedCount", "startsAt", "endsAt", "appliesToAllTiers")
SELECT pg_temp.made_id('PromoCode', 'e2'), id, 'EARLYBIRD', 'PERCENT', 10, 50, 1,
       "publishedAt", "startDate", false
  FROM "Event" WHERE id = pg_temp.made_id('Event', 'e2');
INSERT INTO "PromoCodeTier" VALUES
(pg_temp.made_id('PromoCode', 'e2'), pg_temp.made_id('TicketTier', 'e2Seat'));

INSERT INTO "RegistrationQuestion" (id, "eventId", type, label, required, position,
    options)
SELECT pg_temp.made_id('RegistrationQuestion', event || position),
       pg_temp.made_id('Event', event), type::"QuestionType", label, required,
       position, options::text[]
  FROM (VALUES ('e1', 'SINGLE_SELECT', 'Coming by bike?', true, 0, '{Yes,No}'),
               ('e1', 'SHORT_TEXT', 'Which song?', false, 1, '{}'),
               ('e10', 'SHORT_TEXT', 'Anything else?', false, 0, '{}'),
               ('e11', 'SHORT_TEXT', 'Anything else?', false, 0, '{}'),
               ('e13', 'MULTI_SELECT', 'What do you bring?', false, 0,
                '{Records,"Bread, cheese",Chairs}'),
               ('e13', 'CHECKBOX', 'I take care of sleeves.', false, 1, '{}'))
       AS q (event, type, label, required, position, options);

INSERT INTO "EventReferral" (id, "eventId", "userId", code, uses, "createdAt") VALUES
(pg_temp.made_id('EventReferral', 'e1'), pg_temp.made_id('Event', 'e1'),
 pg_temp.made_id('User', 'p1'), 'ABCD1234', 1, '2026-10-03 12:00');

-- one row an order: who buys which tier, and what becomes of it
CREATE TEMP TABLE sale (key, event, buyer, guest, tier, quantity, outcome) AS
SELECT 'alex' || key, key, 'alex', NULL::text, 'Entry', 1, 'PAID'
  FROM programme WHERE community <> 'vinyl'
UNION ALL VALUES
('p2e1', 'e1', 'p2', NULL, 'Entry', 1, 'PAID'),
('p9e1', 'e1', 'p9', 'Lotte Bos', 'Entry', 2, 'PAID'),
('g1e1', 'e1', NULL, 'Mila Vos', 'Entry', 1, 'PAID'),
('p3e2', 'e2', 'p3', NULL, 'Box', 1, 'PAID'),
('p4e2', 'e2', 'p4', NULL, 'Seat', 1, 'PAID'),
('p8e2', 'e2', 'p8', NULL, 'Seat', 1, 'CANCELLED'),
('p5e4', 'e4', 'p5', NULL, 'Entry', 1, 'PAID'),
('p6e4', 'e4', 'p6', NULL, 'Entry', 1, 'REFUNDED'),
('p7e4', 'e4', 'p7', NULL, 'Entry', 1, 'PENDING'),
('p2e13', 'e13', 'p2', NULL, 'Entry', 1, 'PAID');

CREATE TEMP TABLE bargain AS
SELECT s.*, pg_temp.made_id('Order', s.key) AS id,
       pg_temp.made_id('Event', s.event) AS event_id,
       pg_temp.made_id('TicketTier', s.event || s.tier) AS tier_id, t.cents,
       CASE s.key WHEN 'p4e2' THEN 4500 ELSE t.cents * s.quantity END AS total,
       coalesce(u.name, s.guest) AS name,
       lower(replace(s.guest, ' ', '.')) || '.1a@example.com' AS guest_email, u.email,
       CASE s.outcome WHEN 'PENDING' THEN timestamp '2026-11-15 12:00'
            ELSE '2026-11-05 12:00' END AS bought
  FROM sale s
  JOIN price_list t ON t.event = s.event AND t.tier = s.tier
  LEFT JOIN "User" u ON u.id = pg_temp.made_id('User', s.buyer);

INSERT INTO "Order" (id, "eventId", "purchaserEmail", "purchaserName", status,
    "totalCents", "refundedCents", "appliedPromoCodeId", "idempotencyKey",
    "createdAt", "updatedAt")
SELECT id, event_id, coalesce(email, guest_email), name,
       CASE outcome WHEN 'REFUNDED' THEN 'PAID' ELSE outcome END::"OrderStatus", total,
       CASE outcome WHEN 'REFUNDED' THEN total ELSE 0 END,
       CASE key WHEN 'p4e2' THEN pg_temp.made_id('PromoCode', 'e2') END,
       'seed_' || id, bought,
       CASE WHEN outcome = 'REFUNDED' THEN bought + interval '2 days'
            WHEN total > 0 THEN bought + interval '2 minutes' ELSE bought END
  FROM bargain;
INSERT INTO "OrderItem" (id, "orderId", "ticketTierId", quantity, "priceCents")
SELECT pg_temp.made_id('OrderItem', key), id, tier_id, quantity, cents FROM bargain;

INSERT INTO "Payment" (id, "orderId", "attemptNumber", provider, "providerIntentId",
    status, "amountCents", currency, "createdAt", "updatedAt")
SELECT pg_temp.made_id('Payment', b.key || a.attempt), b.id, a.attempt, 'stripe',
       'seed_pi_' || b.key || a.attempt,
       CASE WHEN a.attempt < a.attempts OR b.outcome = 'CANCELLED' THEN 'FAILED'
            WHEN b.outcome = 'PENDING' THEN 'PENDING'
            ELSE 'SUCCEEDED' END::"PaymentStatus", b.total, 'USD',
       b.bought + a.attempt * interval '1 minute',
       b.bought + (a.attempt + 2 - a.attempts) * interval '1 minute'
  FROM bargain b
 CROSS JOIN LATERAL (SELECT n AS attempt, CASE b.key WHEN 'p5e4' THEN 2 ELSE 1 END
                            AS attempts FROM generate_series(1, 2) AS n) a
 WHERE b.total > 0 AND a.attempt <= a.attempts;
UPDATE "Order" o SET "updatedAt" = p.last
  FROM (SELECT "orderId", max("updatedAt") AS last FROM "Payment" GROUP BY 1) p
 WHERE p."orderId" = o.id AND o."refundedCents" = 0;
INSERT INTO "Refund" (id, "paymentId", "amountCents", reason, "providerRefundId",
    "createdAt")
SELECT pg_temp.made_id('Refund', key), pg_temp.made_id('Payment', key || '1'), total,
       'Cannot come', 'seed_re_' || key, bought + interval '2 days'
  FROM bargain WHERE outcome = 'REFUNDED';

INSERT INTO "Rsvp" (id, "eventId", "ticketTierId", "userId", "orderId", email, name,
    status, "paymentState", "referralId", "createdAt")
SELECT pg_temp.made_id('Rsvp', b.key || n), b.event_id, b.tier_id,
       CASE WHEN n = 1 THEN pg_temp.made_id('User', b.buyer) END, b.id,
       CASE WHEN n = 1 AND b.buyer IS NOT NULL THEN b.email ELSE b.guest_email END,
       CASE WHEN n = 1 THEN b.name ELSE b.guest END,
       CASE b.outcome WHEN 'REFUNDED' THEN 'CANCELLED'
            ELSE 'CONFIRMED' END::"RsvpStatus",
       CASE WHEN b.total = 0 THEN 'NONE' ELSE b.outcome END::"PaymentState",
       CASE b.key WHEN 'g1e1' THEN pg_temp.made_id('EventReferral', 'e1') END,
       b.bought + n * interval '10 seconds'
  FROM bargain b CROSS JOIN generate_series(1, 2) AS n
 WHERE b.outcome IN ('PAID', 'REFUNDED') AND n <= b.quantity;

INSERT INTO "RegistrationAnswer" (id, "rsvpId", "questionId", value)
SELECT pg_temp.made_id('RegistrationAnswer', r.id || q.id), r.id, q.id,
       CASE q.type::text WHEN 'SINGLE_SELECT' THEN 'Yes' WHEN 'CHECKBOX' THEN 'true'
            ELSE 'Records, Bread, cheese' END
  FROM "Rsvp" r JOIN "RegistrationQuestion" q ON q."eventId" = r."eventId"
 WHERE q.type::text <> 'SHORT_TEXT' AND r.status::text = 'CONFIRMED';

INSERT INTO "CheckIn" (id, "rsvpId", "scannedAt")
SELECT pg_temp.made_id('CheckIn', r.id), r.id, e."startDate" - interval '5 minutes'
  FROM "Rsvp" r JOIN "Event" e ON e.id = r."eventId"
 WHERE e."endDate" < '2026-11-22' AND r."userId" IS NOT NULL;
INSERT INTO "EventFeedback" (id, "eventId", "rsvpId", rating, comment, "createdAt")
SELECT pg_temp.made_id('EventFeedback', r.id), r."eventId", r.id, 5,
       CASE r."eventId" WHEN pg_temp.made_id('Event', 'e13') THEN 'What a sound.' END,
       e."endDate" + interval '1 day'
  FROM "Rsvp" r JOIN "Event" e ON e.id = r."eventId"
 WHERE r."userId" = pg_temp.made_id('User', 'p2');
INSERT INTO "EventMessage" (id, "eventId", "userId", content, "createdAt")
SELECT pg_temp.made_id('EventMessage', id), id, "hostId", 'See you at ' || title,
       "startDate" - interval '2 days'
  FROM "Event" WHERE "endDate" < '2026-11-22';
INSERT INTO "EventCollaborator" (id, "eventId", "userId", role) VALUES
(pg_temp.made_id('EventCollaborator', 'p3'), pg_temp.made_id('Event', 'e1'),
 pg_temp.made_id('User', 'p3'), 'CO_HOST'),
(pg_temp.made_id('EventCollaborator', 'p4'), pg_temp.made_id('Event', 'e1'),
 pg_temp.made_id('User', 'p4'), 'MANAGER');

INSERT INTO "EventView" (id, "eventId", "userId", "ipAddress", "userAgent", referrer,
    "viewedAt")
SELECT pg_temp.made_id('EventView', id), "eventId", "userId", '192.0.2.7', 'Browser',
       'https://news.example.com/', "createdAt" - interval '1 hour'
  FROM "Rsvp";

INSERT INTO "Friendship" (id, "userId", "friendId", status, "createdAt", "acceptedAt")
SELECT pg_temp.made_id('Friendship', asker || friend), pg_temp.made_id('User', asker),
       pg_temp.made_id('User', friend), status::"FriendshipStatus",
       '2026-08-01 12:00',
       CASE status WHEN 'ACCEPTED' THEN timestamp '2026-08-02 12:00' END
  FROM (VALUES ('alex', 'p1', 'ACCEPTED'), ('alex', 'p2', 'ACCEPTED'),
               ('alex', 'p3', 'ACCEPTED'), ('alex', 'p4', 'ACCEPTED'),
               ('alex', 'p5', 'ACCEPTED'), ('alex', 'p6', 'ACCEPTED'),
               ('alex', 'p7', 'PENDING'), ('alex', 'p8', 'PENDING'),
               ('p3', 'p10', 'ACCEPTED')) AS f (asker, friend, status);

INSERT INTO "UserActivity" (id, "userId", type, "targetId", "targetType", "createdAt")
SELECT pg_temp.made_id('UserActivity', type || person || target), person,
       type::"ActivityType", target, target_type, instant
  FROM (SELECT 'RSVP_EVENT' AS type, "userId" AS person, "eventId" AS target,
               'event' AS target_type, "createdAt" AS instant
          FROM "Rsvp" WHERE "userId" IS NOT NULL AND status::text = 'CONFIRMED'
        UNION ALL SELECT 'HOST_EVENT', "hostId", id, 'event', "createdAt" FROM "Event"
        UNION ALL SELECT 'JOIN_COMMUNITY', "userId", "communityId", 'community',
                         "joinedAt" FROM "CommunityMembership"
        UNION ALL SELECT 'SEND_FRIEND_REQUEST', "userId", "friendId", 'user',
                         "createdAt" FROM "Friendship" WHERE "acceptedAt" IS NOT NULL
        UNION ALL SELECT 'ACCEPT_FRIEND_REQUEST', "friendId", "userId", 'user',
                         "acceptedAt" FROM "Friendship" WHERE "acceptedAt" IS NOT NULL)
       AS fact;

INSERT INTO "EventDailyStat" (id, "eventId", date, views, "uniqueViews", rsvps,
    "paidRsvps")
SELECT pg_temp.made_id('EventDailyStat', "eventId"), "eventId", '2026-11-05', count(*),
       count("userId") + least(1, count(*) - count("userId")), count(*),
       count(*) FILTER (WHERE "paymentState"::text = 'PAID')
  FROM "Rsvp" GROUP BY "eventId";

UPDATE "TicketTier" t SET "quantitySold" =
    (SELECT count(*) FROM "Rsvp" r WHERE r."ticketTierId" = t.id);
-- one statement, so that the rows keep their order
UPDATE "Event" e SET
    "rsvpCount" = (SELECT count(*) FROM "Rsvp" r
                    WHERE r."eventId" = e.id AND r.status::text = 'CONFIRMED'),
    "paidRsvpCount" = (SELECT count(*) FROM "Rsvp" r
                        WHERE r."eventId" = e.id AND r."paymentState"::text = 'PAID'),
    "checkInCount" = (SELECT count(*) FROM "CheckIn" c JOIN "Rsvp" r ON r.id = c."rsvpId"
                       WHERE r."eventId" = e.id),
    "viewCount" = (SELECT count(*) FROM "EventView" v WHERE v."eventId" = e.id);
