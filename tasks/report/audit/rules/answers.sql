-- rule: event-in-the-city-that-wrote-it
-- An event belongs to the community and the city that its answer gave.
SELECT o.id, o.title, o.city, a.city AS answer_city, c.name, a.community
  FROM occasion o
  JOIN answer_event a ON a.title = o.series
  JOIN "Community" c ON c.id = o.community_id
 WHERE (o.city, c.name) IS DISTINCT FROM (a.city, a.community);

-- rule: event-on-its-weekday
-- An event takes place on a weekday that its community gave.
SELECT o.id, o.title, o.starts, a.doc->'weekdays' AS weekdays
  FROM occasion o JOIN answer_event a ON a.title = o.series
 WHERE NOT a.doc->'weekdays' ? lower(to_char(
           o.starts AT TIME ZONE 'UTC' AT TIME ZONE o.timezone, 'Dy'));

-- rule: event-at-its-local-hour
-- An event starts at the local hour that its community gave, summer time included.
SELECT o.id, o.title, o.starts, o.timezone, a.doc->>'start_time' AS start_time
  FROM occasion o JOIN answer_event a ON a.title = o.series
 WHERE to_char(o.starts AT TIME ZONE 'UTC' AT TIME ZONE o.timezone, 'HH24:MI')
       <> a.doc->>'start_time';

-- rule: event-as-long-as-written
-- An event lasts as many minutes as its community gave.
SELECT o.id, o.title, o.ends - o.starts AS lasts, a.doc->'duration_minutes' AS minutes
  FROM occasion o JOIN answer_event a ON a.title = o.series
 WHERE extract(epoch FROM o.ends - o.starts) / 60
       <> (a.doc->>'duration_minutes')::int;

-- rule: seasonal-event-in-its-season
-- An event tied to months takes place in one of them; of a world that was slid,
-- this is asked in the week it was made for.
SELECT o.id, o.title, o.starts, a.doc->'months' AS months
  FROM occasion o JOIN answer_event a ON a.title = o.series CROSS JOIN world w
 WHERE a.doc->'months' <> '[]'
   AND NOT a.doc->'months' @> to_jsonb(extract(month FROM
           o.starts AT TIME ZONE 'UTC' AT TIME ZONE o.timezone - w.slid)::int);

-- rule: only-seasonal-events-lie-far-ahead
-- An event that is not tied to months starts within 60 days.
SELECT o.id, o.title, o.starts
  FROM occasion o JOIN answer_event a ON a.title = o.series CROSS JOIN world w
 WHERE a.doc->'months' = '[]' AND o.starts > w.now + interval '61 days';

-- rule: event-reads-as-written
-- An event's texts, capacity and kind are those of its answer.
SELECT o.id, o.title, o.capacity, o.kind
  FROM occasion o
  JOIN "Event" e ON e.id = o.id
  JOIN answer_event a ON a.title = o.series
 WHERE (e.subtitle, e.description, e.capacity, o.kind)
       IS DISTINCT FROM (a.doc->>'subtitle', a.doc->>'description',
                         (a.doc->>'capacity')::int, a.doc->>'location_type');

-- rule: tiers-as-written
-- An event's tiers are those of its answer, with name, text, price and total.
SELECT o.id, o.title
  FROM occasion o JOIN answer_event a ON a.title = o.series
 WHERE ARRAY(SELECT (t.name, t.description, t."priceCents", t."quantityTotal")::text
               FROM "TicketTier" t WHERE t."eventId" = o.id ORDER BY 1)
       <> ARRAY(SELECT (t->>'name', t->>'description', (t->>'price_cents')::int,
                        (t->>'capacity')::int)::text
                  FROM jsonb_array_elements(a.doc->'ticket_tiers') AS t ORDER BY 1);

-- rule: promo-code-as-written
-- An original event's promo codes are those of its answer.
SELECT o.id, o.title
  FROM occasion o JOIN answer_event a ON a.title = o.title
 WHERE ARRAY(SELECT (c.code, c."percentOff")::text FROM "PromoCode" c
              WHERE c."eventId" = o.id ORDER BY 1)
       <> ARRAY(SELECT (c->>'code', (c->>'percent_off')::int)::text
                  FROM jsonb_array_elements(a.doc->'promo_codes') AS c ORDER BY 1);

-- rule: questions-as-written
-- An event asks what its answer asks, in the same order.
SELECT o.id, o.title
  FROM occasion o JOIN answer_event a ON a.title = o.series
 WHERE ARRAY(SELECT q.label || ' ' || q.type || ' ' || to_jsonb(q.options)
               FROM "RegistrationQuestion" q WHERE q."eventId" = o.id
              ORDER BY q.position)
       <> ARRAY(SELECT q.doc->>'label' || ' ' || (q.doc->>'type') || ' '
                       || (q.doc->'options')
                  FROM jsonb_array_elements(a.doc->'questions')
                       WITH ORDINALITY AS q (doc, place) ORDER BY q.place);

-- rule: venue-as-written
-- A venue that the answer names is where the event takes place.
SELECT o.id, o.title, e."venueName", a.doc->>'venue' AS venue
  FROM occasion o
  JOIN "Event" e ON e.id = o.id
  JOIN answer_event a ON a.title = o.series
 WHERE o.on_site AND a.doc->>'venue' IS NOT NULL
   AND e."venueName" <> a.doc->>'venue';

