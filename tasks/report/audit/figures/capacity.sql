-- figure: past-seats-taken-median
-- Median share of capacity that past events sold.
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY sold::float / capacity)
  FROM occasion WHERE is_over;

-- figure: past-seats-taken-p10
-- Tenth percentile of the share of capacity that past events sold.
SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY sold::float / capacity)
  FROM occasion WHERE is_over;

-- figure: past-seats-taken-p90
-- Ninetieth percentile of the share of capacity that past events sold.
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY sold::float / capacity)
  FROM occasion WHERE is_over;

-- figure: upcoming-seats-against-curve
-- Seats sold so far at upcoming events, against 70 % x max(exp(-days/21), 3 %).
SELECT sum(o.sold) / sum(0.7 * o.seats * greatest(0.03,
           exp(-extract(epoch FROM o.starts - w.now) / 86400 / 21)))
  FROM occasion o CROSS JOIN world w WHERE o.starts > w.now;
