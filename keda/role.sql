-- Whom KEDA asks the database as: somebody who may see whose log waits and when reminders fire, and nothing else. Run it
-- once, in Dormouse's database, after `migrate`; a password, or a certificate, is yours to add.
CREATE ROLE dormouse_keda LOGIN;
GRANT SELECT (user_id) ON log_pending TO dormouse_keda;
GRANT SELECT (state, fire_at) ON reminders TO dormouse_keda;
