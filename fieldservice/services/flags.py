"""Flags on what has waited too long: found by a job, gone once it is cured. They stop nothing."""

from django.db import transaction

from fieldservice.models import FieldFlag
from fieldservice.queries import overdue
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


def look(*, act: Act[None]) -> int:
    """Flag what has waited too long and put away what is cured; return how many are new.

    As often as it runs, a thing is flagged once; what somebody has looked into stays so.
    """
    wanted = {(one.kind, one.key): one for one in overdue.found(act.at)}
    with transaction.atomic():
        known = FieldFlag.objects.select_for_update().filter(cured_at=None)
        flagged = {(one.kind, one.key): one.pk for one in known}
        cured = [pk for what, pk in flagged.items() if what not in wanted]
        FieldFlag.objects.filter(pk__in=cured).update(cured_at=act.at)
        new = [one for what, one in wanted.items() if what not in flagged]
        FieldFlag.objects.bulk_create(
            [
                FieldFlag(
                    kind=one.kind,
                    key=one.key,
                    branch_id=one.branch_id,
                    what=one.what,
                    number=one.number,
                    since=one.since,
                    found_at=act.at,
                )
                for one in new
            ],
            ignore_conflicts=True,
        )
    return len(new)


@transaction.atomic
def look_into(*, flag: FieldFlag, act: Act[User]) -> FieldFlag:
    """Note that somebody has looked into it; twice is once. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    flag = FieldFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
    if flag.seen_at is not None or flag.cured_at is not None:
        return flag
    flag.seen_by, flag.seen_at, flag.decision = act.actor, act.at, act.reason
    flag.save(update_fields=["seen_by", "seen_at", "decision"])
    events.record(
        act=act,
        action="field_flag.followed_up",
        target=flag,
        label=flag.what,
        after={"kind": flag.kind, "key": flag.key},
    )
    return flag
