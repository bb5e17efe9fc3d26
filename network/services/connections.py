"""The one way to a router: address checked, password unsealed, no transaction open."""

import ipaddress

from django.conf import settings

from ispbill.core import crypto
from ispbill.core.addresses import Fence
from ispbill.core.outside import refuse_transaction
from network.gateways import routeros_link
from network.gateways.base import API_PORTS, Limits, RouterLogin
from network.gateways.mikrotik import MikrotikRouter
from network.models import Router

# A page waits for these; the browser gives up after fifteen seconds.
WHILE_SOMEBODY_WAITS = Limits(connect=4.0, read=5.0, overall=8.0, bulk=10.0)


def open_router(
    router: Router, *, limits: Limits | None = None, password: str | None = None
) -> MikrotikRouter:
    """Return a gateway to the router; it connects when first asked something.

    `limits` other than the usual ones: `WHILE_SOMEBODY_WAITS`. `password` in place of the stored
    one, to try it out. Raises RuntimeError inside a transaction: a slow router must never hold a
    row's lock.
    """
    refuse_transaction("a router")
    return MikrotikRouter(login_of(router, password=password), limits)


def login_of(router: Router, *, password: str | None = None) -> RouterLogin:
    """Return how to enter the router; `password` in place of the stored one, to try it out."""
    return RouterLogin(
        host=router.host,
        port=router.port,
        username=router.username,
        password=password if password is not None else password_of(router),
        tls=router.uses_tls,
        tls_fingerprint=router.tls_fingerprint,
        policy=fence(),
    )


def fence() -> Fence:
    """Return where routers may be: the company's networks; loopback only with simulators on."""
    return Fence(
        ports=API_PORTS,
        networks=tuple(ipaddress.ip_network(text) for text in settings.ROUTER_NETWORKS),
        allows_public=False,
        allows_simulators=settings.SIMULATORS,
    )


def check_address(*, host: str, port: int) -> None:
    """Raise RouterAddressRefused or RouterUnreachable for a host we may not, or cannot, call."""
    routeros_link.resolve(
        RouterLogin(host=host, port=port, username="", password="", policy=fence())
    )


def secret_place(router: Router) -> str:
    """Return what a router's sealed password is bound to."""
    return f"network.router:{router.seal_id}"


def password_of(router: Router) -> str:
    return crypto.unseal(router.sealed_password, context=secret_place(router))
