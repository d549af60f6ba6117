-- figure: events-from-the-passes
-- Share of events whose series stands in the recorded answers.
SELECT avg((o.series IN (SELECT title FROM answer_event))::int) FROM occasion o;

-- figure: recorded-events-used
-- Share of the recorded events that take place.
SELECT avg((a.title IN (SELECT title FROM occasion))::int) FROM answer_event a;

-- figure: people-from-the-passes
-- Share of people, Alex aside, who stand in the recorded answers.
SELECT avg((p.name IN (SELECT name FROM answer_person))::int)
  FROM person p WHERE NOT p.is_demo;

-- figure: communities-from-the-passes
-- Share of communities that stand in the recorded answers.
SELECT avg((c.name IN (SELECT name FROM answer_community))::int) FROM "Community" c;
