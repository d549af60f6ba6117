-- Each band: its name, least and greatest value ("*" is open), one sentence, and
-- SQL that returns one number. Shares are of 1.

-- band: communities 420 420
-- Communities of the recorded edition.
SELECT count(*) FROM "Community";

-- band: people 622 622
-- People of the recorded edition, and Alex.
SELECT count(*) FROM person;

-- band: events 1070 1200
-- Events, repeats included.
SELECT count(*) FROM occasion;

-- band: fewest-events-of-a-city 15 *
-- The least number of events in a city.
SELECT min(events)
  FROM (SELECT count(o.id) AS events
          FROM "Location" l LEFT JOIN occasion o ON o.city_id = l.id
         GROUP BY l.id) c;

-- band: cities-with-events 69 69
-- Cities in which something happens.
SELECT count(DISTINCT city_id) FROM occasion;

-- band: database-megabytes 20 80
-- Size of the database in MB, as psql counts them, before the audit's own tables.
SELECT bytes / 1048576.0 FROM size_before;

-- band: past-share-of-events 0.35 0.45
-- Share of events that have started by now.
SELECT avg((o.starts < w.now)::int) FROM occasion o CROSS JOIN world w;

-- band: events-beyond-sixty-days 0 0.35
-- Share of events (the seasonal ones, a third) over 60 days ahead.
SELECT avg((o.starts > w.now + interval '61 days')::int)
  FROM occasion o CROSS JOIN world w;

-- band: past-seats-taken-median 0.60 0.75
-- Median share of capacity that past events sold.
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY sold::float / capacity)
  FROM occasion WHERE is_over;

-- band: past-seats-taken-p10 0 0.55
-- Tenth percentile of the share of capacity that past events sold.
SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY sold::float / capacity)
  FROM occasion WHERE is_over;

-- band: past-seats-taken-p90 0.80 1
-- Ninetieth percentile of the share of capacity that past events sold.
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY sold::float / capacity)
  FROM occasion WHERE is_over;

-- band: upcoming-seats-against-curve 0.8 1.25
-- Seats sold so far at upcoming events, against 70 % x max(exp(-days/21), 3 %).
SELECT sum(o.sold) / sum(0.7 * o.seats * greatest(0.03,
           exp(-extract(epoch FROM o.starts - w.now) / 86400 / 21)))
  FROM occasion o CROSS JOIN world w WHERE o.starts > w.now;

-- band: locals-share-on-site 0.90 1
-- Share of members' RSVPs at PHYSICAL and HYBRID events that are by locals.
SELECT avg((p.city_id = o.city_id)::int)
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
 WHERE s.on_site;

-- band: some-people-travel 0.01 0.10
-- Share of members' on-site RSVPs by travellers: few, but there are some.
SELECT avg((p.city_id <> o.city_id)::int)
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
 WHERE s.on_site;

-- band: members-go-out 1 *
-- RSVPs of members, a person on average.
SELECT (SELECT count(*) FROM seat WHERE person_id IS NOT NULL)::float
       / nullif((SELECT count(*) FROM person), 0);

-- band: members-without-an-rsvp 0 0.25
-- Share of people who go nowhere at all.
SELECT avg((NOT EXISTS (SELECT FROM seat s WHERE s.person_id = p.id))::int)
  FROM person p;

-- band: high-spenders-of-dear-tickets 0.75 1
-- Share of members' tickets over $100 that HIGH spenders hold.
SELECT avg((p.spending = 'HIGH')::int)
  FROM seat s JOIN person p ON p.id = s.person_id WHERE s.price_cents > 10000;

-- band: active-against-casual-rsvps 1.4 *
-- RSVPs a person: ACTIVE people against CASUAL ones, Alex aside.
SELECT avg(r.rsvps) FILTER (WHERE p.style = 'ACTIVE')
       / avg(r.rsvps) FILTER (WHERE p.style = 'CASUAL')
  FROM person p
 CROSS JOIN LATERAL (SELECT count(*) AS rsvps FROM seat s
                      WHERE s.person_id = p.id) r
 WHERE NOT p.is_demo;

-- band: members-rsvps-with-shared-category 0.75 1
-- Share of members' RSVPs where person and event share a category.
SELECT avg((overlap > 0)::int) FROM taste;

-- band: memberships-with-shared-category 0.75 1
-- Share of memberships where person and community share a category.
SELECT avg((EXISTS (SELECT FROM "UserCategory" uc
                     WHERE uc."userId" = m."userId"
                       AND uc."categoryId" = ANY (c.categories)))::int)
  FROM "CommunityMembership" m JOIN circle c ON c.id = m."communityId";

