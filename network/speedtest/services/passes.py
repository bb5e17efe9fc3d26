"""The pass of a test: what lets one browser measure for two minutes and so many bytes.

The measuring addresses are called without session and database; a signed pass says all they need.
What a pass has moved is counted in the cache; while that is away each answer is bounded alone.
"""

from dataclasses import dataclass
from enum import Enum

from django.core import signing
from django.core.cache import cache

from ispbill.core.cache import UNREACHABLE

SECONDS = 120
MOST_STREAMS = 8
IN_FLIGHT = 16 * 2**20  # bytes on the way that the browser has not counted yet
_SALT = "network.speedtest.pass"


@dataclass(frozen=True)
class Pass:
    """Whose test it is, from which address it may be used ("": any), and for how many bytes."""

    test_id: int
    address: str
    most_bytes: int


class Way(Enum):
    """Seen from the customer."""

    DOWN = "down"
    UP = "up"


class Refused(Exception):
    """No pass, a spoilt or an old one, somebody else's, or one that is used up.

    `status` is the answer's.
    """

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


def issue(given: Pass) -> str:
    """Return a pass as the address carries it."""
    return signing.dumps([given.test_id, given.address, given.most_bytes], salt=_SALT)


def read(text: str, *, address: str) -> Pass:
    """Return the pass in an address called from `address`; raises Refused."""
    try:
        test_id, bound_to, most_bytes = signing.loads(text, salt=_SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Refused(403) from error
    if bound_to and bound_to != address:
        raise Refused(403)
    return Pass(test_id, bound_to, most_bytes)


def charge(given: Pass, way: Way, size: int) -> bool:
    """Count bytes that were moved one way; return whether more may be: half of them each way."""
    return _added(_bytes(given.test_id, way), size) <= given.most_bytes // 2 + IN_FLIGHT


def enter(given: Pass, way: Way) -> None:
    """Take a stream of the pass; raises Refused when its bytes are used up, or too many run."""
    if not charge(given, way, 0):
        raise Refused(413)
    if _added(f"speed:streams:{given.test_id}", 1) > MOST_STREAMS:
        leave(given)
        raise Refused(429)


def leave(given: Pass) -> None:
    """Give a stream back."""
    _added(f"speed:streams:{given.test_id}", -1)


def moved(test_id: int) -> int:
    """Return how many bytes a test has moved, as far as they were counted."""
    return sum(int(cache.get(_bytes(test_id, way)) or 0) for way in Way)


def _bytes(test_id: int, way: Way) -> str:
    return f"speed:bytes:{test_id}:{way.value}"


def _added(key: str, amount: int) -> int:
    try:
        cache.add(key, 0, SECONDS * 2)
        return int(cache.incr(key, amount))
    except (*UNREACHABLE, ValueError):
        return 0
