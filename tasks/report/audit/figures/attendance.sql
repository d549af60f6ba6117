-- figure: members-go-out
-- RSVPs of members, a person on average.
SELECT (SELECT count(*) FROM seat WHERE person_id IS NOT NULL)::float
       / nullif((SELECT count(*) FROM person), 0);

-- figure: members-without-an-rsvp
-- Share of people who go nowhere at all.
SELECT avg((NOT EXISTS (SELECT FROM seat s WHERE s.person_id = p.id))::int)
  FROM person p;

-- figure: members-rsvps-with-shared-category
-- Share of members' RSVPs where person and event share a category.
SELECT avg((overlap > 0)::int) FROM taste;

-- figure: cancelled-rsvps
-- Share of RSVPs that were cancelled.
SELECT avg((status = 'CANCELLED')::int) FROM seat;

-- figure: free-check-ins
-- Share of confirmed free RSVPs of past events that were checked in.
SELECT avg((EXISTS (SELECT FROM "CheckIn" c WHERE c."rsvpId" = s.id))::int)
  FROM seat s WHERE s.is_over AND s.status = 'CONFIRMED' AND s.payment = 'NONE';

-- figure: paid-check-ins
-- Share of confirmed paid RSVPs of past events that were checked in.
SELECT avg((EXISTS (SELECT FROM "CheckIn" c WHERE c."rsvpId" = s.id))::int)
  FROM seat s WHERE s.is_over AND s.status = 'CONFIRMED' AND s.payment = 'PAID';

-- figure: feedback-share
-- Share of check-ins of events over for a week that gave feedback.
SELECT avg((EXISTS (SELECT FROM "EventFeedback" f WHERE f."rsvpId" = s.id))::int)
  FROM "CheckIn" c JOIN seat s ON s.id = c."rsvpId" CROSS JOIN world w
 WHERE s.ends < w.now - interval '8 days';

-- figure: optional-choices-answered
-- Share of confirmed RSVPs that answer an optional choice (70 %).
SELECT avg((EXISTS (SELECT FROM "RegistrationAnswer" a
                     WHERE a."rsvpId" = s.id AND a."questionId" = q.id))::int)
  FROM seat s JOIN "RegistrationQuestion" q ON q."eventId" = s.event_id
 WHERE s.status = 'CONFIRMED' AND NOT q.required
   AND q.type::text IN ('SINGLE_SELECT', 'MULTI_SELECT', 'CHECKBOX');

-- figure: choices-required
-- Share of choice questions that are required (about half).
SELECT avg(required::int) FROM "RegistrationQuestion"
 WHERE type::text IN ('SINGLE_SELECT', 'MULTI_SELECT', 'CHECKBOX');

-- figure: latest-five-are-members
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
