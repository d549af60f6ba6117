-- rule: id-format
-- An id has 25 characters and begins with c, as the app's own cuids.
SELECT source, id FROM identifier WHERE id !~ '^c[0-9a-z]{24}$';

-- rule: one-world-tag
-- Every row but categories, cities and the demo user carries the world's tag.
SELECT i.source, i.id, w.tag
  FROM identifier i CROSS JOIN world w
 WHERE i.source NOT IN ('Category', 'Location')
   AND i.id NOT IN (SELECT id FROM person WHERE is_demo)
   AND substr(i.id, 2, length(w.tag)) <> w.tag;

-- rule: login-tables-empty
-- Sign-ins leave no rows: Account, Session and VerificationToken stay empty.
SELECT 'Account' AS source, "userId" AS id FROM "Account"
UNION ALL SELECT 'Session', "userId" FROM "Session"
UNION ALL SELECT 'VerificationToken', NULL FROM "VerificationToken";

-- rule: locations-as-vocabulary
-- The cities are those of the vocabulary, word for word.
SELECT coalesce(l.slug, v.slug) AS city, l.name, l.country, l.timezone
  FROM "Location" l FULL JOIN vocabulary_city v ON v.slug = l.slug
 WHERE (l.name, l.country, l.continent, l.timezone)
       IS DISTINCT FROM (v.name, v.country, v.continent, v.timezone);

-- rule: categories-as-vocabulary
-- The categories are those of the vocabulary, word for word.
SELECT coalesce(c.slug, v.slug) AS category_id, c.name, c.subcategories
  FROM "Category" c FULL JOIN vocabulary_category v ON v.slug = c.slug
 WHERE (c.name, c.subcategories) IS DISTINCT FROM (v.name, v.subcategories);

-- rule: location-icon
-- A city's icon is the bare file name <slug>-icon.png.
SELECT id, slug, "iconPath" FROM "Location" WHERE "iconPath" <> slug || '-icon.png';

-- rule: location-dates-come-first
-- A city's dates are fixed before every other date.
SELECT l.id, l.slug, l."createdAt", l."updatedAt"
  FROM "Location" l
 WHERE greatest(l."createdAt", l."updatedAt") >=
       (SELECT min(instant) FROM moment WHERE source NOT LIKE 'Location.%');

-- rule: person-complete
-- A person's profile has no gap that a page would show. No pass writes Alex a bio.
SELECT id, name, email
  FROM "User"
 WHERE num_nulls(name, email, username, image, password, "emailVerified",
                 "locationId", "experienceLevel", industry, interests,
                 "networkingStyle", profession, "spendingPower", "userCohort") > 0
    OR bio IS NULL AND email <> 'demo@rsvped.app';

-- rule: username-format
-- A username has 3 to 30 of a-z, 0-9 and underscore.
SELECT id, username FROM "User"
 WHERE coalesce(username, '') !~ '^[a-z0-9_]{3,30}$';

-- rule: person-email-format
-- An e-mail is <first>.<last>[suffix], or the half that ASCII can write, at an example
-- domain, the demo user's aside.
SELECT id, email FROM person
 WHERE NOT is_demo
   AND email !~ '^[a-z0-9_-]+(\.[a-z0-9_-]+)*@example\.(com|org|net)$';

-- rule: email-verified-at-joining
-- The e-mail was verified when the person joined.
SELECT id, "emailVerified", "createdAt" FROM "User"
 WHERE "emailVerified" IS DISTINCT FROM "createdAt";

-- rule: avatar-host
-- A person's picture is the app's own kind of avatar.
SELECT id, image FROM "User"
 WHERE image !~ '^https://api\.dicebear\.com/[^ ]+$';

-- rule: everybody-a-plain-user
-- Role is USER for all, and isDemo is true of the demo user alone.
SELECT id, email, role, "isDemo" FROM "User"
 WHERE role::text <> 'USER' OR "isDemo" <> (email = 'demo@rsvped.app');

-- rule: password-bcrypt-cost-10
-- A password is a bcrypt hash of cost 10, which the app's login reads.
SELECT id, email FROM "User"
 WHERE coalesce(password, '') !~ '^\$2b\$10\$[./A-Za-z0-9]{53}$';

-- rule: password-hashes-differ
-- No two people have the same hash: each has their own salt.
SELECT min(id) AS id, count(*) FROM "User" GROUP BY password HAVING count(*) > 1;

-- rule: interests-are-their-categories
-- User.interests names the person's categories, no more and no less.
SELECT u.id, u.interests
  FROM "User" u
 WHERE ARRAY(SELECT x FROM unnest(u.interests) AS x ORDER BY x)
       IS DISTINCT FROM
       ARRAY(SELECT c.name FROM "UserCategory" uc
               JOIN "Category" c ON c.id = uc."categoryId"
              WHERE uc."userId" = u.id ORDER BY c.name);

