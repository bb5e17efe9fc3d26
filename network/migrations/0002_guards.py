from django.db import migrations

GUARDS = """
ALTER TABLE network_access SET (fillfactor = 60);
SELECT ispbill_protect('network_access', 'customer_id');

-- The portal shows whether the line is up; it has no business with its password.
DO $$ BEGIN
    EXECUTE format(
        'GRANT SELECT (id, subscription_id, customer_id, router_id, username, wanted_state, '
        'wanted_profile, generation, wanted_since, confirmed_state, confirmed_profile, '
        'confirmed_generation, confirmed_at) ON network_access TO %I', ispbill_portal_role());
END $$;

-- A wish is numbered: whoever changes it must raise the generation, so that a late answer to an
-- earlier wish can never be taken for an answer to this one.
CREATE FUNCTION number_access_wish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.wanted_state, NEW.wanted_profile, NEW.router_id, NEW.username)
       IS DISTINCT FROM (OLD.wanted_state, OLD.wanted_profile, OLD.router_id, OLD.username)
       AND NEW.generation <= OLD.generation THEN
        RAISE EXCEPTION 'a new wish needs a new generation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'access_wish_is_numbered';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_wish BEFORE UPDATE OF wanted_state, wanted_profile, router_id, username
    ON network_access FOR EACH ROW EXECUTE FUNCTION number_access_wish();
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial"), ("customers", "0002_guards")]
    operations = [
        migrations.RunSQL(GUARDS, "DROP FUNCTION number_access_wish CASCADE")
    ]
