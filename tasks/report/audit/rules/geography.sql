-- rule: event-complete
-- Every event has a city, a community, a capacity and a day of publication.
SELECT id, title FROM "Event"
 WHERE num_nulls("locationId", "communityId", capacity, "publishedAt") > 0;

-- rule: event-in-its-communitys-city
-- A community's events take place in the city of the community's owner.
SELECT o.id, o.city, c.city AS community_city
  FROM occasion o JOIN circle c ON c.id = o.community_id
 WHERE o.city_id IS DISTINCT FROM c.city_id;

-- rule: event-timezone-of-its-city
-- An event, ONLINE ones too, has the time zone of its city.
SELECT o.id, o.timezone, l.timezone AS city_timezone
  FROM occasion o JOIN "Location" l ON l.id = o.city_id
 WHERE o.timezone <> l.timezone;

-- rule: community-events-share-categories
-- Event categories are the community's: the same 1 to 3 for all of its events.
SELECT o.id, o.community_id, o.topics
  FROM occasion o JOIN circle c ON c.id = o.community_id
 WHERE o.topics NOT BETWEEN 1 AND 3 OR o.topics <> cardinality(c.categories);

-- rule: host-lives-in-the-city
-- A host lives in the event's city.
SELECT o.id, o.city, p.city AS host_city
  FROM occasion o JOIN person p ON p.id = o.host_id
 WHERE o.city_id IS DISTINCT FROM p.city_id;

-- rule: host-belongs-to-the-community
-- A host is a member of the event's community.
SELECT o.id, o.host_id, o.community_id
  FROM occasion o
 WHERE NOT EXISTS (SELECT FROM "CommunityMembership" m
                    WHERE m."userId" = o.host_id
                      AND m."communityId" = o.community_id);

-- rule: host-shares-a-category
-- A host shares a category with the event.
SELECT o.id, o.host_id
  FROM occasion o
 WHERE NOT EXISTS (SELECT FROM "EventCategory" ec
                     JOIN "UserCategory" uc ON uc."categoryId" = ec."categoryId"
                    WHERE ec."eventId" = o.id AND uc."userId" = o.host_id);

-- rule: owner-shares-a-category
-- An owner shares a category with the community.
SELECT c.id, c.owner_id
  FROM circle c
 WHERE cardinality(c.categories) > 0
   AND NOT EXISTS (SELECT FROM "UserCategory" uc
                    WHERE uc."userId" = c.owner_id
                      AND uc."categoryId" = ANY (c.categories));

-- rule: member-lives-in-the-city
-- Members are locals; only the demo user joins communities elsewhere.
SELECT m.id, p.city, c.city AS community_city
  FROM "CommunityMembership" m
  JOIN person p ON p.id = m."userId"
  JOIN circle c ON c.id = m."communityId"
 WHERE p.city_id IS DISTINCT FROM c.city_id AND NOT p.is_demo;

-- rule: everybody-belongs-somewhere
-- Everybody is a member somewhere, and where the city has a community that
-- shares a category with them, of one that does.
SELECT p.id, p.city
  FROM person p
 WHERE NOT EXISTS (SELECT FROM "CommunityMembership" m WHERE m."userId" = p.id)
    OR (EXISTS (SELECT FROM circle c JOIN "UserCategory" uc
                    ON uc."categoryId" = ANY (c.categories)
                 WHERE c.city_id = p.city_id AND uc."userId" = p.id)
        AND NOT EXISTS (SELECT FROM "CommunityMembership" m
                          JOIN circle c ON c.id = m."communityId"
                          JOIN "UserCategory" uc
                            ON uc."categoryId" = ANY (c.categories)
                         WHERE m."userId" = p.id AND uc."userId" = p.id));

-- rule: collaborator-lives-in-the-city
-- Collaborators are locals of the event's city.
SELECT ec.id, o.city, p.city AS collaborator_city
  FROM "EventCollaborator" ec
  JOIN occasion o ON o.id = ec."eventId"
  JOIN person p ON p.id = ec."userId"
 WHERE o.city_id IS DISTINCT FROM p.city_id;

-- rule: place-follows-location-type
-- PHYSICAL has a venue and address and no link, ONLINE a link alone, HYBRID both.
SELECT id, "locationType", "venueName", "venueAddress", "onlineUrl"
  FROM "Event"
 WHERE (num_nonnulls("venueName", "venueAddress"), num_nonnulls("onlineUrl"))
       <> CASE "locationType"::text WHEN 'PHYSICAL' THEN (2, 0)
               WHEN 'ONLINE' THEN (0, 1) ELSE (2, 1) END;

-- rule: address-names-the-city
-- A venue's address ends with its city and country.
SELECT e.id, e."venueAddress", l.name AS city
  FROM "Event" e JOIN "Location" l ON l.id = e."locationId"
 WHERE e."venueAddress" IS NOT NULL
   AND right(', ' || e."venueAddress", length(l.name || l.country) + 4)
       <> ', ' || l.name || ', ' || l.country;