-- rule: interests-within-limits
-- A person has 1 to 5 interests (the demo user 8), each of level 1 to 10.
SELECT p.id, count(uc."categoryId") AS interests
  FROM person p LEFT JOIN "UserCategory" uc ON uc."userId" = p.id
 GROUP BY p.id, p.is_demo
HAVING (NOT p.is_demo AND count(uc."categoryId") NOT BETWEEN 1 AND 5)
    OR (p.is_demo AND count(uc."categoryId") <> 8)
    OR bool_or(uc."interestLevel" NOT BETWEEN 1 AND 10);

-- rule: cohort-follows-style
-- POWER is the cohort of ACTIVE people and of nobody else.
SELECT id, "networkingStyle", "userCohort" FROM "User"
 WHERE ("networkingStyle"::text = 'ACTIVE') <> ("userCohort"::text = 'POWER');

-- rule: slug-format
-- A slug is lower case a-z, 0-9 and single hyphens, at most 48 characters.
SELECT source, id, slug
  FROM (SELECT 'Community' AS source, id, slug FROM "Community"
        UNION ALL SELECT 'Event', id, slug FROM "Event"
        UNION ALL SELECT 'Category', id, slug FROM "Category"
        UNION ALL SELECT 'Location', id, slug FROM "Location"
        UNION ALL SELECT 'MembershipTier', id, slug FROM "MembershipTier") s
 WHERE slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' OR length(slug) > 48;

-- rule: event-slug-ends-with-its-id
-- An event's slug ends with a piece of the event's own id.
SELECT id, slug FROM "Event"
 WHERE position(substring(slug FROM '[^-]*$') IN id) = 0 OR slug !~ '-';

-- rule: membership-tier-slug-unique
-- Two tiers of a community do not share a slug or a name.
SELECT a.id, b.id AS other_id, a.slug, b.slug AS other_slug
  FROM "MembershipTier" a
  JOIN "MembershipTier" b
    ON b."communityId" = a."communityId" AND b.id > a.id
   AND (b.slug = a.slug OR b.name = a.name);

-- rule: cover-image-host
-- Every cover image comes from a host that the app may show.
SELECT source, id, url
  FROM (SELECT 'Event' AS source, id, "coverImage" AS url FROM "Event"
        UNION ALL SELECT 'Community', id, "coverImage" FROM "Community"
        UNION ALL SELECT 'Location', id, "coverImage" FROM "Location") c
 WHERE coalesce(url, '') !~ ('^https://(images\.unsplash\.com|source\.unsplash'
       '\.com|picsum\.photos|api\.dicebear\.com|lh3\.googleusercontent\.com)/');

-- rule: guest-is-no-member
-- A guest has neither the name nor the address of a person with an account.
SELECT s.id, s.name, s.email
  FROM seat s
 WHERE s.person_id IS NULL
   AND (s.email IN (SELECT email FROM person)
        OR s.name IN (SELECT name FROM person));

-- rule: guest-address-used-once
-- Each guest's RSVP has an address of its own.
SELECT min(id) AS id, email, count(*) FROM seat WHERE person_id IS NULL
 GROUP BY email HAVING count(*) > 1;

-- rule: guest-email-format
-- A guest has a name, and the address <name>.<piece of id>@example.com.
SELECT id, name, email FROM seat
 WHERE person_id IS NULL
   AND (coalesce(name, '') = ''
        OR email !~ '^[a-z0-9._-]+\.[a-z0-9]+@example\.com$');

-- rule: member-rsvp-names-the-member
-- A member's RSVP bears the member's own name and e-mail.
SELECT s.id, s.email, s.name, p.email AS account_email
  FROM seat s JOIN person p ON p.id = s.person_id
 WHERE (s.email, s.name) IS DISTINCT FROM (p.email, p.name);

-- rule: purchaser-known
-- A purchaser is a person under their own name, or a guest with an example address.
SELECT o.id, o.email, o.name
  FROM purchase o LEFT JOIN person p ON p.email = o.email
 WHERE coalesce(o.name, '') = ''
    OR (p.id IS NOT NULL AND p.name <> o.name)
    OR (p.id IS NULL AND (o.email !~ '@example\.com$'
                          OR o.name IN (SELECT name FROM person)));

-- rule: purchaser-holds-a-seat
-- Whoever paid an order is among those who go on it.
SELECT o.id, o.email
  FROM purchase o
 WHERE o.status = 'PAID'
   AND NOT EXISTS (SELECT FROM seat s
                    WHERE s.order_id = o.id
                      AND (s.email, s.name) = (o.email, o.name));
