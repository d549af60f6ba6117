-- At Zoe's event and community, as Alex.
INSERT INTO "Order" (id, "eventId", "purchaserEmail", status, "totalCents",
    "appliedPromoCodeId", "updatedAt")
VALUES ('a-order', 'tie', 'demo@rsvped.app', 'PAID', 1800, 'tie-code', '2026-11-17');
INSERT INTO "OrderItem" VALUES ('a-item', 'a-order', 'tie-seat', 2, 900);
INSERT INTO "Payment" (id, "orderId", provider, status, "amountCents", currency,
    "updatedAt")
VALUES ('a-payment', 'a-order', 'stripe', 'SUCCEEDED', 1800, 'USD', '2026-11-17');
INSERT INTO "Refund" (id, "paymentId", "amountCents") VALUES ('a-back', 'a-payment', 5);
INSERT INTO "Rsvp" (id, "eventId", "ticketTierId", "userId", "orderId", email,
    "paymentState", "referralId", "createdAt")
SELECT 'a-rsvp', 'tie', 'tie-seat', id, 'a-order', email, 'PAID', 'tie-referral',
    '2026-11-15 12:00' FROM "User" WHERE "isDemo";
-- whom Alex takes along, without an account
INSERT INTO "Rsvp" (id, "eventId", "ticketTierId", "orderId", email, "paymentState",
    "createdAt")
VALUES ('a-guest', 'tie', 'tie-seat', 'a-order', 'kim@mail.test', 'PAID',
    '2026-11-17 12:00');
INSERT INTO "RegistrationAnswer" VALUES ('a-answer', 'a-rsvp', 'tie-question', '');
INSERT INTO "CheckIn" (id, "rsvpId") VALUES ('a-check-in', 'a-rsvp');
INSERT INTO "EventFeedback" (id, "eventId", "rsvpId", rating)
VALUES ('a-feedback', 'tie', 'a-rsvp', 1);
INSERT INTO "EventView" (id, "eventId", "userId", "viewedAt")
SELECT 'a-view', 'tie', id, '2026-11-15 08:00' FROM "User" WHERE "isDemo";
INSERT INTO "EventMessage" (id, "eventId", "userId", content, "parentId")
SELECT 'a-reply', 'tie', id, 'Ho', 'zoe-message' FROM "User" WHERE "isDemo";
INSERT INTO "EventReferral" (id, "eventId", "userId", code)
SELECT 'a-referral', 'tie', id, 'ALEX' FROM "User" WHERE "isDemo";
INSERT INTO "CommunityMembership" (id, "userId", "communityId")
SELECT 'a-knots', id, 'knots' FROM "User" WHERE "isDemo";
INSERT INTO "Friendship" (id, "userId", "friendId")
SELECT 'a-asks', id, 'zoe' FROM "User" WHERE "isDemo";
INSERT INTO "UserActivity" (id, "userId", type, "targetId", "targetType")
SELECT 'a-did', id, 'RSVP_EVENT', 'tie', 'event' FROM "User" WHERE "isDemo";
UPDATE "Event" SET "rsvpCount" = 4, "paidRsvpCount" = 3, "checkInCount" = 2,
    "viewCount" = 2 WHERE id = 'tie';
UPDATE "TicketTier" SET "quantitySold" = 3 WHERE id = 'tie-seat';
UPDATE "PromoCode" SET "redeemedCount" = 2 WHERE id = 'tie-code';
UPDATE "EventReferral" SET uses = 2 WHERE id = 'tie-referral';
UPDATE "EventDailyStat" SET views = 2, "uniqueViews" = 2, rsvps = 3, "paidRsvps" = 2
WHERE id = 'tie-stat';

-- A community and an event of Alex's own, with seeded people in them.
INSERT INTO "Community" (id, name, slug, "ownerId", "updatedAt")
SELECT 'a-club', 'Club', 'club', id, '2026-11-17' FROM "User" WHERE "isDemo";
INSERT INTO "MembershipTier" (id, "communityId", name, slug)
VALUES ('a-tier', 'a-club', 'Free', 'free');
INSERT INTO "CommunityMembership" (id, "userId", "communityId", role)
SELECT 'a-member', id, 'a-club', 'ADMIN' FROM "User" WHERE "isDemo";
INSERT INTO "Event" (id, slug, title, "startDate", "endDate", "locationType", "hostId",
    "communityId", "updatedAt")
SELECT 'a-event', 'a-event', 'Mine', '2026-12-02', '2026-12-02', 'ONLINE', id, 'a-club',
    '2026-11-17' FROM "User" WHERE "isDemo";
INSERT INTO "EventCategory" SELECT 'a-event', id FROM "Category";
INSERT INTO "TicketTier" (id, "eventId", name, "priceCents")
VALUES ('a-seat', 'a-event', 'Seat', 0);
INSERT INTO "PromoCode" (id, "eventId", code, "discountType")
VALUES ('a-code', 'a-event', 'ALEX', 'PERCENT');
INSERT INTO "PromoCodeTier" VALUES ('a-code', 'a-seat');
INSERT INTO "RegistrationQuestion" (id, "eventId", type, label, position)
VALUES ('a-question', 'a-event', 'CHECKBOX', 'Sure?', 0);
INSERT INTO "EventCollaborator" (id, "eventId", "userId", role)
SELECT 'a-helper', 'a-event', id, 'MANAGER' FROM "User" WHERE name = 'Ada';
INSERT INTO "EventView" (id, "eventId", "ipAddress")
VALUES ('a-passer-by', 'a-event', '192.0.2.7');
INSERT INTO "EventDailyStat" (id, "eventId", date, views, "uniqueViews")
VALUES ('a-stat', 'a-event', '2026-11-17', 1, 1);

-- In the seeded world: what Alex says, asks, scans and sells at seeded events.
INSERT INTO "Friendship" (id, "userId", "friendId", status)
SELECT 'a-bea', a.id, b.id, 'ACCEPTED' FROM "User" a, "User" b
WHERE a."isDemo" AND b.name = 'Bea';
INSERT INTO "EventMessage" (id, "eventId", "userId", content)
SELECT 'a-says', e.id, u.id, 'Hey' FROM "User" u, "Event" e
WHERE u."isDemo" AND e.slug = 'bits-2';
INSERT INTO "Rsvp" (id, "eventId", "userId", email)
SELECT 'a-comes', e.id, u.id, u.email FROM "User" u, "Event" e
WHERE u."isDemo" AND e.slug = 'bits-2';
INSERT INTO "CheckIn" (id, "rsvpId") VALUES ('a-scan', 'a-comes');
INSERT INTO "TicketTier" (id, "eventId", name, "priceCents")
SELECT 'a-late', id, 'Late', 100 FROM "Event" WHERE slug = 'bits-2';
INSERT INTO "EventView" (id, "eventId", "ipAddress")
SELECT 'passer-by', id, '192.0.2.8' FROM "Event" WHERE slug = 'bits-2';
INSERT INTO "UserCategory" SELECT u.id, c.id, 3 FROM "User" u, "Category" c
WHERE u.name = 'Bea';

-- Signing in.
INSERT INTO "Account" ("userId", type, provider, "providerAccountId", "updatedAt")
SELECT id, 'oauth', 'google', 'a', '2026-11-17' FROM "User" WHERE "isDemo";
INSERT INTO "Session" ("sessionToken", "userId", expires, "updatedAt")
SELECT 'a-token', id, '2027-01-01', '2026-11-17' FROM "User" WHERE "isDemo";
INSERT INTO "VerificationToken" VALUES ('demo@rsvped.app', 't', '2027-01-01');
