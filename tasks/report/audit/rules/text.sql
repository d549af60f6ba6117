-- rule: no-lorem-ipsum
-- No text is filler prose, markup left over, or a template's gap.
SELECT source, id, content FROM prose
 WHERE content ~* '\m(lorem|ipsum|dolor sit|consectetur)\M'
    OR content ~ '\{\{|\}\}|\$\{|<[a-z]+>|\m(TODO|TBD|undefined|NaN)\M';

-- rule: no-blank-text
-- A text is there or null, never blank, nor with space around it.
SELECT source, id, content FROM prose
 WHERE content = '' OR content <> btrim(content, E' \t\r\n');

-- rule: prose-is-there
-- What the passes write is written: communities, events and tiers are described.
SELECT source, id FROM prose
 WHERE content IS NULL AND source <> 'User.bio';

-- rule: no-community-text-twice
-- No two communities share a name or a description.
SELECT a.id, b.id AS other_id, a.name, b.name AS other_name
  FROM "Community" a
  JOIN "Community" b
    ON b.id > a.id AND (b.name = a.name OR b.description = a.description);

-- rule: no-event-title-twice
-- No two events share a title.
SELECT min(id) AS id, title, count(*) FROM "Event" GROUP BY title HAVING count(*) > 1;

-- rule: one-description-a-series
-- An event and its repeats share one description; no other two events do.
SELECT min(id) AS id, description, count(DISTINCT (series, community_id)) AS series,
       count(*) FILTER (WHERE NOT is_repeat) AS originals
  FROM occasion GROUP BY description
HAVING count(DISTINCT (series, community_id)) > 1
    OR count(*) FILTER (WHERE NOT is_repeat) <> 1;

-- rule: repeat-shares-its-series
-- A repeat has its series' community, texts, tiers and questions.
SELECT r.id, r.title, o.id AS original_id
  FROM occasion r
  LEFT JOIN occasion o ON o.title = r.series AND o.community_id = r.community_id
 WHERE r.is_repeat
   AND (o.id IS NULL OR o.description IS DISTINCT FROM r.description
        OR o.capacity <> r.capacity OR o.kind <> r.kind
        OR ARRAY(SELECT (t.name, t.description, t."priceCents", t."quantityTotal")::text
                   FROM "TicketTier" t WHERE t."eventId" = o.id ORDER BY 1)
           <> ARRAY(SELECT (t.name, t.description, t."priceCents",
                            t."quantityTotal")::text
                      FROM "TicketTier" t WHERE t."eventId" = r.id ORDER BY 1)
        OR ARRAY(SELECT (q.label, q.type, q.options)::text
                   FROM "RegistrationQuestion" q
                  WHERE q."eventId" = o.id ORDER BY q.position)
           <> ARRAY(SELECT (q.label, q.type, q.options)::text
                      FROM "RegistrationQuestion" q
                     WHERE q."eventId" = r.id ORDER BY q.position));

-- rule: repeat-on-another-date
-- The events of a series are on different local dates.
SELECT a.id, b.id AS other_id, a.title, b.title AS other_title
  FROM occasion a
  JOIN occasion b
    ON b.series = a.series AND b.community_id = a.community_id AND b.id > a.id
 WHERE (a.starts AT TIME ZONE 'UTC' AT TIME ZONE a.timezone)::date
       = (b.starts AT TIME ZONE 'UTC' AT TIME ZONE b.timezone)::date;

-- rule: repeat-keeps-quiet
-- A repeat has no host message and no review.
SELECT o.id, o.title, m.id AS message_id, f.id AS feedback_id
  FROM occasion o
  LEFT JOIN "EventMessage" m ON m."eventId" = o.id
  LEFT JOIN "EventFeedback" f ON f."eventId" = o.id AND f.comment IS NOT NULL
 WHERE o.is_repeat AND (m.id IS NOT NULL OR f.id IS NOT NULL);

-- rule: repeats-only-pad-to-fifteen [needs whole world]
-- Only a city short of 15 events repeats its own, and only up to 15.
SELECT city, count(*) AS events, count(*) FILTER (WHERE is_repeat) AS repeats
  FROM occasion GROUP BY city
HAVING bool_or(is_repeat) AND count(*) > 15;

