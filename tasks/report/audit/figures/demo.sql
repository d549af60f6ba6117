-- figure: demo-coming-fortnight
-- Share of Alex's upcoming RSVPs that are in the next 14 days.
SELECT avg((s.starts < w.now + interval '14 days')::int)
  FROM seat s JOIN person p ON p.id = s.person_id AND p.is_demo CROSS JOIN world w
 WHERE s.starts >= w.now;
