"""Set the fair-use thresholds of packages, and lift a slow-down of one line."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Package
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.fup.models import FupRule, FupState
from network.fup.rules import thresholds
from network.fup.rules.thresholds import Speed
from network.fup.services import enforcing


class PolicyRefused(DomainError):
    """The threshold cannot be as asked."""


def add(*, package: Package, rule: FupRule, act: Act) -> FupRule:
    """Give a package another threshold; it holds at once, for what was used in this window too.

    Raises PolicyRefused for a speed that is no slower, or one threshold twice.
    """
    if rule.action == FupRule.Action.THROTTLE:
        speed = Speed(rule.download_mbps or 0, rule.upload_mbps or 0)
        sold = Speed(package.download_mbps, package.upload_mbps)
        if not thresholds.is_slower(speed, sold):
            raise PolicyRefused(
                _("A slowed-down line must be slower than the package, and at least 1 Mbps.")
            )
    rule.package = package
    try:
        with transaction.atomic():
            trail.begin(act=act)
            rule.save()
            _record("fup.added", rule, act=act)
    except IntegrityError as error:
        if "fup_rule_once" in str(error):
            raise PolicyRefused(_("This package has that threshold already.")) from error
        raise
    return rule


@transaction.atomic
def archive(*, rule: FupRule, act: Act) -> None:
    """Take a threshold away; lines slowed down by it come back within minutes."""
    trail.begin(act=act)
    rule = FupRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if rule.archived_at is None:
        rule.archived_at = act.at
        rule.save(update_fields=["archived_at"])
        _record("fup.archived", rule, act=act)


@transaction.atomic
def lift(*, subscription_id: int, act: Act) -> int:
    """Give a line its own speed back until the window ends; return how many thresholds gave way."""
    trail.begin(act=act)
    states = FupState.objects.select_for_update(no_key=True).filter(
        subscription=subscription_id, level=FupState.Level.REACHED, is_lifted=False
    )
    found = list(states.order_by("pk"))
    FupState.objects.filter(pk__in=[state.pk for state in found]).update(is_lifted=True)
    for state in found:
        events.record(
            act=act,
            action="fup.lifted",
            target=state,
            after={"until": state.window_end.isoformat()},
        )
    enforcing.enforce(at=act.at)
    return len(found)


def _record(action: str, rule: FupRule, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=rule,
        label=f"{rule.package.name}: {rule.threshold_gb} GB",
        after={
            "window": rule.window,
            "threshold_gb": rule.threshold_gb,
            "action": rule.action,
            "speed": f"{rule.download_mbps}/{rule.upload_mbps}",
        },
    )
