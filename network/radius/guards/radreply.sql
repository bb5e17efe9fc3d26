-- Gives FreeRADIUS what a line that is let in is answered: speed, address, prefix, walled garden.
-- Rule: network.radius.rules.replies
-- Test: tests/network/radius/test_views.py
CREATE OR REPLACE VIEW radreply AS
SELECT wish.id, wish.username::text AS username, wish.nasname, given.attribute, '=' AS op,
       given.value, given.place
FROM (
    SELECT line.id, line.username, host(nas.address) AS nasname,
           line.desired_state = 'OPEN' AS is_open,
           host(line.static_ip) AS address, router.address_pool, router.walled_pool, nas.ipv6_pool,
           line.delegated_prefix::text AS prefix,
           coalesce(named.speed[1]::integer, service.download_mbps) AS download,
           coalesce(named.speed[2]::integer, service.upload_mbps) AS upload,
           coalesce(named.speed[3]::integer, router.burst_percent) AS percent,
           CASE WHEN named.speed[3] IS NULL THEN router.burst_seconds
                ELSE named.speed[4]::integer END AS seconds
    FROM network_radiusnas nas
    JOIN network_router router ON router.id = nas.router_id AND router.archived_at IS NULL
    JOIN network_access line ON line.router_id = router.id
    JOIN customers_subscription service ON service.id = line.subscription_id
    CROSS JOIN LATERAL (SELECT regexp_match(
        line.desired_profile,
        '^ispbill-([1-9][0-9]{0,6})M-([1-9][0-9]{0,6})M(?:-b([1-9][0-9]{2})-([1-9][0-9]{0,2}))?$'
        ) AS speed) named
    WHERE line.method = 'PPPOE'
      AND (line.desired_state = 'OPEN'
           OR line.desired_state = 'WALLED' AND router.suspend_mode <> 'DISABLE')
) wish
-- Both directions of a burst and of where it ends, in kbit/s; whole megabits are written as such.
CROSS JOIN LATERAL (
    SELECT array_agg(CASE WHEN kilo % 1000 = 0 THEN kilo / 1000 || 'M' ELSE kilo || 'k' END
                     ORDER BY place) AS pairs
    FROM (VALUES (1, wish.upload * wish.percent * 10), (2, wish.download * wish.percent * 10),
                 (3, wish.upload * 800), (4, wish.download * 800)) AS parts (place, kilo)
) burst
CROSS JOIN LATERAL (VALUES
    (1, 'Mikrotik-Rate-Limit',
        CASE WHEN NOT wish.is_open THEN '1M/1M'
             WHEN wish.percent = 0 THEN format('%sM/%sM', wish.upload, wish.download)
             ELSE format('%sM/%sM %s/%s %s/%s %s/%s', wish.upload, wish.download,
                         burst.pairs[1], burst.pairs[2], burst.pairs[3], burst.pairs[4],
                         wish.seconds, wish.seconds) END),
    (2, 'Mikrotik-Address-List', CASE WHEN NOT wish.is_open THEN 'ispbill-suspended' END),
    (3, 'Framed-IP-Address', CASE WHEN wish.is_open THEN wish.address END),
    (4, 'Framed-Pool', CASE WHEN NOT wish.is_open THEN nullif(wish.walled_pool, '')
                            WHEN wish.address IS NULL THEN nullif(wish.address_pool, '') END),
    (5, 'Delegated-IPv6-Prefix', CASE WHEN wish.is_open THEN wish.prefix END),
    (6, 'Mikrotik-Delegated-IPv6-Pool',
        CASE WHEN wish.is_open AND wish.prefix IS NULL THEN nullif(wish.ipv6_pool, '') END),
    (7, 'Acct-Interim-Interval', '300')
) given (place, attribute, value)
WHERE given.value IS NOT NULL;
