-- Gives FreeRADIUS what a line must prove when it signs on, or that it is refused.
-- Rule: network.radius.rules.replies
-- Test: tests/network/radius/test_views.py
-- Needs: radius_open
CREATE OR REPLACE VIEW radcheck AS
SELECT line.id, line.username::text AS username, host(nas.address) AS nasname,
       CASE WHEN check_.is_let_in THEN 'Cleartext-Password' ELSE 'Auth-Type' END AS attribute,
       ':=' AS op,
       CASE WHEN check_.is_let_in THEN radius_open(who.secret) ELSE 'Reject' END AS value
FROM network_radiusnas nas
JOIN network_router router ON router.id = nas.router_id AND router.archived_at IS NULL
JOIN network_access line ON line.router_id = router.id AND line.desired_state <> 'REMOVED'
                        AND line.method = 'PPPOE'
LEFT JOIN network_radiususer who ON who.line_id = line.id AND who.secret <> ''
CROSS JOIN LATERAL (SELECT (line.desired_state = 'OPEN' OR router.suspend_mode <> 'DISABLE')
                           AND who.id IS NOT NULL AS is_let_in) check_;
