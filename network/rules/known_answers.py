"""What RouterOS routers have been recorded to answer: columns per menu, and the words of states.

The recordings with their sources are in tests/network/recorded; the columns beyond them are from
the RouterOS command tree. What is not here is new to us and shown to staff.
"""

COLUMNS: dict[str, frozenset[str]] = {
    "/ppp/secret": frozenset(
        {
            ".id",
            "name",
            "service",
            "caller-id",
            "password",
            "profile",
            "local-address",
            "remote-address",
            "remote-ipv6-prefix",
            "routes",
            "ipv6-routes",
            "limit-bytes-in",
            "limit-bytes-out",
            "last-logged-out",
            "last-caller-id",
            "last-disconnect-reason",
            "disabled",
            "comment",
        }
    ),
    "/ppp/active": frozenset(
        {
            ".id",
            "name",
            "service",
            "caller-id",
            "address",
            "uptime",
            "encoding",
            "session-id",
            "limit-bytes-in",
            "limit-bytes-out",
            "radius",
            "comment",
        }
    ),
    "/ppp/profile": frozenset(
        {
            ".id",
            "name",
            "local-address",
            "remote-address",
            "remote-ipv6-prefix-pool",
            "dhcpv6-pd-pool",
            "bridge",
            "bridge-horizon",
            "bridge-learning",
            "bridge-path-cost",
            "bridge-port-priority",
            "bridge-port-vid",
            "incoming-filter",
            "outgoing-filter",
            "address-list",
            "interface-list",
            "dns-server",
            "wins-server",
            "use-mpls",
            "use-compression",
            "use-encryption",
            "use-ipv6",
            "use-upnp",
            "only-one",
            "change-tcp-mss",
            "session-timeout",
            "idle-timeout",
            "rate-limit",
            "insert-queue-before",
            "parent-queue",
            "queue-type",
            "on-up",
            "on-down",
            "default",
            "comment",
        }
    ),
    "/system/resource": frozenset(
        {
            "uptime",
            "version",
            "build-time",
            "factory-software",
            "free-memory",
            "total-memory",
            "cpu",
            "cpu-count",
            "cpu-frequency",
            "cpu-load",
            "free-hdd-space",
            "total-hdd-space",
            "write-sect-since-reboot",
            "write-sect-total",
            "bad-blocks",
            "architecture-name",
            "board-name",
            "platform",
        }
    ),
}

_SWITCH = frozenset({"true", "false", "yes", "no"})
_SERVICES = frozenset({"any", "async", "l2tp", "ovpn", "pppoe", "pptp", "sstp"})
STATES: dict[str, dict[str, frozenset[str]]] = {
    "/ppp/secret": {
        "service": _SERVICES,
        "disabled": _SWITCH,
        "last-disconnect-reason": frozenset(
            {
                "",
                "peer-request",
                "hung-up",
                "idle-timeout",
                "session-timeout",
                "reset",
                "reboot",
                "port-error",
                "nas-error",
                "nas-request",
            }
        ),
    },
    "/ppp/active": {"service": _SERVICES, "radius": _SWITCH},
    "/ppp/profile": {"only-one": frozenset({"default", "yes", "no"}), "default": _SWITCH},
    "/system/resource": {"platform": frozenset({"MikroTik"})},
}
