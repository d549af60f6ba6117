-- For each rule one change to the small world that breaks it.

-- offence: id-format
UPDATE "EventView" SET id = 'X' || substr(id, 2) WHERE id = (SELECT min(id) FROM "EventView");
-- offence: one-world-tag
UPDATE "CheckIn" SET id = 'cother' || substr(id, 7);
-- offence: login-tables-empty
INSERT INTO "VerificationToken" VALUES ('a', 'b', '2026-01-01');
-- offence: locations-as-vocabulary
UPDATE "Location" SET timezone = 'Europe/London' WHERE slug = 'ams';
-- offence: categories-as-vocabulary
UPDATE "Category" SET name = 'Tech and Startups' WHERE slug = 'tech-startups';
-- offence: location-icon
UPDATE "Location" SET "iconPath" = '/icons/ams.png' WHERE slug = 'ams';
-- offence: location-dates-come-first
UPDATE "Location" SET "updatedAt" = '2026-08-01' WHERE slug = 'ams';
-- offence: person-complete
UPDATE "User" SET industry = NULL WHERE username = 'bo_aalders';
-- offence: username-format
UPDATE "User" SET username = 'Bö' WHERE username = 'bo_aalders';
-- offence: person-email-format
UPDATE "User" SET email = 'bo.aalders@mail.test' WHERE username = 'bo_aalders';
-- offence: email-verified-at-joining
UPDATE "User" SET "emailVerified" = '2026-07-01' WHERE username = 'bo_aalders';
-- offence: avatar-host
UPDATE "User" SET image = 'https://faces.test/bo.png' WHERE username = 'bo_aalders';
-- offence: everybody-a-plain-user
UPDATE "User" SET "isDemo" = true WHERE username = 'bo_aalders';
-- offence: password-bcrypt-cost-10
UPDATE "User" SET password = replace(password, '$10$', '$04$') WHERE username = 'bo_aalders';
-- offence: password-hashes-differ
UPDATE "User" SET password = (SELECT password FROM "User" WHERE username = 'alexdemo') WHERE username = 'bo_aalders';
-- offence: interests-are-their-categories
UPDATE "User" SET interests = '{Chess}' WHERE username = 'bo_aalders';
-- offence: interests-within-limits
UPDATE "UserCategory" SET "interestLevel" = 11 WHERE "userId" = (SELECT id FROM "User" WHERE username = 'bo_aalders');
-- offence: cohort-follows-style
UPDATE "User" SET "userCohort" = 'CASUAL' WHERE username = 'bo_aalders';
-- offence: slug-format
UPDATE "Community" SET slug = 'Harbour--sessions' WHERE slug = 'harbour';
-- offence: event-slug-ends-with-its-id
UPDATE "Event" SET slug = 'session-zzzzzz' WHERE slug ~ '^e1-';
-- offence: membership-tier-slug-unique
UPDATE "MembershipTier" SET slug = 'crew' WHERE slug = 'mates';
-- offence: cover-image-host
UPDATE "Event" SET "coverImage" = 'https://images.test/a.jpg' WHERE slug ~ '^e1-';
-- offence: guest-is-no-member
UPDATE "Rsvp" SET name = 'Hugo Groen' WHERE name = 'Mila Vos';
-- offence: guest-address-used-once
UPDATE "Rsvp" SET email = 'lotte.bos.1a@example.com' WHERE name = 'Mila Vos';
-- offence: guest-email-format
UPDATE "Rsvp" SET email = 'mila@example.org' WHERE name = 'Mila Vos';
-- offence: member-rsvp-names-the-member
UPDATE "Rsvp" SET name = 'Somebody Else' WHERE name = 'Cas Bakker';
-- offence: purchaser-known
UPDATE "Order" SET "purchaserEmail" = 'mila@gmail.com' WHERE "purchaserName" = 'Mila Vos';
-- offence: purchaser-holds-a-seat
UPDATE "Order" SET "purchaserEmail" = 'nobody.1b@example.com', "purchaserName" = 'No Body' WHERE "purchaserName" = 'Mila Vos';
-- offence: event-complete
UPDATE "Event" SET capacity = NULL WHERE slug ~ '^e1-';
-- offence: event-in-its-communitys-city
UPDATE "Event" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'paris') WHERE slug ~ '^e1-';
-- offence: event-timezone-of-its-city
UPDATE "Event" SET timezone = 'America/New_York' WHERE slug ~ '^e1-';
-- offence: community-events-share-categories
DELETE FROM "EventCategory" WHERE "eventId" = (SELECT id FROM "Event" WHERE slug ~ '^e1-') AND "categoryId" = (SELECT id FROM "Category" WHERE slug = 'tech-startups');
-- offence: host-lives-in-the-city
UPDATE "Event" SET "hostId" = (SELECT id FROM "User" WHERE username = 'kate_jones') WHERE slug ~ '^e1-';
-- offence: host-belongs-to-the-community
DELETE FROM "CommunityMembership" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'bo_aalders');
-- offence: host-shares-a-category
DELETE FROM "UserCategory" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'bo_aalders');
-- offence: owner-shares-a-category
DELETE FROM "UserCategory" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'kate_jones');
-- offence: member-lives-in-the-city
UPDATE "User" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'paris') WHERE username = 'cas_bakker';
-- offence: everybody-belongs-somewhere
DELETE FROM "CommunityMembership" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'cas_bakker');
-- offence: collaborator-lives-in-the-city
UPDATE "EventCollaborator" SET "userId" = (SELECT id FROM "User" WHERE username = 'kate_jones') WHERE role = 'MANAGER';
-- offence: place-follows-location-type
UPDATE "Event" SET "onlineUrl" = 'https://meet.example.com/' || slug WHERE slug ~ '^e1-';
-- offence: address-names-the-city
UPDATE "Event" SET "venueAddress" = 'Montmartre, Paris, France' WHERE slug ~ '^e1-';
-- offence: venue-in-one-city
UPDATE "Event" SET "venueName" = 'HALL HARBOUR', "venueAddress" = 'Soho, London, United Kingdom' WHERE slug ~ '^e17-';
-- offence: venue-holds-one-event-at-a-time
UPDATE "Event" SET "startDate" = '2026-11-12 19:59', "endDate" = '2026-11-12 22:00' WHERE slug ~ '^e2-';
-- offence: traveller-has-a-strong-reason
UPDATE "Rsvp" SET "userId" = (SELECT id FROM "User" WHERE username = 'kate_jones') WHERE name = 'Mila Vos';
UPDATE "UserCategory" SET "interestLevel" = 5 WHERE "userId" = (SELECT id FROM "User" WHERE username = 'kate_jones');
-- offence: traveller-stays-in-reach
UPDATE "User" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'tokyo') WHERE username = 'cas_bakker';
-- offence: traveller-has-fourteen-hours
UPDATE "User" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'london') WHERE username = 'alexdemo';
UPDATE "Event" SET "startDate" = '2026-11-13 09:59', "endDate" = '2026-11-13 11:00' WHERE slug ~ '^e2-';
-- offence: online-member-shares-a-category
DELETE FROM "UserCategory" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'alexdemo');
-- offence: online-member-is-awake
UPDATE "Event" SET "startDate" = '2026-12-03 05:45' WHERE slug ~ '^e17-';
-- offence: online-members-take-few-seats
UPDATE "TicketTier" SET "quantityTotal" = 6 WHERE "eventId" = (SELECT id FROM "Event" WHERE slug ~ '^e17-');
-- offence: online-events-two-a-person
UPDATE "Event" SET "locationType" = 'ONLINE' WHERE slug !~ '^e1-';
-- offence: uninterested-stay-away
UPDATE "User" SET "networkingStyle" = 'SELECTIVE' WHERE username = 'cas_bakker';
DELETE FROM "UserCategory" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'cas_bakker');
-- offence: nothing-after-now
UPDATE "Friendship" SET "acceptedAt" = '2026-11-22 00:00:01' WHERE "acceptedAt" IS NOT NULL;
-- offence: joining-in-window
UPDATE "User" SET "createdAt" = '2026-11-01 12:00' WHERE username = 'hugo_groen';
-- offence: joining-in-waking-hours
UPDATE "User" SET "createdAt" = '2026-06-01 01:30' WHERE username = 'hugo_groen';
-- offence: founded-after-owner-joined
UPDATE "Community" SET "createdAt" = '2026-05-31' WHERE slug = 'harbour';
-- offence: membership-after-founding
UPDATE "CommunityMembership" SET "joinedAt" = '2026-06-30' WHERE role = 'MODERATOR';
-- offence: membership-tier-at-founding
UPDATE "MembershipTier" SET "createdAt" = '2026-07-02' WHERE slug = 'crew';
-- offence: community-updated-after-founding
UPDATE "Community" SET "updatedAt" = '2026-06-30' WHERE slug = 'harbour';
-- offence: event-created-by-a-member
UPDATE "CommunityMembership" SET "joinedAt" = '2026-10-02' WHERE role = 'ADMIN';
-- offence: published-after-creation
UPDATE "Event" SET "publishedAt" = '2026-09-30' WHERE slug ~ '^e1-';
-- offence: event-updated-at-publication
UPDATE "Event" SET "updatedAt" = '2026-11-01' WHERE slug ~ '^e1-';
-- offence: event-lasts-half-an-hour-to-twelve
UPDATE "Event" SET "endDate" = "startDate" + interval '20 minutes' WHERE slug ~ '^e1-';
-- offence: event-starts-on-the-quarter-hour
UPDATE "Event" SET "startDate" = "startDate" + interval '1 second' WHERE slug ~ '^e1-';
-- offence: event-in-window
UPDATE "Event" SET "startDate" = '2026-09-01 18:00' WHERE slug ~ '^e1-';
-- offence: nobody-in-two-places
UPDATE "Event" SET "startDate" = '2026-11-12 19:45', "endDate" = '2026-11-12 22:00' WHERE slug ~ '^e2-';
-- offence: view-after-publication
UPDATE "EventView" SET "viewedAt" = '2026-10-02 09:59';
-- offence: viewer-had-joined
UPDATE "User" SET "createdAt" = '2026-11-10 12:00' WHERE username = 'cas_bakker';
-- offence: member-saw-the-event-first
DELETE FROM "EventView" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'cas_bakker');
-- offence: guest-saw-the-event-first
DELETE FROM "EventView" WHERE id = (SELECT min(id) FROM "EventView" WHERE "userId" IS NULL);
-- offence: order-in-the-sales-window
UPDATE "Order" SET "createdAt" = '2026-11-13 18:00' WHERE "purchaserName" = 'Cas Bakker';
-- offence: rsvp-within-a-minute-of-its-order
UPDATE "Rsvp" SET "createdAt" = "createdAt" + interval '2 minutes' WHERE name = 'Cas Bakker';
-- offence: ticket-window-is-the-events
UPDATE "TicketTier" SET "salesEnd" = NULL WHERE name = 'Box';
-- offence: promo-window-is-the-events
UPDATE "PromoCode" SET "endsAt" = '2026-12-31';
-- offence: check-in-at-the-event
UPDATE "CheckIn" SET "scannedAt" = "scannedAt" - interval '1 hour';
-- offence: feedback-within-a-week-of-the-end
UPDATE "EventFeedback" SET "createdAt" = '2026-11-10 19:00' WHERE comment IS NOT NULL;
-- offence: host-message-in-the-week-before
UPDATE "EventMessage" SET "createdAt" = "createdAt" + interval '40 hours';
-- offence: friends-had-both-joined
UPDATE "Friendship" SET "createdAt" = '2026-05-01' WHERE status = 'PENDING';
-- offence: accepted-after-asked
UPDATE "Friendship" SET "acceptedAt" = NULL WHERE status = 'ACCEPTED';
-- offence: order-pending-only-while-fresh
UPDATE "Order" SET "createdAt" = '2026-11-07' WHERE status = 'PENDING';
-- offence: payment-within-the-hour
UPDATE "Payment" SET "createdAt" = "createdAt" + interval '2 hours';
-- offence: order-updated-at-last-money
UPDATE "Order" SET "updatedAt" = "createdAt" WHERE "refundedCents" > 0;
-- offence: refund-before-the-start
UPDATE "Refund" SET "createdAt" = '2026-12-01';
-- offence: subscription-expiry
UPDATE "CommunityMembership" SET "subscriptionStatus" = 'CANCELED' WHERE role = 'MODERATOR';
-- offence: referral-before-its-uses
UPDATE "EventReferral" SET "createdAt" = '2026-11-06';
-- offence: upcoming-events-stored-first
UPDATE "Event" SET "viewCount" = "viewCount" WHERE slug ~ '^e14-';
-- offence: order-total
UPDATE "Order" SET "totalCents" = 5000 WHERE "appliedPromoCodeId" IS NOT NULL;
-- offence: order-has-one-item
UPDATE "OrderItem" SET quantity = 3 WHERE quantity = 2;
-- offence: item-at-list-price
UPDATE "OrderItem" SET "priceCents" = 4500 WHERE "priceCents" = 5000;
-- offence: rsvp-on-a-paid-order
UPDATE "Rsvp" SET "orderId" = NULL WHERE name = 'Cas Bakker';
-- offence: paid-order-seats-its-tickets
UPDATE "OrderItem" SET quantity = 1 WHERE quantity = 2;
-- offence: second-ticket-is-a-guests
UPDATE "Rsvp" SET "userId" = (SELECT id FROM "User" WHERE username = 'hugo_groen') WHERE name = 'Lotte Bos';
-- offence: failed-order-has-nothing
UPDATE "Order" SET status = 'CANCELLED' WHERE "purchaserName" = 'Cas Bakker';
-- offence: free-order-without-payment
UPDATE "Rsvp" SET "paymentState" = 'PAID' WHERE name = 'Cas Bakker';
-- offence: paid-order-paid-once
UPDATE "Payment" SET status = 'SUCCEEDED';
-- offence: failed-order-payment
UPDATE "Payment" SET status = 'SUCCEEDED' WHERE status = 'PENDING';
-- offence: payment-amount
UPDATE "Payment" SET "amountCents" = 5000 WHERE "amountCents" = 4500;
-- offence: payment-attempts-count-up
UPDATE "Payment" SET "attemptNumber" = 3 WHERE "attemptNumber" = 2;
-- offence: payment-state-follows-money
UPDATE "Rsvp" SET "paymentState" = 'PAID' WHERE "paymentState" = 'REFUNDED';
-- offence: refunded-cents
UPDATE "Order" SET "refundedCents" = 1 WHERE "refundedCents" > 0;
-- offence: refund-of-the-cancelled-seats
UPDATE "Rsvp" SET status = 'CANCELLED' WHERE name = 'Daan Cohen';
-- offence: refund-of-a-payment-that-went-through
UPDATE "Refund" SET reason = NULL;
-- offence: one-order-a-buyer
UPDATE "Order" SET "purchaserEmail" = 'cas.bakker@example.com' WHERE "purchaserName" = 'Mila Vos';
-- offence: order-idempotency-key
UPDATE "Order" SET "idempotencyKey" = NULL WHERE status = 'PENDING';
-- offence: currency-usd
UPDATE "TicketTier" SET currency = 'EUR' WHERE name = 'Box';
-- offence: promo-percent
UPDATE "PromoCode" SET "discountType" = 'AMOUNT', "amountOffCents" = 500;
-- offence: promo-code-format
UPDATE "PromoCode" SET code = 'early bird';
-- offence: promo-tiers
UPDATE "PromoCode" SET "appliesToAllTiers" = true;
-- offence: promo-used-where-it-holds
DELETE FROM "PromoCodeTier";
-- offence: low-spender-no-dear-ticket
UPDATE "User" SET "spendingPower" = 'LOW' WHERE username = 'daan_cohen';
-- offence: membership-tier-price
UPDATE "MembershipTier" SET currency = 'USD' WHERE slug = 'crew';
-- offence: membership-tier-of-its-community
UPDATE "CommunityMembership" SET "membershipTierId" = (SELECT id FROM "MembershipTier" WHERE slug = 'players') WHERE role = 'MODERATOR';
-- offence: membership-tier-by-spending
UPDATE "User" SET "spendingPower" = 'LOW' WHERE username = 'daan_cohen';
-- offence: subscription-only-when-paid
UPDATE "CommunityMembership" SET "subscriptionStatus" = NULL WHERE role = 'MODERATOR';
-- offence: event-has-tiers
UPDATE "TicketTier" SET "priceCents" = 5000 WHERE name = 'Box';
-- offence: tier-has-a-total
UPDATE "TicketTier" SET "quantityTotal" = NULL WHERE name = 'Box';
-- offence: tiers-fit-the-capacity
UPDATE "TicketTier" SET "quantityTotal" = 11 WHERE name = 'Box';
-- offence: tier-not-oversold
UPDATE "TicketTier" SET "quantityTotal" = 4, "quantitySold" = 5 WHERE name = 'Box';
-- offence: event-not-oversold
UPDATE "Event" SET capacity = 4 WHERE slug ~ '^e1-';
-- offence: one-seat-a-person
UPDATE "Rsvp" SET email = 'cas.bakker@example.com' WHERE name = 'Mila Vos';
-- offence: no-waitlist
UPDATE "Rsvp" SET status = 'WAITLIST' WHERE name = 'Mila Vos';
-- offence: rsvp-count
UPDATE "Event" SET "rsvpCount" = "rsvpCount" + 1 WHERE slug ~ '^e1-';
-- offence: paid-rsvp-count
UPDATE "Event" SET "paidRsvpCount" = "paidRsvpCount" + 1 WHERE slug ~ '^e4-';
-- offence: check-in-count
DELETE FROM "CheckIn";
-- offence: view-count
DELETE FROM "EventView" WHERE id = (SELECT min(id) FROM "EventView");
-- offence: quantity-sold
UPDATE "Order" SET status = 'CANCELLED' WHERE "purchaserName" = 'Cas Bakker';
-- offence: promo-redeemed-count
UPDATE "PromoCode" SET "redeemedCount" = 2;
-- offence: referral-uses
UPDATE "Rsvp" SET "referralId" = NULL;
-- offence: daily-stat-date
UPDATE "EventDailyStat" SET date = date + interval '1 hour';
-- offence: daily-stat-days
DELETE FROM "EventDailyStat" WHERE id = (SELECT min(id) FROM "EventDailyStat");
-- offence: daily-stat-views
UPDATE "EventDailyStat" SET "uniqueViews" = 99 WHERE views > 2;
-- offence: daily-stat-rsvps
UPDATE "EventDailyStat" SET "paidRsvps" = 99 WHERE "paidRsvps" > 0;
-- offence: activity-per-rsvp
DELETE FROM "UserActivity" WHERE id = (SELECT min(id) FROM "UserActivity" WHERE type = 'RSVP_EVENT');
-- offence: activity-per-hosting
UPDATE "UserActivity" SET "targetType" = 'Event' WHERE type = 'HOST_EVENT';
-- offence: activity-per-membership
UPDATE "UserActivity" SET "createdAt" = '2026-07-03' WHERE type = 'JOIN_COMMUNITY';
-- offence: activity-per-friend-request
UPDATE "UserActivity" SET type = 'ACCEPT_FRIEND_REQUEST' WHERE type = 'SEND_FRIEND_REQUEST';
-- offence: activity-per-friend-acceptance
UPDATE "Friendship" SET status = 'ACCEPTED', "acceptedAt" = '2026-08-03' WHERE status = 'PENDING';
-- offence: activity-once
UPDATE "UserActivity" SET metadata = '{}' WHERE type = 'HOST_EVENT';
-- offence: friendship-one-row-a-pair
INSERT INTO "Friendship" SELECT 'cabcde0000000000000000001', "friendId", "userId", status, "createdAt", "acceptedAt" FROM "Friendship" WHERE id = (SELECT min(id) FROM "Friendship");
-- offence: friends-have-common-ground
UPDATE "UserCategory" SET "interestLevel" = 5 WHERE "userId" = (SELECT id FROM "User" WHERE username = 'kate_jones');
-- offence: at-most-twenty-friends
INSERT INTO "User" (id, name) SELECT 'x' || n, 'x' FROM generate_series(1, 21) AS n;
INSERT INTO "Friendship" (id, "userId", "friendId") SELECT 'f' || n, (SELECT id FROM "User" WHERE username = 'hugo_groen'), 'x' || n FROM generate_series(1, 21) AS n;
-- offence: nobody-blocked
UPDATE "Friendship" SET status = 'BLOCKED' WHERE status = 'PENDING';
-- offence: the-more-active-asked
UPDATE "User" SET "networkingStyle" = 'CASUAL' WHERE username = 'daan_cohen';
-- offence: owner-is-admin
UPDATE "CommunityMembership" SET role = 'ADMIN' WHERE role = 'MODERATOR';
-- offence: owner-of-at-most-three
INSERT INTO "Community" (id, name, slug, "ownerId", "updatedAt") SELECT 'x' || n, 'x' || n, 'x' || n, (SELECT id FROM "User" WHERE username = 'hugo_groen'), '2026-08-01' FROM generate_series(1, 4) AS n;
-- offence: two-moderators-at-most
UPDATE "CommunityMembership" SET role = 'MODERATOR' WHERE role = 'MEMBER';
-- offence: active-people-moderate-first
UPDATE "CommunityMembership" SET role = CASE role WHEN 'MODERATOR' THEN 'MEMBER' ELSE 'MODERATOR' END::"MembershipRole" WHERE "userId" IN (SELECT id FROM "User" WHERE username IN ('daan_cohen', 'cas_bakker'));
-- offence: four-collaborators-at-most
INSERT INTO "EventCollaborator" SELECT 'x' || u.id, e.id, u.id, 'CHECKIN' FROM "User" u, "Event" e WHERE e.slug ~ '^e14-';
-- offence: host-is-no-collaborator
UPDATE "EventCollaborator" SET "userId" = (SELECT id FROM "User" WHERE username = 'bo_aalders') WHERE role = 'MANAGER';
-- offence: referrer-belongs-to-the-event
UPDATE "EventReferral" SET "userId" = (SELECT id FROM "User" WHERE username = 'cas_bakker');
-- offence: latest-names-include-a-member
INSERT INTO "Rsvp" (id, "eventId", email, "createdAt") SELECT 'x' || n, id, 'x' || n, '2026-11-09' FROM "Event", generate_series(1, 5) AS n WHERE slug ~ '^e13-';
-- offence: community-openness
UPDATE "Community" SET "isPublic" = true WHERE slug = 'strings';
-- offence: event-openness
UPDATE "Event" SET "requiresApproval" = true WHERE slug ~ '^e1-';
-- offence: event-is-published
UPDATE "Event" SET "deletedAt" = '2026-11-01' WHERE slug ~ '^e1-';
-- offence: check-in-of-a-confirmed-rsvp
UPDATE "Rsvp" SET status = 'CANCELLED' WHERE name = 'Cas Bakker';
-- offence: feedback-of-a-checked-in-guest
DELETE FROM "CheckIn";
-- offence: no-lorem-ipsum
UPDATE "User" SET bio = 'Lorem ipsum and so on.' WHERE username = 'bo_aalders';
-- offence: no-blank-text
UPDATE "TicketTier" SET description = ' ' WHERE name = 'Box';
-- offence: prose-is-there
UPDATE "Event" SET subtitle = NULL WHERE slug ~ '^e1-';
-- offence: no-community-text-twice
UPDATE "Community" SET description = 'About us.';
-- offence: no-event-title-twice
UPDATE "Event" SET title = 'Session 1' WHERE slug ~ '^e2-';
-- offence: one-description-a-series
UPDATE "Event" SET description = 'All about Session 1.' WHERE slug ~ '^e2-';
-- offence: repeat-shares-its-series
UPDATE "TicketTier" SET "priceCents" = 500 WHERE "eventId" = (SELECT id FROM "Event" WHERE slug ~ '^e11-');
-- offence: repeat-on-another-date
UPDATE "Event" SET "startDate" = '2026-12-08 12:00' WHERE slug ~ '^e11-';
-- offence: repeat-keeps-quiet
UPDATE "EventMessage" SET "eventId" = (SELECT id FROM "Event" WHERE slug ~ '^e11-') WHERE content ~ 'Session 1$';
-- offence: repeats-only-pad-to-fifteen
UPDATE "Event" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'ams') WHERE slug ~ '^e17-';
-- offence: no-subtitle-twice
UPDATE "Event" SET subtitle = 'Under Session 1' WHERE slug ~ '^e2-';
-- offence: no-bio-twice
UPDATE "User" SET bio = 'Likes things.';
-- offence: no-message-twice
UPDATE "EventMessage" SET content = 'See you.';
-- offence: no-review-twice
UPDATE "EventFeedback" SET comment = 'What a sound.';
-- offence: rating-one-to-five
UPDATE "EventFeedback" SET rating = 0;
-- offence: message-is-the-hosts
UPDATE "EventMessage" SET "userId" = NULL;
-- offence: question-positions
UPDATE "RegistrationQuestion" SET position = position + 1;
-- offence: question-options
UPDATE "RegistrationQuestion" SET options = '{}' WHERE type = 'MULTI_SELECT';
-- offence: only-choices-are-required
UPDATE "RegistrationQuestion" SET required = true WHERE type = 'SHORT_TEXT';
-- offence: answer-to-the-events-question
UPDATE "RegistrationAnswer" SET "questionId" = (SELECT id FROM "RegistrationQuestion" WHERE type = 'CHECKBOX');
-- offence: required-questions-answered
DELETE FROM "RegistrationAnswer" WHERE value = 'Yes';
-- offence: answer-is-an-option
UPDATE "RegistrationAnswer" SET value = 'Records, Bread' WHERE value ~ '^Records';
-- offence: online-link-harmless
UPDATE "Event" SET "onlineUrl" = 'https://zoom.us/j/1' WHERE slug ~ '^e17-';
-- offence: view-address-of-documentation
UPDATE "EventView" SET "ipAddress" = '192.0.2.256';
-- offence: referrer-harmless
UPDATE "EventView" SET referrer = 'https://www.google.com/';
-- offence: payment-ids-seeded
UPDATE "Payment" SET "providerIntentId" = 'pi_123';
-- offence: refund-ids-seeded
UPDATE "Refund" SET "providerRefundId" = 're_123';
-- offence: referral-code-format
UPDATE "EventReferral" SET code = 'abc';
-- offence: addresses-of-example-domains
UPDATE "Order" SET "purchaserEmail" = 'cas@gmail.com' WHERE "purchaserName" = 'Cas Bakker';
-- offence: demo-account
UPDATE "User" SET profession = 'Baker' WHERE username = 'alexdemo';
-- offence: demo-city
UPDATE "Event" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'london');
-- offence: demo-joins-every-fitting-community
DELETE FROM "CommunityMembership" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'alexdemo') AND role = 'MEMBER';
-- offence: demo-joins-elsewhere-for-online-events
UPDATE "Community" SET "ownerId" = (SELECT id FROM "User" WHERE username = 'kate_jones') WHERE slug = 'vinyl';
-- offence: demo-joins-three-elsewhere-at-most
INSERT INTO "Community" (id, name, slug, "ownerId", "updatedAt") SELECT 'x' || n, 'x' || n, 'x' || n, (SELECT id FROM "User" WHERE username = 'kate_jones'), '2026-08-01' FROM generate_series(1, 4) AS n;
INSERT INTO "CommunityMembership" (id, "userId", "communityId") SELECT 'x' || n, (SELECT id FROM "User" WHERE username = 'alexdemo'), 'x' || n FROM generate_series(1, 4) AS n;
-- offence: demo-admin-of-one-to-three
UPDATE "CommunityMembership" SET role = 'MEMBER' WHERE "userId" = (SELECT id FROM "User" WHERE username = 'alexdemo');
-- offence: demo-hosts-four-or-five
DELETE FROM "EventFeedback" WHERE comment IS NOT NULL;
-- offence: demo-goes-to-twelve
UPDATE "Rsvp" SET "userId" = NULL WHERE name = 'Alex Demo' AND "eventId" = (SELECT id FROM "Event" WHERE slug ~ '^e17-');
-- offence: demo-friends
UPDATE "Friendship" SET status = 'ACCEPTED';
-- offence: demo-is-active
DELETE FROM "UserActivity" WHERE "userId" = (SELECT id FROM "User" WHERE username = 'alexdemo');
-- offence: event-in-the-city-that-wrote-it
UPDATE "Event" SET title = 'Dawn Row on the Grachtengordel' WHERE slug ~ '^e1-';
-- offence: event-on-its-weekday
UPDATE "Event" SET title = 'Dawn Row on the Grachtengordel' WHERE slug ~ '^e1-';
-- offence: event-at-its-local-hour
UPDATE "Event" SET title = 'Dawn Row on the Grachtengordel' WHERE slug ~ '^e1-';
-- offence: event-as-long-as-written
UPDATE "Event" SET title = 'Dawn Row on the Grachtengordel' WHERE slug ~ '^e1-';
-- offence: seasonal-event-in-its-season
UPDATE "Event" SET title = 'Dawn Row on the Grachtengordel' WHERE slug ~ '^e1-';
-- offence: only-seasonal-events-lie-far-ahead
UPDATE "Event" SET title = 'Diesel Out, Batteries In', "startDate" = '2027-02-01 08:30' WHERE slug ~ '^e14-';
-- offence: event-reads-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e1-';
-- offence: tiers-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e1-';
-- offence: promo-code-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e2-';
-- offence: questions-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e1-';
-- offence: venue-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e1-';
-- offence: chosen-venue-is-the-citys
UPDATE "Event" SET title = 'Hackdag Zwemwater' WHERE slug ~ '^e1-';
-- offence: venue-address-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In', "venueName" = 'Sloepenloods', "venueAddress" = 'Nowhere, Amsterdam, Netherlands' WHERE slug ~ '^e1-';
-- offence: host-message-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e1-';
-- offence: review-as-written
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e13-';
-- offence: community-as-written
UPDATE "Community" SET name = 'De Sloepenwerf' WHERE slug = 'harbour';
-- offence: membership-tiers-as-written
UPDATE "Community" SET name = 'De Sloepenwerf' WHERE slug = 'harbour';
-- offence: person-as-written
UPDATE "User" SET name = 'Sanne Hoogland' WHERE username = 'bo_aalders';
-- offence: interests-as-written
UPDATE "User" SET name = 'Sanne Hoogland' WHERE username = 'bo_aalders';
-- offence: cohort-follows-circles
UPDATE "User" SET name = 'Sanne Hoogland' WHERE username = 'cas_bakker';
-- offence: traveller-to-a-destination
UPDATE "Event" SET title = 'Diesel Out, Batteries In' WHERE slug ~ '^e1-';
UPDATE "User" SET "locationId" = (SELECT id FROM "Location" WHERE slug = 'london') WHERE username = 'cas_bakker';
-- offence: event-at-a-fitting-kind-of-place
UPDATE "Event" SET title = 'Hackdag Zwemwater', "venueName" = 'Café De Natte Muts' WHERE slug ~ '^e1-';
-- offence: guest-has-a-full-name
UPDATE "Rsvp" SET name = 'Mila V0s' WHERE name = 'Mila Vos';
-- offence: names-no-other-city
UPDATE "Event" SET title = 'A Night in Lisbon' WHERE slug ~ '^e1-';
-- offence: no-control-characters
UPDATE "Rsvp" SET name = 'Mila' || chr(8238) || 'Vos' WHERE name = 'Mila Vos';
-- offence: invited-members-know-somebody
UPDATE "Community" SET exclusivity = 'INVITE_ONLY' WHERE slug = 'harbour';
