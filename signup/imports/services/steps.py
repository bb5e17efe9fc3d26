"""An import goes from state to state; a worker does what takes long, and is taken up again.

Each row is its own transaction, so whoever goes on finds only what is left.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock, jobs, live, locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from signup.imports.models import Import, ImportRow
from signup.imports.models.imported import AT_WORK

SILENT = timedelta(minutes=5)
_TOUCH_EVERY = 20  # rows


class WrongStep(Stale):
    """The import is in a state from which this is no step."""


def begin(
    batch: Import, *, of: tuple[str, ...], to: str, action: str, act: Act[User], reasoned: bool
) -> Import:
    """Move an import into a state in which a worker is at it. Raises WrongStep, ReasonMissing."""
    if reasoned:
        act = trail.begin_with_reason(act=act)
    batch = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in of:
        said = _("The import is now “%(state)s”. Look at it again.")
        raise WrongStep(said % {"state": batch.get_state_display()})
    batch.state, batch.error, batch.touched_at = to, "", clock.real_now()
    batch.reason, batch.acted_by = act.reason, act.actor
    batch.save(update_fields=["state", "error", "touched_at", "reason", "acted_by"])
    events.record(act=act, action=f"import.{action}", target=batch)
    jobs.after_commit("signup.work_on_import", import_id=batch.pk)
    live.changed("import")
    return batch


def ended(batch: Import, *, state: str, **moments: datetime) -> None:
    """Say that a worker is through with an import."""
    Import.objects.filter(pk=batch.pk).update(state=state, error="", **moments)
    live.changed("import")


def each(
    batch: Import,
    keys: list[int],
    work: Callable[[int], object],
    *,
    refused: Callable[[str], dict[str, object]],
) -> None:
    """Do a row at a time, and say now and then that the worker is alive.

    A row that is refused keeps the columns `refused` makes of the reason; the next one goes on.
    """
    for count, pk in enumerate(keys):
        if count % _TOUCH_EVERY == 0:
            Import.objects.filter(pk=batch.pk).update(touched_at=clock.real_now())
            live.changed("import")
        try:
            work(pk)
        except DomainError as error:
            ImportRow.objects.filter(pk=pk).update(**refused(str(error)))


def problem(said: str) -> list[list[str]]:
    """Return what is wrong with a row as a whole, as a row keeps it."""
    return [["", "refused", said[:300]]]


def alone(import_id: int, work: Callable[[Import], None]) -> None:
    """Let one worker at a time at an import; what it raises stands on its page."""
    with locks.only_one(f"signup.import.{import_id}") as is_free:
        batch = Import.objects.filter(pk=import_id, state__in=AT_WORK).first()
        if not is_free or batch is None:
            return
        try:
            work(batch)
        except Exception as error:
            said = str(error) or type(error).__name__
            Import.objects.filter(pk=import_id).update(error=said[:300])
            raise


def lost(*, real_at: datetime) -> list[int]:
    """Return the imports whose worker has been silent for long."""
    silent = Import.objects.filter(state__in=AT_WORK, touched_at__lt=real_at - SILENT)
    return list(silent.values_list("pk", flat=True))


@transaction.atomic
def of_row(batch: Import) -> Act[User]:
    """Return the act of whoever asked for what is under way."""
    if batch.acted_by is None:
        raise WrongStep(_("Nobody has asked for this."))
    return Act.now(batch.acted_by, reason=batch.reason)
