"""The menus a virtual router has.

Columns: RouterOS 7 command tree and manual; their order: recorded answers (tests/network/recorded).
"""

from ispbill.devtools.sandbox.routeros import values
from ispbill.devtools.sandbox.routeros.fittings import QUEUE_COUNTERS
from ispbill.devtools.sandbox.routeros.tables import Menu

_SECRET = (
    "name", "password", "service", "profile", "local-address", "remote-address", "routes",
    "caller-id", "limit-bytes-in", "limit-bytes-out", "ipv6-routes", "remote-ipv6-prefix",
    "comment", "disabled",
)  # fmt: skip
_PROFILE = (
    "name", "local-address", "remote-address", "rate-limit", "address-list", "only-one",
    "dns-server", "session-timeout", "idle-timeout", "parent-queue", "queue-type",
    "insert-queue-before", "bridge-learning", "on-up", "on-down", "interface-list",
    "change-tcp-mss", "bridge", "use-compression", "use-encryption", "use-mpls", "use-ipv6",
    "use-upnp", "comment",
)  # fmt: skip
_QUEUE = (
    "name", "target", "max-limit", "burst-limit", "burst-threshold", "burst-time", "limit-at",
    "priority", "queue", "parent", "packet-marks", "time", "bucket-size", "dst", "disabled",
    "comment",
)  # fmt: skip
_LEASE = (
    "address", "mac-address", "client-id", "server", "rate-limit", "address-lists", "block-access",
    "lease-time", "comment", "disabled",
)  # fmt: skip
_HOTSPOT_USER = (
    "name", "password", "profile", "server", "address", "mac-address", "limit-uptime",
    "limit-bytes-in", "limit-bytes-out", "limit-bytes-total", "email", "routes", "comment",
    "disabled",
)  # fmt: skip
_HOTSPOT_PROFILE = (
    "name", "address-pool", "session-timeout", "idle-timeout", "keepalive-timeout",
    "status-autorefresh", "shared-users", "rate-limit", "add-mac-cookie", "mac-cookie-timeout",
    "address-list", "parent-queue", "queue-type", "on-login", "on-logout", "transparent-proxy",
)  # fmt: skip

_PPP_SERVICES = values.choice("any", "async", "l2tp", "ovpn", "pppoe", "pptp", "sstp")

