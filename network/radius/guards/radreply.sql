-- Gives FreeRADIUS what a line that is let in is answered: speed, address, walled garden.
-- Rule: network.radius.rules.replies
-- Test: tests/network/radius/test_views.py
CREATE OR REPLACE VIEW radreply AS
SELECT wish.id, wish.username::text AS username, wish.nasname, given.attribute, '=' AS op,
       given.value, given.place
FROM (
    SELECT line.id, line.username, host(nas.address) AS nasname,
           line.desired_state = 'OPEN' AS is_open,
           host(line.static_ip) AS address, router.address_pool, router.walled_pool, nas.ipv6_pool,
           coalesce(named.speed[1]::integer, service.download_mbps) AS download,
           coalesce(named.speed[2]::integer, service.upload_mbps) AS upload
    FROM network_radiusnas nas
    JOIN network_router router ON router.id = nas.router_id AND router.archived_at IS NULL
    JOIN network_access line ON line.router_id = router.id
    JOIN customers_subscription service ON service.id = line.subscription_id
    CROSS JOIN LATERAL (SELECT regexp_match(
        line.desired_profile, '^ispbill-([1-9][0-9]{0,6})M-([1-9][0-9]{0,6})M$') AS speed) named
    WHERE line.method = 'PPPOE'
      AND (line.desired_state = 'OPEN'
           OR line.desired_state = 'WALLED' AND router.suspend_mode <> 'DISABLE')
) wish
CROSS JOIN LATERAL (VALUES
    (1, 'Mikrotik-Rate-Limit', CASE WHEN wish.is_open THEN format('%sM/%sM', wish.upload, wish.download)
                                    ELSE '1M/1M' END),
    (2, 'Mikrotik-Address-List', CASE WHEN NOT wish.is_open THEN 'ispbill-suspended' END),
    (3, 'Framed-IP-Address', CASE WHEN wish.is_open THEN wish.address END),
    (4, 'Framed-Pool', CASE WHEN NOT wish.is_open THEN nullif(wish.walled_pool, '')
                            WHEN wish.address IS NULL THEN nullif(wish.address_pool, '') END),
    (5, 'Mikrotik-Delegated-IPv6-Pool', CASE WHEN wish.is_open THEN nullif(wish.ipv6_pool, '') END),
    (6, 'Acct-Interim-Interval', '300')
) given (place, attribute, value)
WHERE given.value IS NOT NULL;