-- band: cancelled-rsvps 0.04 0.06
-- Share of RSVPs that were cancelled.
SELECT avg((status = 'CANCELLED')::int) FROM seat;

-- band: free-check-ins 0.69 0.75
-- Share of confirmed free RSVPs of past events that were checked in.
SELECT avg((EXISTS (SELECT FROM "CheckIn" c WHERE c."rsvpId" = s.id))::int)
  FROM seat s WHERE s.is_over AND s.status = 'CONFIRMED' AND s.payment = 'NONE';

-- band: paid-check-ins 0.80 0.86
-- Share of confirmed paid RSVPs of past events that were checked in.
SELECT avg((EXISTS (SELECT FROM "CheckIn" c WHERE c."rsvpId" = s.id))::int)
  FROM seat s WHERE s.is_over AND s.status = 'CONFIRMED' AND s.payment = 'PAID';

-- band: feedback-share 0.20 0.30
-- Share of check-ins of events over for a week that gave feedback.
SELECT avg((EXISTS (SELECT FROM "EventFeedback" f WHERE f."rsvpId" = s.id))::int)
  FROM "CheckIn" c JOIN seat s ON s.id = c."rsvpId" CROSS JOIN world w
 WHERE s.ends < w.now - interval '8 days';

-- band: cheap-order-success 0.82 0.88
-- Share of guests' paid orders under $50 that succeed (85 %).
SELECT avg((o.status = 'PAID')::int) FROM purchase o
 WHERE o.price_cents BETWEEN 1 AND 4999
   AND o.email NOT IN (SELECT email FROM person);

-- band: middling-order-success 0.765 0.835
-- Share of guests' orders of $50 to $100 that succeed (80 %).
SELECT avg((o.status = 'PAID')::int) FROM purchase o
 WHERE o.price_cents BETWEEN 5000 AND 10000
   AND o.email NOT IN (SELECT email FROM person);

-- band: dear-order-success 0.64 0.76
-- Share of guests' orders over $100 that succeed (70 %).
SELECT avg((o.status = 'PAID')::int) FROM purchase o
 WHERE o.price_cents > 10000
   AND o.email NOT IN (SELECT email FROM person);

-- band: high-spenders-orders-succeed-more 0.08 0.32
-- Success of HIGH spenders' orders under $50 less that of LOW spenders' (20 points).
SELECT avg((o.status = 'PAID')::int) FILTER (WHERE p.spending = 'HIGH')
       - avg((o.status = 'PAID')::int) FILTER (WHERE p.spending = 'LOW')
  FROM purchase o JOIN person p ON p.email = o.email
 WHERE o.price_cents BETWEEN 1 AND 4999;

-- band: two-ticket-orders 0.005 0.25
-- Share of PAID orders with a second ticket.
SELECT avg((quantity = 2)::int) FROM purchase WHERE status = 'PAID';

-- band: promo-use 0.07 0.13
-- Share of PAID orders with a promo code, where one holds for the tier.
SELECT avg((o.promo_id IS NOT NULL)::int)
  FROM purchase o
  JOIN "PromoCode" c ON c."eventId" = o.event_id
 WHERE o.status = 'PAID' AND o.subtotal_cents > 0
   AND (c."appliesToAllTiers"
        OR EXISTS (SELECT FROM "PromoCodeTier" pt
                    WHERE pt."promoCodeId" = c.id AND pt."ticketTierId" = o.tier_id));

-- band: second-payment-attempts 0.02 0.04
-- Share of successful payments that came after a FAILED one.
SELECT avg(("attemptNumber" > 1)::int) FROM "Payment"
 WHERE status::text = 'SUCCEEDED';

-- band: events-with-referral 0.25 0.42
-- Share of events with a referral code (a third).
SELECT avg((EXISTS (SELECT FROM "EventReferral" f WHERE f."eventId" = o.id))::int)
  FROM occasion o;

-- band: paid-memberships-active 0.88 0.96
-- Share of paid memberships whose subscription is ACTIVE (92 %).
SELECT avg(("subscriptionStatus"::text = 'ACTIVE')::int)
  FROM "CommunityMembership" WHERE "subscriptionStatus" IS NOT NULL;

-- band: paid-memberships-past-due 0.025 0.08
-- Share of paid memberships that are PAST_DUE (5 %).
SELECT avg(("subscriptionStatus"::text = 'PAST_DUE')::int)
  FROM "CommunityMembership" WHERE "subscriptionStatus" IS NOT NULL;

