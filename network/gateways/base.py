"""What the rest of the program may ask of a router, whatever its make.

Texts for staff are English templates marked for translation: show them with
`gettext(error.template) % error.values`, or `str(error)` in logs.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from ispbill.core.addresses import Fence
from ispbill.core.marking import gettext_noop

OWNER_PREFIX = "ispbill:"
API_PORTS = frozenset({8728, 8729})


class RouterError(Exception):
    """Something went wrong with a router. `is_temporary`: trying again later may help."""

    template = gettext_noop("The router could not be used: %(detail)s")
    is_temporary = False

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        self.values = {"detail": detail}
        super().__init__(detail)

    def __str__(self) -> str:
        return self.template % self.values


class RouterUnreachable(RouterError):
    """No answer, a refused connection, or one that broke off.

    `unsure` names the users whose change may or may not have arrived: apply their desired states
    again, with `drop_session`. `is_timeout`: the router was silent rather than gone.
    """

    template = gettext_noop("The router does not answer: %(detail)s")
    is_temporary = True

    def __init__(self, detail: str = "", *, is_timeout: bool = False) -> None:
        super().__init__(detail)
        self.is_timeout = is_timeout
        self.unsure: frozenset[str] = frozenset()


class RouterAddressRefused(RouterError):
    """Our own rules forbid calling this address."""

    template = gettext_noop("This address may not be used for a router: %(detail)s")


class RouterRefusedLogin(RouterError):
    """Wrong user name or password, or a user without the `api` policy."""

    template = gettext_noop(
        "The router refused the login. Check user name and password, that the user's group has "
        "the “api” policy, and that its address list allows this server. (%(detail)s)"
    )


class RouterTlsError(RouterError):
    """The encrypted connection could not be made or its certificate is not the expected one.

    `fingerprint` is the SHA-256 of the certificate the router showed, if it showed one.
    """

    template = gettext_noop("No secure connection to the router: %(detail)s")

    def __init__(self, detail: str = "", *, fingerprint: str = "") -> None:
        super().__init__(detail)
        self.fingerprint = fingerprint


class RouterNoPermission(RouterError):
    """The login works but its group may not do this."""

    template = gettext_noop(
        "The router's user has too few rights. Its group needs the policies api, read, write and "
        "test. (%(detail)s)"
    )


class RouterRejected(RouterError):
    """The router refused a command. `category` is the API's trap category, or None."""

    template = gettext_noop("The router refused: %(detail)s")

    def __init__(self, detail: str = "", category: int | None = None) -> None:
        super().__init__(detail)
        self.category = category


class ForbiddenCharacters(RouterError):
    """A word for the router contains control characters, such as a line feed."""

    template = gettext_noop("%(detail)s must not contain line breaks or other control characters.")


@dataclass(frozen=True, kw_only=True)
class RouterLogin:
    """How to reach and enter a router.

    With `tls` the certificate must be signed by a known authority for `host`, or, when
    `tls_fingerprint` (SHA-256, hexadecimal) is given, be exactly that one.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: bool = False
    tls_fingerprint: str = ""
    policy: Fence = Fence(ports=API_PORTS, allows_public=False)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Patience in seconds. `overall` bounds one operation as a whole, however slowly it drips."""

    connect: float = 5.0
    read: float = 10.0
    overall: float = 15.0
    bulk: float = 60.0


class SecretRow(NamedTuple):
    """A PPPoE user as the router has it. Its password is never read.

    `is_disabled` None: the router said neither yes nor no.
    """

    name: str
    profile: str
    service: str
    is_disabled: bool | None
    comment: str
    remote_address: str
    caller_id: str
    last_logged_out: str
    last_disconnect_reason: str

    @property
    def owner(self) -> str:
        """The subscription this secret belongs to, or an empty text when it is not ours."""
        return owner_of(self.comment)


class ActiveRow(NamedTuple):
    """A session on line. `session_id` identifies it until the router reboots."""

    name: str
    service: str
    caller_id: str
    address: str
    uptime_seconds: int
    session_id: str


class InterfaceRow(NamedTuple):
    """Byte counters since the interface came up: `upload` and `download` are the customer's.

    For a port of the router itself (`username` is empty) `upload` is what it received.
    """

    name: str
    username: str
    upload_bytes: int
    download_bytes: int


class ProfileRow(NamedTuple):
    """A PPP profile. `rate_limit`: see `network.rules.rate_limit`."""

    name: str
    rate_limit: str
    local_address: str
    remote_address: str
    address_list: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class Resource:
    """State of the router. Memory in bytes, load in percent."""

    identity: str
    version: str
    board: str
    uptime_seconds: int
    cpu_load: int
    cpu_count: int
    free_memory: int
    total_memory: int


@dataclass(frozen=True, kw_only=True)
class LiveRate:
    """Throughput of one customer at this moment, in bit/s."""

    upload: int
    download: int


class Ping(NamedTuple):
    """Echoes from one address: how many were asked and came, and their mean in milliseconds."""

    sent: int
    received: int
    milliseconds: float | None


@dataclass(frozen=True, kw_only=True)
class DesiredProfile:
    """A profile as we want it; None leaves a column as it is. `may_adopt`: also change a profile
    that somebody else made. `is_hotspot`: one of hotspot users, which have no addresses."""

    name: str
    rate_limit: str
    local_address: str | None = None
    remote_address: str | None = None
    address_list: str | None = None
    may_adopt: bool = False
    is_hotspot: bool = False


@dataclass(frozen=True, kw_only=True)
class DesiredSecret:
    """A PPPoE user as we want it.

    `owner` is the subscription's id; the secret is marked `ispbill:<owner>` and only a secret with
    that mark is changed, unless `may_adopt`. The password is written when the secret is made, and
    later only with `is_password_new`. `remote_address` None leaves it alone, an empty text removes
    it. `is_absent`: there shall be no such secret. `drop_session`: end the running session even
    when the secret needs no change; set it when an earlier attempt ended in doubt
    (`RouterUnreachable.unsure`).
    """

    username: str
    owner: str
    profile: str
    is_disabled: bool = False
    password: str = field(default="", repr=False)
    is_password_new: bool = False
    remote_address: str | None = None
    may_adopt: bool = False
    is_absent: bool = False
    drop_session: bool = False

    @property
    def mark(self) -> str:
        return f"{OWNER_PREFIX}{self.owner}"


class Status(Enum):
    """What became of a desired state."""

    UNCHANGED = "unchanged"
    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"
    NOT_OURS = "not ours"
    FAILED = "failed"

    @property
    def is_done(self) -> bool:
        """Whether the router is now as desired (seen by reading it back)."""
        return self not in (Status.NOT_OURS, Status.FAILED)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one desired state: `name` is the user or profile, `detail` says why it failed."""

    name: str
    status: Status
    detail: str = ""
    has_dropped_session: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a connection test. `is_ok` None: it could not be tried."""

    name: str
    is_ok: bool | None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """How far a connection test came; `error` is what stopped it."""

    steps: tuple[Step, ...]
    error: RouterError | None = None
    identity: str = ""
    version: str = ""
    board: str = ""
    fingerprint: str = ""

    @property
    def is_ok(self) -> bool:
        return self.error is None


def owner_of(comment: str) -> str:
    """Return the subscription id of `ispbill:<id>` at the start of a comment, or an empty text."""
    if not comment.startswith(OWNER_PREFIX):
        return ""
    return comment.removeprefix(OWNER_PREFIX).split(" ", 1)[0]
