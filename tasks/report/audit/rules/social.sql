-- rule: friendship-one-row-a-pair
-- A pair of friends has one row, and nobody befriends themselves.
SELECT least("userId", "friendId") AS user_id,
       greatest("userId", "friendId") AS friend_id, count(*)
  FROM "Friendship" GROUP BY 1, 2
HAVING count(*) > 1 OR least("userId", "friendId") = greatest("userId", "friendId");

-- rule: friends-have-common-ground
-- Friends share a city, or two categories in which both are strong.
SELECT f.id, a.city, b.city AS friend_city
  FROM "Friendship" f
  JOIN person a ON a.id = f."userId"
  JOIN person b ON b.id = f."friendId"
 WHERE a.city_id IS DISTINCT FROM b.city_id
   AND (SELECT count(*)
          FROM "UserCategory" x
          JOIN "UserCategory" y ON y."categoryId" = x."categoryId"
         WHERE x."userId" = a.id AND y."userId" = b.id
           AND x."interestLevel" > 5 AND y."interestLevel" > 5) < 2;

-- rule: at-most-twenty-friends
-- Nobody has over 20 friends, PENDING ones counted.
SELECT id, count(*)
  FROM (SELECT "userId" AS id FROM "Friendship"
        UNION ALL SELECT "friendId" FROM "Friendship") f
 GROUP BY id HAVING count(*) > 20;

-- rule: nobody-blocked
-- A friendship is PENDING or ACCEPTED.
SELECT id, status FROM "Friendship" WHERE status::text = 'BLOCKED';

-- rule: the-more-active-asked
-- An ACTIVE person is never asked by one who is not.
SELECT f.id, a.style, b.style AS friend_style
  FROM "Friendship" f
  JOIN person a ON a.id = f."userId"
  JOIN person b ON b.id = f."friendId"
 WHERE b.style = 'ACTIVE' AND a.style <> 'ACTIVE';

-- rule: owner-is-admin
-- An owner is ADMIN of the community, and nobody else is but the demo user.
SELECT c.id, c.owner_id, m."userId", m.role
  FROM circle c
  LEFT JOIN "CommunityMembership" m
    ON m."communityId" = c.id AND m.role::text = 'ADMIN'
  LEFT JOIN person p ON p.id = m."userId"
 WHERE (m."userId" IS NULL OR (m."userId" <> c.owner_id AND NOT p.is_demo))
    OR NOT EXISTS (SELECT FROM "CommunityMembership" o
                    WHERE o."communityId" = c.id AND o."userId" = c.owner_id
                      AND o.role::text = 'ADMIN');

-- rule: owner-of-at-most-three
-- A person owns at most three communities.
SELECT owner_id, count(*) FROM circle GROUP BY owner_id HAVING count(*) > 3;

-- rule: two-moderators-at-most
-- A community has up to two moderators.
SELECT "communityId" AS id, count(*) FROM "CommunityMembership"
 WHERE role::text = 'MODERATOR' GROUP BY 1 HAVING count(*) > 2;

-- rule: active-people-moderate-first
-- No one else moderates while an ACTIVE member does not (the demo user aside).
SELECT m.id, p.style, a.id AS active_member_id
  FROM "CommunityMembership" m
  JOIN person p ON p.id = m."userId" AND p.style <> 'ACTIVE' AND NOT p.is_demo
  JOIN "CommunityMembership" a
    ON a."communityId" = m."communityId" AND a.role::text = 'MEMBER'
  JOIN person q ON q.id = a."userId" AND q.style = 'ACTIVE' AND NOT q.is_demo
 WHERE m.role::text = 'MODERATOR';

-- rule: four-collaborators-at-most
-- An event has up to four collaborators.
SELECT "eventId" AS id, count(*) FROM "EventCollaborator"
 GROUP BY 1 HAVING count(*) > 4;

-- rule: host-is-no-collaborator
-- A host is never a collaborator of the own event.
SELECT c.id, c."eventId" FROM "EventCollaborator" c
  JOIN occasion o ON o.id = c."eventId" WHERE o.host_id = c."userId";

