-- figure: guest-surnames-of-the-country
-- How much likelier two guests share a surname if they go out in one country.
SELECT (SELECT sum(pairs) / nullif(sum(guests * (guests - 1)), 0)
          FROM (SELECT country, sum(bearers) AS guests,
                       sum(bearers * (bearers - 1)) AS pairs
                  FROM bearer GROUP BY country) c)
       / nullif((SELECT sum(bearers * (bearers - 1))
                        / (sum(bearers) * (sum(bearers) - 1))
                   FROM (SELECT surname, sum(bearers) AS bearers
                           FROM bearer GROUP BY surname) s), 0);
