-- rule: online-link-harmless
-- An online event's link is https://meet.example.com/<slug>.
SELECT id, slug, "onlineUrl" FROM "Event"
 WHERE "onlineUrl" <> 'https://meet.example.com/' || slug;

-- rule: view-address-of-documentation
-- Viewers' addresses are of the ranges kept for documentation; the anonymous have one.
SELECT id, "ipAddress" FROM "EventView"
 WHERE "ipAddress" !~ ('^(192\.0\.2|198\.51\.100|203\.0\.113)'
       '\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$')
    OR ("ipAddress" IS NULL AND "userId" IS NULL);

-- rule: referrer-harmless
-- A view's referrer is null or of an example domain.
SELECT id, referrer FROM "EventView"
 WHERE referrer !~ '^https?://([a-z0-9-]+\.)*example(\.(com|org|net))?(/[^ ]*)?$';

-- rule: payment-ids-seeded
-- Payments name stripe, and every id of theirs begins with seed_.
SELECT id, provider, "providerIntentId", "providerChargeId" FROM "Payment"
 WHERE provider <> 'stripe' OR coalesce("providerIntentId", '') !~ '^seed_.'
    OR "providerChargeId" !~ '^seed_.';

-- rule: refund-ids-seeded
-- A refund's provider id begins with seed_.
SELECT id, "providerRefundId" FROM "Refund" WHERE "providerRefundId" !~ '^seed_.';

-- rule: referral-code-format
-- A referral code is 8 of A-Z and 0-9.
SELECT id, code FROM "EventReferral" WHERE code !~ '^[A-Z0-9]{8}$';

-- rule: addresses-of-example-domains
-- Every e-mail is of an example domain, the demo user's aside.
SELECT source, id, email
  FROM (SELECT 'User' AS source, id, email FROM "User"
        UNION ALL SELECT 'Order', id, "purchaserEmail" FROM "Order"
        UNION ALL SELECT 'Rsvp', id, email FROM "Rsvp") e
 WHERE email IS DISTINCT FROM 'demo@rsvped.app'
   AND coalesce(email, '') !~ '^[a-z0-9._-]+@example\.(com|org|net)$';

-- rule: no-control-characters
-- No text or name holds control characters, or such as turn the reading direction.
SELECT t.source, t.id
  FROM (SELECT source, id, content FROM prose
        UNION ALL SELECT 'Rsvp.name', id, name FROM "Rsvp"
        UNION ALL SELECT 'EventFeedback.comment', id, comment FROM "EventFeedback") t
 WHERE t.content
       ~ '[\x01-\x08\x0B-\x1F\x7F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD]';