-- rule: venue-in-one-city
-- A venue is never in two cities, and has one address.
SELECT min(id) AS id, lower("venueName") AS venue,
       count(DISTINCT "locationId") AS cities,
       array_agg(DISTINCT "venueAddress") AS addresses
  FROM "Event" WHERE "venueName" IS NOT NULL
 GROUP BY 2
HAVING count(DISTINCT "locationId") > 1 OR count(DISTINCT "venueAddress") > 1;

-- rule: venue-holds-one-event-at-a-time
-- A venue holds one event at a time.
SELECT a.id, b.id AS other_id, a."venueName", a."startDate", b."startDate"
  FROM "Event" a
  JOIN "Event" b
    ON b."locationId" = a."locationId" AND b.id > a.id
   AND lower(b."venueName") = lower(a."venueName")
   AND b."startDate" < a."endDate" AND a."startDate" < b."endDate";

-- rule: traveller-has-a-strong-reason
-- Who comes from another city shares two strong categories, or all of the event's.
SELECT s.id, s.person_id, s.event_id, t.strong, t.topics
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
  JOIN taste t ON t.rsvp_id = s.id
 WHERE s.on_site AND p.city_id IS DISTINCT FROM o.city_id
   AND t.strong < least(2, t.topics);

-- rule: traveller-stays-in-reach
-- Who comes from another city lives in the same country or within 1,000 km.
SELECT s.id, p.city, o.city AS event_city
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
  JOIN vocabulary_city a ON a.slug = p.city
  JOIN vocabulary_city b ON b.slug = o.city
 WHERE s.on_site AND p.city_id <> o.city_id AND p.country <> o.country
   AND 2 * 6371 * asin(least(1, sqrt(
         power(sind((a.latitude - b.latitude) / 2), 2)
         + cosd(a.latitude) * cosd(b.latitude)
           * power(sind((a.longitude - b.longitude) / 2), 2)))) > 1000;

-- rule: traveller-has-fourteen-hours
-- Between a trip and any other on-site RSVP or hosting lie 14 hours.
SELECT s.id, c.event_id AS other_event_id, s.starts, c.starts AS other_starts
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
  JOIN commitment c
    ON c.person_id = s.person_id AND c.event_id <> s.event_id AND c.on_site
   AND c.starts < s.ends + interval '14 hours'
   AND s.starts < c.ends + interval '14 hours'
 WHERE s.on_site AND s.status = 'CONFIRMED' AND p.city_id <> o.city_id;

-- rule: online-member-shares-a-category
-- Members come to ONLINE events only with a shared category.
SELECT s.id, s.person_id, s.event_id
  FROM seat s JOIN taste t ON t.rsvp_id = s.id
 WHERE NOT s.on_site AND t.overlap = 0;

-- rule: online-member-is-awake
-- An ONLINE event starts between 07 and 23 of each member's own local time. Members'
-- zones change on other days than the event's: of a world that was slid, this is
-- asked in the week it was made for, and now none of them is up between 1 and 5.
SELECT s.id, s.person_id, s.starts, p.timezone
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
 CROSS JOIN world w
 WHERE NOT s.on_site
   AND (extract(hour FROM (s.starts AT TIME ZONE 'UTC' AT TIME ZONE o.timezone
                           - w.slid) AT TIME ZONE o.timezone AT TIME ZONE p.timezone)
        NOT BETWEEN 7 AND 22
        OR extract(hour FROM s.starts AT TIME ZONE 'UTC' AT TIME ZONE p.timezone)
           BETWEEN 1 AND 4);

-- rule: online-members-take-few-seats
-- Members hold at most 15 % of an ONLINE event's seats.
SELECT o.id, count(*) AS members, o.seats
  FROM occasion o JOIN seat s ON s.event_id = o.id
 WHERE NOT o.on_site AND s.person_id IS NOT NULL
 GROUP BY o.id, o.seats HAVING count(*) > 0.15 * o.seats;

-- rule: online-events-two-a-person
-- A person goes to two ONLINE events at most, the demo user to six.
SELECT s.person_id, count(*)
  FROM seat s JOIN person p ON p.id = s.person_id
 WHERE NOT s.on_site
 GROUP BY s.person_id, p.is_demo
HAVING count(*) > CASE WHEN p.is_demo THEN 6 ELSE 2 END;

-- rule: uninterested-stay-away
-- Nobody with an RSVP score below 0.1 has an RSVP.
SELECT t.rsvp_id, t.person_id, t.event_id, t.overlap, t.topics
  FROM taste t JOIN person p ON p.id = t.person_id
 WHERE t.overlap::numeric / greatest(t.topics, 1)
       + CASE p.style WHEN 'ACTIVE' THEN 0.3 WHEN 'CASUAL' THEN 0.1
              ELSE CASE WHEN t.overlap::numeric / greatest(t.topics, 1) > 0.5
                        THEN 0.2 ELSE -0.2 END END
       + CASE WHEN coalesce(p.profession, '') <> '' AND t.topics > 0
              THEN 0.1 ELSE 0 END < 0.1;
