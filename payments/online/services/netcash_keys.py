"""Trying NetCash's service keys, each with a question that changes nothing."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import Keys, NetcashDown, Service

_LABELS = {
    Service.ACCOUNT: gettext_noop("Account key (statements)"),
    Service.DEBIT_ORDER: gettext_noop("Debit order key"),
    Service.VALIDATION: gettext_noop("Account validation key"),
}
_NEEDED = (Service.ACCOUNT, Service.DEBIT_ORDER)


def tried(keys: Keys, base_url: str) -> Sequence[tuple[str, bool]]:
    """Return a sentence for each key and whether it works; the last one says what is wrong."""
    missing = [service for service in _NEEDED if not keys.of(service)]
    if missing:
        words = _("%(key)s: not typed yet")
        return [(words % {"key": _(_LABELS[service])}, False) for service in missing]
    try:
        verdicts = Netcash(keys=keys, base_url=base_url).check_keys()
    except ValueError:
        return [(_("NetCash is only called encrypted (https)."), False)]
    except NetcashDown as error:
        return [(_("NetCash does not answer: %(detail)s") % {"detail": error}, False)]
    told = []
    for one in sorted(verdicts, key=lambda one: not one.is_valid):
        words = f"{_(_LABELS[one.service])}: {_(one.words)}"
        told.append((words if one.is_valid else f"{words} ({one.code})", one.is_valid))
    return told
