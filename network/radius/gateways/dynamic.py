"""Dynamic authorization over UDP: ask, ask again after 1, 2 and 4 seconds, give up."""

import random
import socket
import time
from collections.abc import Sequence
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from ispbill.core.addresses import Fence
from network.radius.gateways.base import Forbidden, Silent
from network.radius.rules import packets
from network.radius.rules.packets import Answer, Code, Malformed

WAITS = (1.0, 2.0, 4.0)


class DynamicAuthorization:
    """One router's door for changes of sessions; its answers are checked with the secret."""

    def __init__(
        self, address: str, port: int, *, secret: str, fence: Fence, waits: Sequence[float] = WAITS
    ) -> None:
        if refusal := fence.refusal(ip_address(address), port):
            raise Forbidden(refusal)
        self._secret, self._waits = secret.encode(), waits
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.connect((address, port))
        self._identifier = random.randrange(256)  # noqa: S311 - a number, no secret

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def ask(self, code: Code, attributes: Sequence[tuple[str, str]]) -> Answer:
        """Return the router's answer. Raises Silent."""
        self._identifier = (self._identifier + 1) % 256
        body = b"".join(packets.attribute(name, value) for name, value in attributes)
        asked = packets.request(
            code, identifier=self._identifier, attributes=body, secret=self._secret
        )
        for wait in self._waits:
            answer = self._tried(asked, until=time.monotonic() + wait)
            if answer is not None:
                return answer
        raise Silent

    def _tried(self, asked: bytes, *, until: float) -> Answer | None:
        """Send once and listen until then; what is not the router's answer is passed over."""
        try:
            self._socket.send(asked)
            while (left := until - time.monotonic()) > 0:
                self._socket.settimeout(left)
                try:
                    return packets.answer(
                        self._socket.recv(packets.MOST_BYTES), asked=asked, secret=self._secret
                    )
                except Malformed:
                    continue
        except TimeoutError:
            return None
        except OSError:  # nobody listens there at the moment
            time.sleep(max(until - time.monotonic(), 0))
        return None
