-- Zoe, Yan and a guest: nothing of theirs refers to a row of the seeder, cities and
-- categories aside. Every counter equals the rows behind it.
INSERT INTO "User" (id, name, email, username, "locationId")
SELECT 'zoe', 'Zoe', 'zoe@mail.test', 'zoe', id FROM "Location" WHERE slug = 'berlin';
INSERT INTO "User" (id, name, email) VALUES ('yan', 'Yan', 'yan@mail.test');
INSERT INTO "UserCategory" SELECT 'zoe', id, 7 FROM "Category";
INSERT INTO "Account" ("userId", type, provider, "providerAccountId", "updatedAt")
VALUES ('zoe', 'oauth', 'google', 'z', '2026-11-16');
INSERT INTO "Session" ("sessionToken", "userId", expires, "updatedAt")
VALUES ('zoe-token', 'zoe', '2027-01-01', '2026-11-16');
INSERT INTO "VerificationToken" VALUES ('yan@mail.test', 't', '2027-01-01');
INSERT INTO "Friendship" (id, "userId", "friendId", status)
VALUES ('zoe-yan', 'zoe', 'yan', 'ACCEPTED');
INSERT INTO "Community" (id, name, slug, "ownerId", "updatedAt")
VALUES ('knots', 'Knots', 'knots', 'zoe', '2026-11-16');
INSERT INTO "MembershipTier" (id, "communityId", name, slug)
VALUES ('knots-free', 'knots', 'Free', 'free');
INSERT INTO "CommunityMembership" (id, "userId", "communityId", role)
VALUES ('zoe-knots', 'zoe', 'knots', 'ADMIN'), ('yan-knots', 'yan', 'knots', 'MEMBER');
INSERT INTO "Event" (id, slug, title, "startDate", "endDate", "locationType", "hostId",
    "communityId", "updatedAt", "rsvpCount", "paidRsvpCount", "checkInCount",
    "viewCount")
VALUES ('tie', 'tie', 'Tie', '2026-12-01', '2026-12-01', 'ONLINE', 'zoe', 'knots',
    '2026-11-16', 2, 1, 1, 1);
INSERT INTO "EventCategory" SELECT 'tie', id FROM "Category";
INSERT INTO "TicketTier" (id, "eventId", name, "priceCents", "quantitySold")
VALUES ('tie-seat', 'tie', 'Seat', 900, 1);
INSERT INTO "PromoCode" (id, "eventId", code, "discountType", "redeemedCount")
VALUES ('tie-code', 'tie', 'TIE', 'PERCENT', 1);
INSERT INTO "PromoCodeTier" VALUES ('tie-code', 'tie-seat');
INSERT INTO "RegistrationQuestion" (id, "eventId", type, label, position)
VALUES ('tie-question', 'tie', 'CHECKBOX', 'Sure?', 0);
INSERT INTO "EventReferral" (id, "eventId", "userId", code, uses)
VALUES ('tie-referral', 'tie', 'zoe', 'ZOE', 1);
INSERT INTO "Order" (id, "eventId", "purchaserEmail", status, "totalCents",
    "appliedPromoCodeId", "updatedAt")
VALUES ('yan-order', 'tie', 'yan@mail.test', 'PAID', 900, 'tie-code', '2026-11-16');
INSERT INTO "OrderItem" VALUES ('yan-item', 'yan-order', 'tie-seat', 1, 900);
INSERT INTO "Payment" (id, "orderId", provider, status, "amountCents", currency,
    "updatedAt")
VALUES ('yan-payment', 'yan-order', 'stripe', 'SUCCEEDED', 900, 'USD', '2026-11-16');
INSERT INTO "Refund" (id, "paymentId", "amountCents")
VALUES ('yan-refund', 'yan-payment', 1);
INSERT INTO "Rsvp" (id, "eventId", "ticketTierId", "userId", "orderId", email,
    "paymentState", "referralId", "createdAt")
VALUES ('yan-rsvp', 'tie', 'tie-seat', 'yan', 'yan-order', 'yan@mail.test', 'PAID',
    'tie-referral', '2026-11-15 10:00');
INSERT INTO "Rsvp" (id, "eventId", email, "createdAt")
VALUES ('guest-rsvp', 'tie', 'guest@mail.test', '2026-11-15 11:00');
INSERT INTO "RegistrationAnswer" VALUES ('yan-answer', 'yan-rsvp', 'tie-question', '');
INSERT INTO "CheckIn" (id, "rsvpId") VALUES ('yan-check-in', 'yan-rsvp');
INSERT INTO "EventFeedback" (id, "eventId", "rsvpId", rating)
VALUES ('yan-feedback', 'tie', 'yan-rsvp', 5);
INSERT INTO "EventCollaborator" VALUES ('yan-helps', 'tie', 'yan', 'CHECKIN');
INSERT INTO "EventMessage" (id, "eventId", "userId", content)
VALUES ('zoe-message', 'tie', 'zoe', 'Hi');
INSERT INTO "EventView" (id, "eventId", "userId", "viewedAt")
VALUES ('yan-view', 'tie', 'yan', '2026-11-15 09:00');
INSERT INTO "EventDailyStat" (id, "eventId", date, views, "uniqueViews", rsvps,
    "paidRsvps")
VALUES ('tie-stat', 'tie', '2026-11-15', 1, 1, 2, 1),
    -- a day of which the app has pruned the views behind the figures
    ('tie-old-stat', 'tie', '2026-10-01', 40, 30, 0, 0);
INSERT INTO "UserActivity" (id, "userId", type, "targetId", "targetType")
VALUES ('yan-did', 'yan', 'RSVP_EVENT', 'tie', 'event');
