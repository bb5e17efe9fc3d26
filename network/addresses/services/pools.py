"""Blocks of addresses we give to lines."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.addresses.models import IpPool


def add(*, pool: IpPool, act: Act) -> IpPool:
    """Take a block into use. Raises DomainError where another in use has some of it."""
    try:
        with transaction.atomic():
            trail.begin(act=act)
            pool.save(force_insert=True)
            after: dict[str, Any] = {"name": pool.name, "block": str(pool.cidr), "kind": pool.kind}
            events.record(act=act, action="ip_pool.added", target=pool, after=after)
    except IntegrityError as error:
        if "ip_pools_never_overlap" in str(error):
            raise DomainError(_("Another pool has some of these addresses.")) from error
        if "ip_pool_name_once" in str(error):
            raise DomainError(_("There is a pool of this name.")) from error
        raise
    return pool


@transaction.atomic
def archive(*, pool: IpPool, act: Act) -> None:
    """Give a block up, once nobody holds an address of it."""
    act = trail.begin_with_reason(act=act)
    row = IpPool.objects.select_for_update().get(pk=pool.pk, archived_at=None)
    if row.assignments.filter(span__upper_inf=True).exists():
        raise DomainError(_("Addresses of this pool are still held."))
    row.archived_at = act.at
    row.save(update_fields=["archived_at"])
    events.record(act=act, action="ip_pool.archived", target=row)
