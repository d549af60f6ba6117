-- figure: memberships-with-shared-category
-- Share of memberships where person and community share a category.
SELECT avg((EXISTS (SELECT FROM "UserCategory" uc
                     WHERE uc."userId" = m."userId"
                       AND uc."categoryId" = ANY (c.categories)))::int)
  FROM "CommunityMembership" m JOIN circle c ON c.id = m."communityId";

-- figure: events-with-referral
-- Share of events with a referral code (a third).
SELECT avg((EXISTS (SELECT FROM "EventReferral" f WHERE f."eventId" = o.id))::int)
  FROM occasion o;

-- figure: pending-friendships
-- Share of friendships that are PENDING (20 %).
SELECT avg((status::text = 'PENDING')::int) FROM "Friendship";

-- figure: same-profession-collaborators
-- Share of events with collaborators where two have one profession.
SELECT avg((people > professions)::int)
  FROM (SELECT count(*) AS people, count(DISTINCT p.profession) AS professions
          FROM "EventCollaborator" c JOIN person p ON p.id = c."userId"
         GROUP BY c."eventId") t;

-- figure: active-people-co-host
-- CO_HOST's share among ACTIVE collaborators, against that among the others.
SELECT avg((c.role::text = 'CO_HOST')::int) FILTER (WHERE p.style = 'ACTIVE')
       / nullif(avg((c.role::text = 'CO_HOST')::int)
                FILTER (WHERE p.style <> 'ACTIVE'), 0)
  FROM "EventCollaborator" c JOIN person p ON p.id = c."userId";
