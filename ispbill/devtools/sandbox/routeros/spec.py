"""What a virtual router looks like when it is switched on for the first time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

ALL_POLICIES = ("api", "read", "write", "test", "reboot", "sensitive")


@dataclass(frozen=True, kw_only=True)
class UserSpec:
    """Somebody who may log in to the router, with the policies of their group."""

    name: str
    password: str
    policies: tuple[str, ...] = ALL_POLICIES


@dataclass(frozen=True, kw_only=True)
class ProfileSpec:
    """A PPP profile. `rate_limit` is RouterOS's own string: upload first, then download."""

    name: str
    rate_limit: str = ""
    pool: str = "pppoe-pool"
    address_list: str = ""
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class SecretSpec:
    """A PPPoE user."""

    name: str
    password: str = "pppoe"  # noqa: S105 - a made-up subscriber of a made-up router
    profile: str = "default"
    is_disabled: bool = False
    comment: str = ""
    remote_address: str = ""


@dataclass(frozen=True, kw_only=True)
class RouterSpec:
    """One virtual router.

    `dial_delay` is the least and most seconds a subscriber needs to dial in. `slow_seconds` delays
    each command. `utc_offset_minutes` is the router's time zone (it decides the hour of the traffic
    curve). `certificate` is a PEM file with key and certificate: the port then speaks TLS.
    """

    name: str
    host: str = "127.0.0.1"
    port: int = 0
    username: str = "ispbill"
    password: str = "router-password"  # noqa: S105 - the sandbox prints it on start
    version: str = "7.16.2 (stable)"
    board: str = "CCR2004-16G-2S+"
    users: tuple[UserSpec, ...] = ()
    pools: Mapping[str, str] = field(
        default_factory=lambda: {
            "pppoe-pool": "10.64.0.2-10.64.63.254",
            "expired-pool": "10.99.0.2-10.99.15.254",
        }
    )
    profiles: tuple[ProfileSpec, ...] = ()
    secrets: tuple[SecretSpec, ...] = ()
    dial_delay: tuple[float, float] = (1.0, 5.0)
    slow_seconds: float = 0.0
    utc_offset_minutes: int = 360
    certificate: str = ""

    @property
    def release(self) -> tuple[int, int]:
        """Major and minor version, for manners that changed between releases."""
        major, _, rest = self.version.partition(".")
        digits = rest.split(" ", 1)[0].split(".", 1)[0]
        return int(major), int("".join(c for c in digits if c.isdigit()) or 0)

    @property
    def wants_challenge(self) -> bool:
        """Before 6.43 a password never travelled in clear."""
        return self.release < (6, 43)

    @property
    def takes_challenges(self) -> bool:
        """Until 6.45 the old login worked beside the new one."""
        return self.release < (6, 45)

    @property
    def sends_empty(self) -> bool:
        """From 7.18 a print without rows says so with `!empty`."""
        return self.release >= (7, 18)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build from the JSON of a configuration file; raises ValueError for an unknown key."""
        unknown = set(data) - {item.name for item in fields(cls)}
        if unknown:
            raise ValueError(f"unknown router settings: {', '.join(sorted(unknown))}")
        values = dict(data)
        if "users" in values:
            values["users"] = tuple(
                UserSpec(**{**user, "policies": tuple(user.get("policies", ALL_POLICIES))})
                for user in values["users"]
            )
        if "profiles" in values:
            values["profiles"] = tuple(ProfileSpec(**profile) for profile in values["profiles"])
        if "secrets" in values:
            values["secrets"] = tuple(SecretSpec(**secret) for secret in values["secrets"])
        if "dial_delay" in values:
            shortest, longest = values["dial_delay"]
            values["dial_delay"] = (float(shortest), float(longest))
        return cls(**values)