-- rule: no-subtitle-twice
-- No two series share a subtitle.
SELECT min(e.id) AS id, e.subtitle, count(DISTINCT o.series)
  FROM "Event" e JOIN occasion o ON o.id = e.id
 GROUP BY e.subtitle HAVING count(DISTINCT o.series) > 1;

-- rule: no-bio-twice
-- No two people share a bio or a name.
SELECT a.id, b.id AS other_id, a.name, b.name AS other_name
  FROM "User" a JOIN "User" b ON b.id > a.id AND (b.bio = a.bio OR b.name = a.name);

-- rule: no-message-twice
-- No two host messages are the same, nor any two for one event.
SELECT a.id, b.id AS other_id, a.content
  FROM "EventMessage" a
  JOIN "EventMessage" b
    ON b.id > a.id AND (b.content = a.content OR b."eventId" = a."eventId");

-- rule: no-review-twice
-- Each review stands once.
SELECT min(id) AS id, comment, count(*) FROM "EventFeedback"
 WHERE comment IS NOT NULL GROUP BY comment HAVING count(*) > 1;

-- rule: rating-one-to-five
-- Feedback has a rating of 1 to 5, and a comment or none, never a blank.
SELECT id, rating, comment FROM "EventFeedback"
 WHERE coalesce(rating, 0) NOT BETWEEN 1 AND 5 OR btrim(comment) = '';

-- rule: message-is-the-hosts
-- A message is the host's own and no reply.
SELECT m.id, m."userId", o.host_id
  FROM "EventMessage" m JOIN occasion o ON o.id = m."eventId"
 WHERE m."userId" IS DISTINCT FROM o.host_id OR m."parentId" IS NOT NULL;

-- rule: question-positions
-- An event's questions stand at 0, 1, ... without a gap.
SELECT "eventId" AS id, array_agg(position ORDER BY position) AS positions
  FROM "RegistrationQuestion" GROUP BY 1
HAVING min(position) <> 0 OR max(position) <> count(*) - 1
    OR count(DISTINCT position) <> count(*);

-- rule: question-options
-- SINGLE_SELECT and MULTI_SELECT have options, other questions an empty list.
SELECT id, type, options FROM "RegistrationQuestion"
 WHERE options IS NULL
    OR (type::text IN ('SINGLE_SELECT', 'MULTI_SELECT')) <> (cardinality(options) > 0);

-- rule: only-choices-are-required
-- Required are choices and checkboxes at most, never free text.
SELECT id, type FROM "RegistrationQuestion"
 WHERE required AND type::text NOT IN ('SINGLE_SELECT', 'MULTI_SELECT', 'CHECKBOX');

-- rule: answer-to-the-events-question
-- A confirmed RSVP answers its own event's questions, each once.
SELECT min(a.id) AS id, a."rsvpId", a."questionId", count(*)
  FROM "RegistrationAnswer" a
  JOIN seat s ON s.id = a."rsvpId"
  JOIN "RegistrationQuestion" q ON q.id = a."questionId"
 GROUP BY a."rsvpId", a."questionId", s.event_id, q."eventId", s.status
HAVING count(*) > 1 OR s.event_id <> q."eventId" OR s.status <> 'CONFIRMED';

-- rule: required-questions-answered
-- Every confirmed RSVP answers what is required.
SELECT s.id, q.id AS question_id
  FROM seat s JOIN "RegistrationQuestion" q ON q."eventId" = s.event_id AND q.required
 WHERE s.status = 'CONFIRMED'
   AND NOT EXISTS (SELECT FROM "RegistrationAnswer" a
                    WHERE a."rsvpId" = s.id AND a."questionId" = q.id);

-- rule: answer-is-an-option
-- An answer is one option, several joined by ", ", or "true" for a checkbox.
-- (An option may itself hold ", ": the options found must fill the answer.)
SELECT a.id, q.type, a.value, q.options
  FROM "RegistrationAnswer" a
  JOIN "RegistrationQuestion" q ON q.id = a."questionId"
 WHERE NOT CASE q.type::text
       WHEN 'SINGLE_SELECT' THEN a.value = ANY (q.options)
       WHEN 'CHECKBOX' THEN a.value = 'true'
       WHEN 'MULTI_SELECT' THEN length(a.value) = (
            SELECT sum(length(x) + 2) - 2 FROM unnest(q.options) AS x
             WHERE position(', ' || x || ', ' IN ', ' || a.value || ', ') > 0)
       ELSE false END IS TRUE;
