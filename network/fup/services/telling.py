"""Tell customers of a fair-use level, once a window."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customers.models import Subscription
from ispbill.core import formats
from ispbill.notifications.services import compose
from ispbill.notifications.services.compose import Letter
from network.fup.rules import thresholds
from network.usage.rules import sizes

if TYPE_CHECKING:
    from network.fup.services.enforcing import Case


def tell(cases: Sequence["Case"], *, at: datetime) -> int:
    """Queue a message for each case with something to tell; return how many are new."""
    due = [case for case in cases if case.tells]
    if not due:
        return 0
    found = Subscription.objects.select_related("customer", "package").in_bulk(
        [case.subscription_id for case in due]
    )
    letters: dict[str, list[Letter]] = {}
    for case in due:
        service = found[case.subscription_id]
        letters.setdefault(_event(case), []).append(_letter(case, service))
    return sum(
        compose.enqueue_all(some, event=event, at=at) for event, some in sorted(letters.items())
    )


def _event(case: "Case") -> str:
    if case.tells < 100:
        return "usage_warning"
    return "usage_throttled" if case.slows is not None else "usage_reached"


def _letter(case: "Case", service: Subscription) -> Letter:
    customer = service.customer
    speed = case.speed or thresholds.Speed(service.download_mbps, service.upload_mbps)
    context: dict[str, Any] = {
        "service": service.connection_id,
        "package": service.package.name,
        "used": f"{formats.number(sizes.gigabytes(case.used))} GB",
        "allowance": f"{case.threshold_gb} GB",
        "percent": str(min(thresholds.percent(case.used, case.threshold_gb), 999)),
        "day": case.days.end.isoformat(),
        "speed": f"{speed.download}/{speed.upload} Mbps",
    }
    dedup = f"{case.rule_id}:{service.pk}:{case.days.start}:{case.tells}:{case.threshold_gb}"
    return compose.to_customer(customer, context, dedup=dedup)