-- band: optional-choices-answered 0.65 0.75
-- Share of confirmed RSVPs that answer an optional choice (70 %).
SELECT avg((EXISTS (SELECT FROM "RegistrationAnswer" a
                     WHERE a."rsvpId" = s.id AND a."questionId" = q.id))::int)
  FROM seat s JOIN "RegistrationQuestion" q ON q."eventId" = s.event_id
 WHERE s.status = 'CONFIRMED' AND NOT q.required
   AND q.type::text IN ('SINGLE_SELECT', 'MULTI_SELECT', 'CHECKBOX');

-- band: choices-required 0.4 0.6
-- Share of choice questions that are required (about half).
SELECT avg(required::int) FROM "RegistrationQuestion"
 WHERE type::text IN ('SINGLE_SELECT', 'MULTI_SELECT', 'CHECKBOX');

-- band: views 40000 80000
-- Views in all.
SELECT count(*) FROM "EventView";

-- band: user-agents 2 20
-- Distinct user agents: a few.
SELECT count(DISTINCT "userAgent") FROM "EventView";

-- band: latest-five-are-members 0.80 1
-- Of the five latest RSVPs that the app names, the share that members take of
-- what they could.
SELECT sum(named)::float / sum(least(5, members))
  FROM (SELECT event_id, count(person_id) AS members,
               count(person_id) FILTER (WHERE place <= 5) AS named
          FROM (SELECT event_id, person_id,
                       row_number() OVER (PARTITION BY event_id
                                          ORDER BY booked DESC, id) AS place
                  FROM seat WHERE status = 'CONFIRMED') s
         GROUP BY event_id) e;

-- band: pending-friendships 0.15 0.25
-- Share of friendships that are PENDING (20 %).
SELECT avg((status::text = 'PENDING')::int) FROM "Friendship";

-- band: friendships-of-one-city 0.75 0.92
-- Share of friendships within one city.
SELECT avg((a.city_id = b.city_id)::int)
  FROM "Friendship" f
  JOIN person a ON a.id = f."userId"
  JOIN person b ON b.id = f."friendId";

-- band: same-profession-collaborators 0 0.05
-- Share of events with collaborators where two have one profession.
SELECT avg((people > professions)::int)
  FROM (SELECT count(*) AS people, count(DISTINCT p.profession) AS professions
          FROM "EventCollaborator" c JOIN person p ON p.id = c."userId"
         GROUP BY c."eventId") t;

-- band: collaborators-of-the-community 0.5 1
-- Share of collaborators who are members of the event's community.
SELECT avg((EXISTS (SELECT FROM "CommunityMembership" m
                     WHERE m."userId" = c."userId"
                       AND m."communityId" = o.community_id))::int)
  FROM "EventCollaborator" c JOIN occasion o ON o.id = c."eventId";

-- band: active-people-co-host 1 *
-- CO_HOST's share among ACTIVE collaborators, against that among the others.
SELECT avg((c.role::text = 'CO_HOST')::int) FILTER (WHERE p.style = 'ACTIVE')
       / nullif(avg((c.role::text = 'CO_HOST')::int)
                FILTER (WHERE p.style <> 'ACTIVE'), 0)
  FROM "EventCollaborator" c JOIN person p ON p.id = c."userId";

-- band: demo-coming-fortnight 0.4 1
-- Share of Alex's upcoming RSVPs that are in the next 14 days.
SELECT avg((s.starts < w.now + interval '14 days')::int)
  FROM seat s JOIN person p ON p.id = s.person_id AND p.is_demo CROSS JOIN world w
 WHERE s.starts >= w.now;

-- band: events-from-the-passes 1 1
-- Share of events whose series stands in the recorded answers.
SELECT avg((o.series IN (SELECT title FROM answer_event))::int) FROM occasion o;

-- band: recorded-events-used 1 1
-- Share of the recorded events that take place.
SELECT avg((a.title IN (SELECT title FROM occasion))::int) FROM answer_event a;

-- band: people-from-the-passes 1 1
-- Share of people, Alex aside, who stand in the recorded answers.
SELECT avg((p.name IN (SELECT name FROM answer_person))::int)
  FROM person p WHERE NOT p.is_demo;

-- band: communities-from-the-passes 1 1
-- Share of communities that stand in the recorded answers.
SELECT avg((c.name IN (SELECT name FROM answer_community))::int) FROM "Community" c;