_MENUS = (
    Menu(
        path="/ppp/secret",
        writable=_SECRET,
        defaults={
            "name": "", "service": "any", "caller-id": "", "password": "", "profile": "default",
            "routes": "", "ipv6-routes": "", "limit-bytes-in": "0", "limit-bytes-out": "0",
            "disabled": "false",
        },
        # The moment of "never" is the router's to write: its form depends on the release.
        read_only={"last-caller-id": "", "last-disconnect-reason": ""},
        kinds={"service": _PPP_SERVICES, "limit-bytes-in": values.whole,
               "limit-bytes-out": values.whole, "disabled": values.switch},
        order=(".id", "name", "service", "caller-id", "password", "profile", "local-address",
               "remote-address", "routes", "ipv6-routes", "limit-bytes-in", "limit-bytes-out",
               "last-logged-out", "last-caller-id", "last-disconnect-reason", "disabled",
               "comment"),
        required=("name",),
        unique=("name",),
        duplicate="failure: secret with the same name already exists",
        references={"profile": "/ppp/profile"},
    ),
    Menu(path="/ppp/active", unique=("name",), commands=("print", "remove", "listen")),
    Menu(
        path="/ppp/profile",
        writable=_PROFILE,
        defaults={
            "name": "", "bridge-learning": "default", "use-ipv6": "yes", "use-mpls": "default",
            "use-compression": "default", "use-encryption": "default", "only-one": "default",
            "change-tcp-mss": "default", "use-upnp": "default", "address-list": "", "on-up": "",
            "on-down": "",
        },
        read_only={"default": "false"},
        order=(".id", "name", "local-address", "remote-address", "bridge-learning", "use-ipv6",
               "use-mpls", "use-compression", "use-encryption", "only-one", "change-tcp-mss",
               "use-upnp", "rate-limit", "address-list", "on-up", "on-down", "default",
               "comment"),
        required=("name",),
        unique=("name",),
        duplicate="failure: profile with the same name already exists",
        commands=("print", "add", "set", "remove", "unset", "comment", "listen"),
    ),
    Menu(
        path="/interface",
        writable=("name", "mtu", "comment", "disabled"),
        kinds={"disabled": values.switch, "mtu": values.whole},
        unique=("name",),
        duplicate="failure: already have interface with such name",
        commands=("print", "set", "enable", "disable", "comment", "monitor-traffic",
                  "reset-counters", "listen"),
    ),
    Menu(
        path="/queue/simple",
        writable=_QUEUE,
        defaults={
            "name": "", "target": "", "parent": "none", "packet-marks": "", "priority": "8/8",
            "queue": "default-small/default-small", "limit-at": "0/0", "max-limit": "0/0",
            "burst-limit": "0/0", "burst-threshold": "0/0", "burst-time": "0s/0s",
            "bucket-size": "0.1/0.1", "disabled": "false",
        },
        read_only={**QUEUE_COUNTERS, "invalid": "false", "dynamic": "false"},
        kinds={"target": values.targets, "max-limit": values.rates, "limit-at": values.rates,
               "burst-limit": values.rates, "burst-threshold": values.rates,
               "burst-time": values.durations,
               "priority": values.priorities, "disabled": values.switch},
        order=(".id", "name", "target", "dst", "parent", "packet-marks", "priority", "queue",
               "limit-at", "max-limit", "burst-limit", "burst-threshold", "burst-time",
               "bucket-size", *QUEUE_COUNTERS, "invalid", "dynamic", "disabled", "comment"),
        required=("name", "target"),
        unique=("name",),
        duplicate="failure: already have such name",
        commands=("print", "add", "set", "remove", "enable", "disable", "unset", "comment",
                  "reset-counters", "reset-counters-all", "listen"),
    ),
    Menu(
        path="/ip/firewall/address-list",
        writable=("list", "address", "timeout", "comment", "disabled"),
        defaults={"list": "", "address": "", "disabled": "false"},
        read_only={"dynamic": "false"},
        kinds={"disabled": values.switch},
        order=(".id", "list", "address", "creation-time", "timeout", "dynamic", "disabled",
               "comment"),
        required=("list", "address"),
        unique=("list", "address"),
        duplicate="failure: already have such entry",
    ),
    Menu(
        path="/ip/pool",
        writable=("name", "ranges", "next-pool", "comment"),
        defaults={"name": "", "ranges": ""},
        required=("name", "ranges"),
        unique=("name",),
        duplicate="failure: pool with such name exists",
        commands=("print", "add", "set", "remove", "unset", "comment", "listen"),
    ),
    Menu(
        path="/ip/dhcp-server/lease",
        writable=_LEASE,
        defaults={"address": "", "address-lists": "", "server": "all", "disabled": "false"},
        read_only={"status": "waiting", "last-seen": "never", "radius": "false",
                   "dynamic": "false", "blocked": "false"},
        kinds={"mac-address": values.mac, "block-access": values.switch,
               "disabled": values.switch},
        order=(".id", "address", "mac-address", "client-id", "address-lists", "server",
               "rate-limit", "lease-time", "block-access", "status", "expires-after", "last-seen",
               "active-address", "active-mac-address", "active-server", "host-name", "radius",
               "dynamic", "blocked", "disabled", "comment"),
        required=("address",),
        unique=("address",),
        duplicate="failure: already have static lease with this address",
        commands=("print", "add", "set", "remove", "enable", "disable", "unset", "comment",
                  "make-static", "listen"),
    ),
    Menu(
        path="/ip/hotspot/user/profile",
        writable=_HOTSPOT_PROFILE,
        defaults={"name": "", "idle-timeout": "none", "keepalive-timeout": "2m",
                  "status-autorefresh": "1m", "shared-users": "1", "add-mac-cookie": "yes",
                  "mac-cookie-timeout": "3d", "rate-limit": "", "address-list": ""},
        read_only={"default": "false"},
        kinds={"shared-users": values.whole},
        required=("name",),
        unique=("name",),
        duplicate="failure: profile with the same name already exists",
        commands=("print", "add", "set", "remove", "unset", "listen"),
    ),
    Menu(
        path="/ip/hotspot/user",
        writable=_HOTSPOT_USER,
        defaults={"name": "", "profile": "default", "server": "all", "disabled": "false"},
        read_only={"dynamic": "false", "default": "false"},
        kinds={"mac-address": values.mac, "disabled": values.switch},
        required=("name",),
        unique=("name",),
        duplicate="failure: already have user with this name for this server",
        references={"profile": "/ip/hotspot/user/profile"},
    ),
    Menu(path="/ip/hotspot/active", commands=("print", "remove", "listen")),
    Menu(
        path="/ip/address",
        writable=("address", "network", "interface", "comment", "disabled"),
        defaults={"address": "", "network": "", "interface": "", "disabled": "false"},
        read_only={"actual-interface": "", "invalid": "false", "dynamic": "false"},
        kinds={"address": values.host_and_network, "interface": values.interface,
               "disabled": values.switch},
        order=(".id", "address", "network", "interface", "actual-interface", "invalid", "dynamic",
               "disabled", "comment"),
        required=("address", "interface"),
        unique=("address", "interface"),
        duplicate="failure: already have such address",
    ),
    Menu(path="/ip/service", unique=("name",), commands=("print", "listen")),
    Menu(path="/log", commands=("print", "listen")),
    Menu(path="/file", unique=("name",), commands=("print", "remove", "listen")),
    Menu(path="/user", unique=("name",), commands=("print", "listen")),
    Menu(path="/user/group", unique=("name",), commands=("print", "listen")),
    Menu(path="/system/identity", writable=("name",), commands=("print", "set"), is_singleton=True),
    Menu(path="/system/resource", commands=("print",), is_singleton=True),
    Menu(path="/system/clock", commands=("print",), is_singleton=True),
)  # fmt: skip

MENUS = {menu.path: menu for menu in _MENUS}

# What survives the power switch; sessions, dynamic queues and counters do not.
SAVED_MENUS = (
    "/ip/pool", "/ppp/profile", "/ppp/secret", "/queue/simple", "/ip/firewall/address-list",
    "/ip/dhcp-server/lease", "/ip/hotspot/user/profile", "/ip/hotspot/user", "/ip/address",
)  # fmt: skip
