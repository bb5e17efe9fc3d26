"""How we ask Interstellio: the settings, and whether they work."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core import clock, crypto
from ispbill.core.acts import Act
from ispbill.core.outside import refuse_transaction
from network.interstellio.gateways.client import Account, Interstellio
from network.interstellio.gateways.errors import InterstellioError
from network.interstellio.models import InterstellioSettings

EDITABLE = (
    "is_on", "identity_url", "subscriber_url", "telemetry_url", "domain", "tenant_id", "username",
    "kilobyte", "calls_a_second",
)  # fmt: skip


def held() -> InterstellioSettings:
    """Return the one row; it is made when somebody first changes it."""
    return InterstellioSettings.objects.get_or_create(pk=1)[0]


def secret_place(row: InterstellioSettings) -> str:
    """Return what the sealed password is bound to."""
    return f"network.interstellio:{row.seal_id}"


@transaction.atomic
def change(*, values: Mapping[str, Any], password: str, act: Act) -> InterstellioSettings:
    """Change the settings; an empty password keeps the one there is. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    InterstellioSettings.objects.get_or_create(pk=1)
    row = InterstellioSettings.objects.select_for_update().get(pk=1)
    was = {name: getattr(row, name) for name in EDITABLE}
    for name in EDITABLE:
        if name in values:
            setattr(row, name, values[name])
    before, after = events.changes(was, {name: getattr(row, name) for name in EDITABLE})
    if password:
        row.sealed_password = crypto.seal(password, context=secret_place(row))
        after["password"] = "replaced"  # noqa: S105 - the word for the log
    row.save()
    if after:
        events.record(
            act=act, action="interstellio_settings.changed", target=row, before=before, after=after
        )
    return row


def conversation(
    row: InterstellioSettings, *, sleep: Callable[[float], None] | None = None
) -> Interstellio:
    """Return the one way to Interstellio. Raises Unreadable; never inside a transaction."""
    refuse_transaction("Interstellio")
    account = Account(
        identity=row.identity_url.rstrip("/"),
        subscriber=row.subscriber_url.rstrip("/"),
        telemetry=row.telemetry_url.rstrip("/"),
        domain=row.domain,
        tenant_id=row.tenant_id,
        username=row.username,
        password=crypto.unseal(row.sealed_password, context=secret_place(row))
        if row.sealed_password
        else "",
        time_zone=str(clock.zone()),
        calls_a_second=row.calls_a_second,
    )
    return Interstellio(account) if sleep is None else Interstellio(account, sleep=sleep)


def try_out() -> str:
    """Log in and ask for the first subscriber while somebody waits; return what went wrong."""
    try:
        client = conversation(InterstellioSettings.current(), sleep=lambda _seconds: None)
        client.log_in()
        next(client.subscribers(), None)
    except (InterstellioError, crypto.Unreadable) as error:
        return str(error)
    return ""
