"""Tell a line's session over the network that its wish has changed."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self

from django.conf import settings

from ispbill.core.addresses import Fence
from ispbill.core.outside import refuse_transaction
from network.models import Access
from network.radius.gateways.base import Forbidden, Silent
from network.radius.gateways.dynamic import WAITS, DynamicAuthorization
from network.radius.models import RadiusNas, RadiusSession, RadiusUser
from network.radius.queries import wishes
from network.radius.rules import orders, replies
from network.radius.rules.orders import Order
from network.radius.rules.packets import Answer, Code
from network.radius.services import keys


class Outcome(Enum):
    """What became of telling a session."""

    NOTHING = "nothing to tell"  # no session, or one that may stay as it is
    GONE = "no such session"
    TOLD = "acknowledged"  # no proof yet
    REFUSED = "refused"
    SILENT = "no answer"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A line after its session was told. `is_end`: it was told to end."""

    outcome: Outcome
    detail: str = ""
    is_end: bool = False


class Teller:
    """One router's sessions; once it was silent nobody else of this round waits for it."""

    def __init__(self, nas: RadiusNas, *, waits: Sequence[float] = WAITS) -> None:
        refuse_transaction("a router")
        self._nas, self._waits = nas, waits
        self._link: DynamicAuthorization | None = None
        self._silence = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._link is not None:
            self._link.__exit__(None, None, None)

    def tell(self, line: Access, user: RadiusUser, sessions: Sequence[RadiusSession]) -> Told:
        """Tell all of a line's sessions; the worst of what became of them counts."""
        found = [self._one(line, session) for session in sessions]
        order = (Outcome.SILENT, Outcome.REFUSED, Outcome.TOLD, Outcome.GONE, Outcome.NOTHING)
        return min(
            found, key=lambda one: order.index(one.outcome), default=Told(outcome=Outcome.NOTHING)
        )

    def _one(self, line: Access, session: RadiusSession) -> Told:
        wish = wishes.of_line(line, nas=self._nas)
        order = orders.order(
            orders.Stand(
                wanted=line.desired_state,
                confirmed=line.confirmed_state,
                is_let_in=replies.may_sign_on(wish),
                is_other_profile=line.desired_profile != line.confirmed_profile,
                is_in_doubt=line.is_in_doubt,
                fixed_address=line.static_ip or "",
                session_address=session.address,
            )
        )
        if order is None:
            return Told(outcome=Outcome.NOTHING)
        who = _named(line, session)
        try:
            if order is Order.CHANGE:
                reply = [pair for pair in replies.reply(wish) if pair[0] not in replies.FOR_LIFE]
                told = self._changed(who, reply)
                if told is not None:
                    return told
            return _read(self._ask(Code.DISCONNECT_REQUEST, who), is_end=True)
        except Silent:
            return Told(outcome=Outcome.SILENT, detail=self._silence)
        except Forbidden as error:
            return Told(outcome=Outcome.REFUSED, detail=str(error))

    def _changed(self, who: list[tuple[str, str]], reply: list[tuple[str, str]]) -> Told | None:
        """Change a session with the whole reply; None: it would not, so it has to end."""
        try:
            answer = self._ask(Code.COA_REQUEST, who + reply)
        except Silent:
            self._silence = ""  # it may still hear the other order
            return None
        return _read(answer, is_end=False) if answer.is_ack or answer.is_gone else None

    def _ask(self, code: Code, attributes: list[tuple[str, str]]) -> Answer:
        if self._silence:
            raise Silent
        if self._link is None:
            self._link = DynamicAuthorization(
                str(self._nas.address),
                self._nas.coa_port,
                secret=keys.unseal(self._nas.secret),
                fence=_fence(self._nas.coa_port),
                waits=self._waits,
            )
        try:
            return self._link.ask(code, attributes)
        except Silent:
            self._silence = (
                f"The router does not answer on UDP port {self._nas.coa_port} (RADIUS incoming)"
            )
            raise


def _named(line: Access, session: RadiusSession) -> list[tuple[str, str]]:
    """Return what names a session to its router."""
    found = [("User-Name", line.username), ("Acct-Session-Id", session.session_id)]
    if session.address:
        found.append(("Framed-IP-Address", session.address))
    return found


def _read(answer: Answer, *, is_end: bool) -> Told:
    if answer.is_ack:
        return Told(outcome=Outcome.TOLD, is_end=is_end)
    if answer.is_gone:
        return Told(outcome=Outcome.GONE)
    return Told(outcome=Outcome.REFUSED, detail=f"The router refused: error cause {answer.cause}")


def _fence(port: int) -> Fence:
    return Fence(
        ports=frozenset({port}),
        networks=tuple(ipaddress.ip_network(text) for text in settings.ROUTER_NETWORKS),
        allows_public=False,
        allows_simulators=settings.SIMULATORS,
    )
