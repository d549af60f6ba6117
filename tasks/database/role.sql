-- The role that fills the app's database, with the rights it needs and no others.
-- Run it in that database, as a superuser or as whoever may make roles and schemas, with
-- the app's schema first on the search path; then give the role a password, and put it
-- into DATABASE_URL:
--     psql "$OWNERS_URL" -f tasks/database/role.sql -c '\password rsvped_seeder'

CREATE ROLE rsvped_seeder LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;

-- The app's tables stay their owner's: rows may come, change and go, tables may not.
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO rsvped_seeder', current_schema());
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    "Category", "CheckIn", "Community", "CommunityMembership", "Event",
    "EventCategory", "EventCollaborator", "EventDailyStat", "EventFeedback",
    "EventMessage", "EventReferral", "EventView", "Friendship", "Location",
    "MembershipTier", "Order", "OrderItem", "Payment", "PromoCode", "PromoCodeTier",
    "Refund", "RegistrationAnswer", "RegistrationQuestion", "Rsvp", "TicketTier",
    "User", "UserActivity", "UserCategory"
    TO rsvped_seeder;

-- Read, and cleared of what hangs on seeded people, by --wipe; never filled.
GRANT SELECT, DELETE ON "Account", "Session", "VerificationToken" TO rsvped_seeder;

-- The ledger, in a schema of the role's own: it needs no right to make other schemas.
CREATE SCHEMA rsvped_seed AUTHORIZATION rsvped_seeder;

-- Rows are tried in temporary copies of tables that a migration has changed.
DO $$ BEGIN
    EXECUTE format(
        'GRANT CONNECT, TEMPORARY ON DATABASE %I TO rsvped_seeder', current_database());
    -- From version 17 on a table can be vacuumed by others than its owner. Before it,
    -- new events may fill the gaps of wiped ones, and show in another order in the app;
    -- the other tables are left to autovacuum.
    IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON
            "Category", "CheckIn", "Community", "CommunityMembership", "Event",
            "EventCategory", "EventCollaborator", "EventDailyStat", "EventFeedback",
            "EventMessage", "EventReferral", "EventView", "Friendship", "Location",
            "MembershipTier", "Order", "OrderItem", "Payment", "PromoCode", "PromoCodeTier",
            "Refund", "RegistrationAnswer", "RegistrationQuestion", "Rsvp", "TicketTier",
            "User", "UserActivity", "UserCategory"
            TO rsvped_seeder';
    END IF;
END $$;
