-- figure: past-share-of-events
-- Share of events that have started by now.
SELECT avg((o.starts < w.now)::int) FROM occasion o CROSS JOIN world w;

-- figure: events-beyond-sixty-days
-- Share of events (the seasonal ones, a third) over 60 days ahead.
SELECT avg((o.starts > w.now + interval '61 days')::int)
  FROM occasion o CROSS JOIN world w;