-- rule: chosen-venue-is-the-citys
-- Where the answer names no venue, it is one of the city's that holds the event.
SELECT o.id, o.title, e."venueName", o.capacity, v.capacity AS venue_capacity
  FROM occasion o
  JOIN "Event" e ON e.id = o.id
  JOIN answer_event a ON a.title = o.series
  LEFT JOIN answer_venue v ON v.city = o.city AND v.name = e."venueName"
 WHERE o.on_site AND a.doc->>'venue' IS NULL
   AND (v.name IS NULL
        OR (v.capacity < o.capacity
            AND EXISTS (SELECT FROM answer_venue x
                         WHERE x.city = o.city AND x.capacity >= o.capacity)));

-- rule: venue-address-as-written
-- A listed venue's address is its neighbourhood, city and country, another one's
-- the city and country.
SELECT o.id, e."venueName", e."venueAddress"
  FROM occasion o
  JOIN "Event" e ON e.id = o.id
  JOIN "Location" l ON l.id = o.city_id
  JOIN answer_event a ON a.title = o.series
  LEFT JOIN answer_venue v ON v.city = o.city AND v.name = e."venueName"
 WHERE o.on_site
   AND e."venueAddress" IS DISTINCT FROM
       coalesce(v.neighbourhood || ', ', '') || l.name || ', ' || l.country;

-- rule: host-message-as-written
-- A host message is what the event's answer says.
SELECT m.id, o.title, m.content
  FROM "EventMessage" m
  JOIN occasion o ON o.id = m."eventId"
  JOIN answer_event a ON a.title = o.title
 WHERE m.content <> a.doc->>'host_message';

-- rule: review-as-written
-- A review is one of the event's own, with its rating.
SELECT f.id, o.title, f.rating, f.comment
  FROM "EventFeedback" f
  JOIN occasion o ON o.id = f."eventId"
  JOIN answer_event a ON a.title = o.series
 WHERE f.comment IS NOT NULL
   AND NOT a.doc->'reviews' @> jsonb_build_array(
           jsonb_build_object('rating', f.rating, 'comment', f.comment));

-- rule: community-as-written
-- A community's text, style and categories are those of its answer.
SELECT c.id, c.name
  FROM "Community" c
  JOIN circle k ON k.id = c.id
  JOIN answer_community a ON a.name = c.name
 WHERE (c.description, c."targetAudience", c.exclusivity::text, k.city)
       IS DISTINCT FROM (a.doc->>'description', a.doc->>'target_audience',
                         a.doc->>'membership_style', a.city)
    OR (cardinality(k.categories) > 0
        AND ARRAY(SELECT g.slug FROM "Category" g
                   WHERE g.id = ANY (k.categories) ORDER BY 1)
            <> ARRAY(SELECT x FROM jsonb_array_elements_text(a.doc->'categories') AS x
                      ORDER BY 1));

-- rule: membership-tiers-as-written
-- A community's tiers are those of its answer.
SELECT c.id, c.name
  FROM "Community" c JOIN answer_community a ON a.name = c.name
 WHERE ARRAY(SELECT (t.name, t.description, t."priceCents",
                     to_jsonb(t.benefits))::text
               FROM "MembershipTier" t WHERE t."communityId" = c.id ORDER BY 1)
       <> ARRAY(SELECT (t->>'name', t->>'description', (t->>'price_cents')::int,
                        t->'benefits')::text
                  FROM jsonb_array_elements(a.doc->'tiers') AS t ORDER BY 1);

-- rule: person-as-written
-- A person is who the answer says: home, work, temperament and bio.
SELECT u.id, u.name
  FROM "User" u
  JOIN person p ON p.id = u.id
  JOIN answer_person a ON a.name = u.name
 WHERE (p.city, u.profession, u."experienceLevel"::text, p.style, p.spending, u.bio)
       IS DISTINCT FROM (a.city, a.doc->>'profession', a.doc->>'experience_level',
                         a.doc->>'networking_style', a.doc->>'spending_power',
                         a.doc->>'bio');

-- rule: interests-as-written
-- A person's interests and their levels are those of the answer.
SELECT p.id, p.name
  FROM person p JOIN answer_person a ON a.name = p.name
 WHERE ARRAY(SELECT g.slug || ' ' || uc."interestLevel"
               FROM "UserCategory" uc JOIN "Category" g ON g.id = uc."categoryId"
              WHERE uc."userId" = p.id ORDER BY 1)
       <> ARRAY(SELECT i->>'category' || ' ' || (i->>'level')
                  FROM jsonb_array_elements(a.doc->'interests') AS i ORDER BY 1);

-- rule: cohort-follows-circles
-- Who is not ACTIVE is of the FRIEND_GROUP with a circle, CASUAL without.
SELECT u.id, u.name, u."userCohort", a.doc->'circles' AS circles
  FROM "User" u JOIN answer_person a ON a.name = u.name
 WHERE u."networkingStyle"::text <> 'ACTIVE'
   AND (u."userCohort"::text = 'FRIEND_GROUP') <> (a.doc->'circles' <> '[]');

-- rule: traveller-to-a-destination
-- People travel to conferences, festivals, hackathons, exhibitions, tournaments.
SELECT s.id, p.city, o.city AS event_city, a.doc->>'event_type' AS event_type
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
  JOIN answer_event a ON a.title = o.series
 WHERE s.on_site AND p.city_id <> o.city_id
   AND a.doc->>'event_type' NOT IN
       ('conference', 'festival', 'hackathon', 'exhibition', 'tournament');