-- rule: referrer-belongs-to-the-event
-- A referrer is the event's host, a collaborator or an ACTIVE attendee.
SELECT f.id, f."userId", f."eventId"
  FROM "EventReferral" f
  JOIN occasion o ON o.id = f."eventId"
  LEFT JOIN person p ON p.id = f."userId"
 WHERE f."userId" IS NULL
    OR (f."userId" <> o.host_id
        AND NOT EXISTS (SELECT FROM "EventCollaborator" c
                         WHERE c."eventId" = o.id AND c."userId" = f."userId")
        AND NOT (p.style = 'ACTIVE'
                 AND EXISTS (SELECT FROM seat s WHERE s.event_id = o.id
                                AND s.person_id = f."userId")));

-- rule: latest-names-include-a-member
-- Among the latest five confirmed RSVPs, whom the app names, is a member if any.
SELECT event_id, count(*) AS rsvps
  FROM (SELECT event_id, person_id,
               row_number() OVER (PARTITION BY event_id
                                  ORDER BY booked DESC, person_id IS NULL) AS place
          FROM seat WHERE status = 'CONFIRMED') s
 GROUP BY event_id
HAVING count(person_id) > 0 AND count(person_id) FILTER (WHERE place <= 5) = 0;

-- rule: community-openness
-- A community is public unless INVITE_ONLY.
SELECT id, "isPublic", exclusivity FROM "Community"
 WHERE "isPublic" <> (exclusivity::text <> 'INVITE_ONLY');

-- rule: event-openness
-- Events of an INVITE_ONLY community are MEMBER_ONLY, those of an
-- APPLICATION_BASED one require approval.
SELECT e.id, e.visibility, e."requiresApproval", c.exclusivity
  FROM "Event" e JOIN circle c ON c.id = e."communityId"
 WHERE e.visibility::text <> CASE c.exclusivity WHEN 'INVITE_ONLY'
                                  THEN 'MEMBER_ONLY' ELSE 'PUBLIC' END
    OR e."requiresApproval" <> (c.exclusivity = 'APPLICATION_BASED');

-- rule: event-is-published
-- Every event is published, neither hidden nor deleted.
SELECT id, status, "isPublished", "deletedAt" FROM "Event"
 WHERE NOT "isPublished" OR status::text <> 'PUBLISHED' OR "deletedAt" IS NOT NULL
    OR "locationHiddenUntilApproved";

-- rule: check-in-of-a-confirmed-rsvp
-- Only who is confirmed was checked in.
SELECT c.id, s.status FROM "CheckIn" c JOIN seat s ON s.id = c."rsvpId"
 WHERE s.status <> 'CONFIRMED';

-- rule: feedback-of-a-checked-in-guest
-- Feedback comes from people who were checked in at that event.
SELECT f.id, f."rsvpId"
  FROM "EventFeedback" f
  JOIN seat s ON s.id = f."rsvpId"
 WHERE s.event_id <> f."eventId"
    OR NOT EXISTS (SELECT FROM "CheckIn" c WHERE c."rsvpId" = s.id);

-- rule: invited-members-know-somebody
-- Members of an INVITE_ONLY community are circle-mates or friends of other members,
-- unless nothing else in the city fits them (the demo user aside).
SELECT m.id, m."userId", m."communityId"
  FROM "CommunityMembership" m
  JOIN circle c ON c.id = m."communityId" AND c.exclusivity = 'INVITE_ONLY'
  JOIN person p ON p.id = m."userId" AND NOT p.is_demo AND p.id <> c.owner_id
  LEFT JOIN answer_person a ON a.name = p.name AND a.city = p.city
 WHERE NOT EXISTS (SELECT FROM "CommunityMembership" n
                     JOIN "Friendship" f
                       ON (f."userId", f."friendId")
                          IN ((n."userId", p.id), (p.id, n."userId"))
                    WHERE n."communityId" = c.id)
   AND NOT EXISTS (SELECT FROM "CommunityMembership" n
                     JOIN person q ON q.id = n."userId" AND q.id <> p.id
                     JOIN answer_person b ON b.name = q.name AND b.city = p.city
                    WHERE n."communityId" = c.id AND q.city = p.city
                      AND EXISTS (SELECT
                                    FROM jsonb_array_elements_text(
                                             a.doc->'circles') AS x
                                   WHERE b.doc->'circles' ? x))
   AND EXISTS (SELECT FROM circle k
                 JOIN "UserCategory" uc ON uc."categoryId" = ANY (k.categories)
                WHERE uc."userId" = p.id AND k.city_id = p.city_id
                  AND k.exclusivity <> 'INVITE_ONLY');
