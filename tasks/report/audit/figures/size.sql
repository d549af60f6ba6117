-- figure: communities
-- Communities of the recorded edition.
SELECT count(*) FROM "Community";

-- figure: people
-- People of the recorded edition, and Alex.
SELECT count(*) FROM person;

-- figure: events
-- Events, repeats included.
SELECT count(*) FROM occasion;

-- figure: fewest-events-of-a-city
-- The least number of events in a city.
SELECT min(events)
  FROM (SELECT count(o.id) AS events
          FROM "Location" l LEFT JOIN occasion o ON o.city_id = l.id
         GROUP BY l.id) c;

-- figure: cities-with-events
-- Cities in which something happens.
SELECT count(DISTINCT city_id) FROM occasion;

-- figure: database-megabytes
-- Size of the database in MB, as psql counts them.
SELECT pg_database_size(current_database()) / 1048576.0;

-- figure: views
-- Views in all.
SELECT count(*) FROM "EventView";

-- figure: user-agents
-- Distinct user agents: a few.
SELECT count(DISTINCT "userAgent") FROM "EventView";
