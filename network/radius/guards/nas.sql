-- Gives FreeRADIUS the routers it may answer, each with the secret they share.
-- Rule: network.radius.services.routers
-- Test: tests/network/radius/test_views.py
-- Needs: radius_open
CREATE OR REPLACE VIEW nas AS
SELECT nas.id, host(nas.address) AS nasname, router.name::text AS shortname, 'other' AS type,
       radius_open(nas.secret) AS secret
FROM network_radiusnas nas
JOIN network_router router ON router.id = nas.router_id AND router.archived_at IS NULL;
