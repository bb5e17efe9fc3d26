"""Change many services to one package: ordered once as it was shown, carried out by a job."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.changes.queries import mass_change
from billing.changes.queries.mass_change import Choice, Planned
from billing.changes.services import package_changes
from billing.pricing.models import PackageChange, PackageChangeBatch
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.jobs import after_commit

Status = PackageChange.Status


class PreviewMoved(Stale):
    """The services or their amounts are no longer those that were shown."""


class NothingToChange(DomainError):
    """No service is left to change, or too many at once."""


def order(
    *, choice: Choice, key: str, fingerprint: str, reason: str, user: User, on: date, at: datetime
) -> PackageChangeBatch:
    """Write the quotes of all services down as they were shown, and queue the job.

    The same key again returns the first order. Raises PreviewMoved, NothingToChange,
    ReasonMissing.
    """
    reason = trail.required_reason(reason)
    try:
        with transaction.atomic():
            return _order(choice, key, fingerprint, reason, user, on=on, at=at)
    except IntegrityError as error:
        earlier = PackageChangeBatch.objects.filter(key=key).first()
        if earlier is None or "package_change_batch_once" not in str(error):
            raise
        return earlier


def run(*, batch_id: int, on: date, at: datetime, progress: Progress) -> None:
    """Carry an order out, one transaction a service; again goes on where it stopped."""
    batch = PackageChangeBatch.objects.select_related("ordered_by").get(pk=batch_id)
    PackageChangeBatch.objects.filter(pk=batch_id).update(job_run=progress.run)
    waiting = list(
        PackageChange.objects.filter(batch=batch, status=Status.QUOTED)
        .select_related("subscription")
        .order_by("pk")
    )
    progress.total(len(waiting), step="package changes")
    for change in waiting:
        try:
            done = package_changes.approve(
                change=change,
                fingerprint=change.fingerprint,
                note=batch.reason,
                act=Act(batch.ordered_by, at, on=on),
            )
        except DomainError as error:
            _leave(change, str(error), at=at)
            progress.advance(skipped=1)
        else:
            if done.status == Status.STALE:
                _leave(done, _("Something had changed since the preview."), at=at)
                progress.advance(skipped=1)
            else:
                progress.advance(processed=1)
    PackageChangeBatch.objects.filter(pk=batch_id).update(finished_at=at)


def _order(
    choice: Choice, key: str, fingerprint: str, reason: str, user: User, *, on: date, at: datetime
) -> PackageChangeBatch:
    earlier = PackageChangeBatch.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    trail.begin(act=Act(user, at, reason=reason))
    plan = mass_change.plan(choice, user=user, on=on)
    if not plan.planned:
        raise NothingToChange(_("No service is left to change."))
    if plan.fingerprint != fingerprint:
        raise PreviewMoved(_("Something has changed since the preview. Look at it again."))
    batch = PackageChangeBatch.objects.create(
        key=key,
        package_from=choice.package_from,
        package_to=choice.package_to,
        branch=choice.branch,
        area=choice.area,
        effective=choice.effective,
        on=on,
        fingerprint=fingerprint,
        reason=reason,
        total=len(plan.planned),
        ordered_by=user,
        ordered_at=at,
    )
    PackageChange.objects.bulk_create(
        _quoted(batch, one, choice, user, at=at) for one in plan.planned
    )
    events.record(
        act=Act(user, at, reason=reason),
        action="package_change.ordered_for_many",
        target=batch,
        after={
            "from": choice.package_from.name,
            "to": choice.package_to.name,
            "services": len(plan.planned),
            "total": str(plan.total),
        },
        branch_id=None,
    )
    after_commit("billing.change_many_packages", batch_id=batch.pk)
    return batch


def _quoted(
    batch: PackageChangeBatch, one: Planned, choice: Choice, user: User, *, at: datetime
) -> PackageChange:
    return PackageChange(
        batch=batch,
        subscription=one.service,
        customer_id=one.service.customer_id,
        package_from=choice.package_from,
        package_to=choice.package_to,
        effective=choice.effective,
        status=Status.QUOTED,
        origin=PackageChange.Origin.STAFF,
        note=batch.reason[:500],
        requested_by=user,
        requested_at=at,
        **package_changes.frozen(one.made, at),
    )


@transaction.atomic
def _leave(change: PackageChange, why: str, *, at: datetime) -> None:
    """Leave one service as it is, saying why."""
    trail.begin(act=Act(None, at, reason=why))
    PackageChange.objects.filter(pk=change.pk, status__in=[Status.QUOTED, Status.STALE]).update(
        status=Status.CANCELLED, decision_note=why[:500]
    )
