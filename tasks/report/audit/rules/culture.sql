-- rule: event-at-a-fitting-kind-of-place [warning, tolerance 10]
-- An event whose answer names no venue is not held where nobody would hold its kind
-- (a few may be: where nothing else was free).
SELECT o.id, o.title, odd.event_type, v.kind
  FROM occasion o
  JOIN "Event" e ON e.id = o.id
  JOIN answer_event a ON a.title = o.series
  JOIN answer_venue v ON v.city = o.city AND v.name = e."venueName"
  JOIN (VALUES
        ('conference', '{bar,cafe,park,market,waterfront,sports-facility}'::text[]),
        ('hackathon', '{bar,cinema,gallery,market,museum,park,waterfront}'),
        ('seminar', '{bar,market,music-venue,park,sports-facility,waterfront}'),
        ('screening', '{conference-center,market,restaurant,sports-facility}'),
        ('tasting', '{cinema,conference-center,sports-facility,theatre,university}'),
        ('tournament', '{cinema,gallery,museum,theatre}'),
        ('outing', '{cinema,conference-center,coworking,hotel,library,theatre}'),
        ('volunteering', '{bar,cinema,rooftop}'),
        ('exhibition', '{cinema,sports-facility}'),
        ('class', '{bar,cinema,rooftop}'),
        ('workshop', '{cinema,park,rooftop}'),
        ('networking', '{cinema,library,park,sports-facility}'),
        ('festival', '{cafe,coworking,library,studio}'),
        ('performance', '{coworking,sports-facility}')) AS odd (event_type, kinds)
    ON odd.event_type = a.doc->>'event_type' AND v.kind = ANY (odd.kinds)
 WHERE o.on_site AND a.doc->>'venue' IS NULL;

-- rule: guest-has-a-full-name
-- A guest has a first and a last name, written in letters.
SELECT s.id, s.name FROM seat s
 WHERE s.person_id IS NULL
   AND coalesce(s.name, '') !~ '^[[:alpha:]''’.-]+( [[:alpha:]''’.-]+)+$';

-- rule: names-no-other-city [warning, tolerance 10]
-- No title, and no community's name, names another city of the world (a few may, as
-- a dish or a style does).
SELECT o.id, o.title, o.city, v.name AS other_name
  FROM occasion o
  JOIN vocabulary_city v ON v.slug <> o.city AND o.title ~ ('\m' || v.name || '\M')
UNION ALL
SELECT c.id, c.name, k.city, v.name
  FROM "Community" c
  JOIN circle k ON k.id = c.id
  JOIN vocabulary_city v ON v.slug <> k.city AND c.name ~ ('\m' || v.name || '\M');
