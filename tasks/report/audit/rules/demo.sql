-- rule: demo-account
-- Alex Demo is there, as the app's demo button expects.
SELECT 'demo@rsvped.app' AS missing_id
 WHERE NOT EXISTS (SELECT FROM "User"
                    WHERE email = 'demo@rsvped.app' AND name = 'Alex Demo'
                      AND username = 'alexdemo' AND profession = 'Product Designer'
                      AND industry = 'Technology' AND "isDemo");

-- rule: demo-city [needs whole world]
-- Alex lives in the city with the most events (ties by slug).
SELECT p.id, p.city, c.city AS busiest
  FROM person p
 CROSS JOIN (SELECT city FROM occasion GROUP BY city
              ORDER BY count(*) DESC, city COLLATE "C" LIMIT 1) c
 WHERE p.is_demo AND p.city IS DISTINCT FROM c.city;

-- rule: demo-joins-every-fitting-community
-- Alex is a member of every community of the city that shares a category.
SELECT c.id, c.city
  FROM circle c JOIN person p ON p.is_demo AND p.city_id = c.city_id
 WHERE EXISTS (SELECT FROM "UserCategory" uc
                WHERE uc."userId" = p.id AND uc."categoryId" = ANY (c.categories))
   AND NOT EXISTS (SELECT FROM "CommunityMembership" m
                    WHERE m."userId" = p.id AND m."communityId" = c.id);

-- rule: demo-joins-elsewhere-for-online-events
-- Elsewhere Alex joins only communities that have events online.
SELECT m.id, c.city
  FROM "CommunityMembership" m
  JOIN person p ON p.id = m."userId" AND p.is_demo
  JOIN circle c ON c.id = m."communityId" AND c.city_id <> p.city_id
 WHERE NOT EXISTS (SELECT FROM occasion o
                    WHERE o.community_id = c.id AND o.kind <> 'PHYSICAL');

-- rule: demo-joins-three-elsewhere-at-most
-- Alex joins up to three communities elsewhere.
SELECT p.id, count(*)
  FROM person p
  JOIN "CommunityMembership" m ON m."userId" = p.id
  JOIN circle c ON c.id = m."communityId" AND c.city_id <> p.city_id
 WHERE p.is_demo GROUP BY p.id HAVING count(*) > 3;

-- rule: demo-admin-of-one-to-three [needs whole world]
-- Alex is ADMIN of one to three communities.
SELECT p.id, count(m.id)
  FROM person p
  LEFT JOIN "CommunityMembership" m ON m."userId" = p.id AND m.role::text = 'ADMIN'
 WHERE p.is_demo GROUP BY p.id HAVING count(m.id) NOT BETWEEN 1 AND 3;

-- rule: demo-hosts-four-or-five [needs whole world]
-- Alex hosts 4 or 5 events, one of them over and with feedback.
SELECT p.id, count(o.id) AS hosted
  FROM person p
  LEFT JOIN occasion o ON o.host_id = p.id
 WHERE p.is_demo
 GROUP BY p.id
HAVING count(o.id) NOT IN (4, 5)
    OR NOT coalesce(bool_or(o.is_over
           AND EXISTS (SELECT FROM "EventFeedback" f WHERE f."eventId" = o.id)),
                    false);

-- rule: demo-goes-to-twelve [needs whole world]
-- Alex has 12 RSVPs or more, on at most one trip.
SELECT p.id, count(s.id) AS rsvps,
       count(s.id) FILTER (WHERE s.on_site AND o.city_id <> p.city_id) AS trips
  FROM person p
  LEFT JOIN seat s ON s.person_id = p.id
  LEFT JOIN occasion o ON o.id = s.event_id
 WHERE p.is_demo
 GROUP BY p.id
HAVING count(s.id) < 12
    OR count(s.id) FILTER (WHERE s.on_site AND o.city_id <> p.city_id) > 1;

-- rule: demo-friends [needs whole world]
-- Alex has 8 to 12 friends, two of them PENDING.
SELECT p.id, count(f.id) AS friends,
       count(f.id) FILTER (WHERE f.status::text = 'PENDING') AS pending
  FROM person p
  LEFT JOIN "Friendship" f ON p.id IN (f."userId", f."friendId")
 WHERE p.is_demo
 GROUP BY p.id
HAVING count(f.id) NOT BETWEEN 8 AND 12
    OR count(f.id) FILTER (WHERE f.status::text = 'PENDING') <> 2;

-- rule: demo-is-active [needs whole world]
-- Alex has activities, and friends who have some for the feed.
SELECT p.id
  FROM person p
 WHERE p.is_demo
   AND (NOT EXISTS (SELECT FROM "UserActivity" a WHERE a."userId" = p.id)
        OR NOT EXISTS (SELECT FROM "Friendship" f
                         JOIN "UserActivity" a
                           ON a."userId" IN (f."userId", f."friendId")
                          AND a."userId" <> p.id
                        WHERE p.id IN (f."userId", f."friendId")
                          AND f.status::text = 'ACCEPTED'));
