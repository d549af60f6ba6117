-- figure: locals-share-on-site
-- Share of members' RSVPs at PHYSICAL and HYBRID events that are by locals.
SELECT avg((p.city_id = o.city_id)::int)
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
 WHERE s.on_site;

-- figure: some-people-travel
-- Share of members' on-site RSVPs by travellers: few, but there are some.
SELECT avg((p.city_id <> o.city_id)::int)
  FROM seat s
  JOIN person p ON p.id = s.person_id
  JOIN occasion o ON o.id = s.event_id
 WHERE s.on_site;

-- figure: collaborators-of-the-community
-- Share of collaborators who are members of the event's community.
SELECT avg((EXISTS (SELECT FROM "CommunityMembership" m
                     WHERE m."userId" = c."userId"
                       AND m."communityId" = o.community_id))::int)
  FROM "EventCollaborator" c JOIN occasion o ON o.id = c."eventId";
