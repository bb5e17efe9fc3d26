"""Take in days of usage that somebody typed, and undo that.

What was typed counts on days nobody measured, and may replace what was typed or estimated before.
A day that is measured later counts as measured. One file at a time is taken in or undone, so that
each knows what stood before it.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.audit.services.events import Target
from ispbill.core import jobs, locks, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Access
from network.queries import lines
from network.usage.models import UsageFile, UsageFileRow
from network.usage.rules import manual
from network.usage.rules.manual import Typed
from network.usage.rules.sizes import gigabytes

LOCK = "network.manual_usage"
State, Outcome = UsageFile.State, UsageFileRow.Outcome
UNREADABLE = {
    "ENCODING": gettext_noop("The file is not text in UTF-8. Save it as “CSV UTF-8”."),
    "COLUMNS": gettext_noop("The first row has to name username, date, upload_gb, download_gb."),
    "EMPTY": gettext_noop("The file has no rows below its head."),
    "ROWS": gettext_noop("The file has more than 20,000 rows. Cut it in two."),
}

# Each day as it stands, locked, beside the row that wants it.
_NOTE = """
    WITH stands AS (
        SELECT r.id, d.upload_bytes, d.download_bytes, d.source, d.is_pinned
        FROM network_usagefilerow r
        JOIN network_usageday d ON d.subscription_id = r.subscription_id AND d.date = r.date
        WHERE r.file_id = %(file)s AND r.problem = ''
        ORDER BY d.subscription_id, d.date FOR UPDATE OF d
    )
    UPDATE network_usagefilerow r
    SET was_upload_bytes = s.upload_bytes, was_download_bytes = s.download_bytes,
        was_source = s.source, outcome = CASE
            WHEN s.is_pinned OR s.source NOT IN ('MANUAL', 'ESTIMATED') THEN 'METERED'
            WHEN s.source = 'MANUAL' AND s.upload_bytes = r.upload_bytes
                 AND s.download_bytes = r.download_bytes THEN 'SAME' ELSE '' END
    FROM stands s WHERE s.id = r.id
"""
# A day that a meter has begun since is the meter's: it is not touched.
_WRITE = """
    WITH written AS (
        INSERT INTO network_usageday AS was (subscription_id, customer_id, date, upload_bytes,
            download_bytes, free_bytes, source, is_mixed, is_pinned)
        SELECT r.subscription_id, s.customer_id, r.date, r.upload_bytes, r.download_bytes, 0,
               'MANUAL', false, false
        FROM network_usagefilerow r JOIN customers_subscription s ON s.id = r.subscription_id
        WHERE r.file_id = %(file)s AND r.problem = '' AND r.outcome = ''
        ORDER BY r.subscription_id, r.date
        ON CONFLICT (subscription_id, date) DO UPDATE
        SET upload_bytes = excluded.upload_bytes, download_bytes = excluded.download_bytes,
            free_bytes = 0, source = 'MANUAL', is_mixed = false
        WHERE was.source IN ('MANUAL', 'ESTIMATED') AND NOT was.is_pinned
        RETURNING subscription_id, date
    )
    UPDATE network_usagefilerow r
    SET outcome = CASE WHEN EXISTS (SELECT FROM written w WHERE w.date = r.date
        AND w.subscription_id = r.subscription_id) THEN 'WRITTEN' ELSE 'METERED' END
    WHERE r.file_id = %(file)s AND r.problem = '' AND r.outcome = ''
"""
# Days that still hold what this file wrote, and nobody has touched since.
_OURS = """
    SELECT r.id FROM network_usagefilerow r
    JOIN network_usageday d ON d.subscription_id = r.subscription_id AND d.date = r.date
    WHERE r.file_id = %(file)s AND r.outcome = 'WRITTEN' AND d.source = 'MANUAL'
      AND NOT d.is_pinned AND d.upload_bytes = r.upload_bytes
      AND d.download_bytes = r.download_bytes
    ORDER BY d.subscription_id, d.date FOR UPDATE OF d
"""
_BACK = """
    UPDATE network_usageday d
    SET upload_bytes = r.was_upload_bytes, download_bytes = r.was_download_bytes,
        source = r.was_source
    FROM network_usagefilerow r
    WHERE r.id = ANY(%(ours)s) AND r.was_source <> '' AND d.subscription_id = r.subscription_id
      AND d.date = r.date
"""
_AWAY = """
    DELETE FROM network_usageday d USING network_usagefilerow r
    WHERE r.id = ANY(%(ours)s) AND r.was_source = '' AND d.subscription_id = r.subscription_id
      AND d.date = r.date
"""
_SERVICES = """
    SELECT s.id, s.customer_id, s.connection_id, count(*),
           sum(r.upload_bytes + r.download_bytes)::bigint
    FROM network_usagefilerow r JOIN customers_subscription s ON s.id = r.subscription_id
    WHERE r.file_id = %(file)s AND r.outcome = %(outcome)s GROUP BY 1, 2, 3 ORDER BY 1
"""


class FileRefused(DomainError):
    """The file is none of days and amounts, or is not in the state the act needs."""


@transaction.atomic
def upload(*, name: str, content: bytes, act: Act[User]) -> UsageFile:
    """Read a file and keep its rows, each with whose it is or why it cannot count.

    Nothing counts yet. User names are those of lines the person may see. Raises FileRefused.
    """
    try:
        typed = manual.read(content, today=act.on)
    except manual.Unreadable as error:
        raise FileRefused(_(UNREADABLE[error.why])) from error
    trail.begin(act=act)
    file = UsageFile.objects.create(name=name[:160], uploaded_by=act.actor, uploaded_at=act.at)
    owners = _owners({row.username for row in typed if not row.problem}, act.actor)
    UsageFileRow.objects.bulk_create((_kept(file, row, owners) for row in typed), batch_size=1000)
    events.record(
        act=act, action="usage_file.uploaded", target=file, after={"name": name, "rows": len(typed)}
    )
    return file


@transaction.atomic
def take(*, file: UsageFile, act: Act[User]) -> UsageFile:
    """Let the rows without a fault count on the days nobody measured. Raises FileRefused."""
    trail.begin(act=act)
    locks.hold(LOCK)
    file = UsageFile.objects.select_for_update(no_key=True).get(pk=file.pk)
    if file.state != State.CHECKED:
        raise FileRefused(_("This file was taken in already."))
    _run(_NOTE, file=file.pk)
    _run(_WRITE, file=file.pk)
    file.state, file.taken_at = State.TAKEN, act.at
    file.save(update_fields=["state", "taken_at"])
    _tell(file, "usage_file.taken", Outcome.WRITTEN, act)
    return file


@transaction.atomic
def undo(*, file: UsageFile, act: Act[User]) -> UsageFile:
    """Bring the days back to what they were before; those changed since stay, and say so.

    Raises FileRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    locks.hold(LOCK)
    file = UsageFile.objects.select_for_update(no_key=True).get(pk=file.pk)
    if file.state != State.TAKEN:
        raise FileRefused(_("Nothing of this file counts."))
    with connection.cursor() as cursor:
        cursor.execute(_OURS, {"file": file.pk})
        ours = [row[0] for row in cursor.fetchall()]
        cursor.execute(_BACK, {"ours": ours})
        cursor.execute(_AWAY, {"ours": ours})
    written = file.rows.filter(outcome=Outcome.WRITTEN)
    written.exclude(pk__in=ours).update(outcome=Outcome.CHANGED)
    file.rows.filter(pk__in=ours).update(outcome=Outcome.UNDONE)
    file.state, file.undone_at = State.UNDONE, act.at
    file.save(update_fields=["state", "undone_at"])
    _tell(file, "usage_file.undone", Outcome.UNDONE, act)
    return file


def _owners(names: set[str], user: User) -> dict[str, int | None]:
    """Return the service of each user name; None for a name of several lines."""
    found: dict[str, int | None] = {}
    rows = lines.visible_to(user).filter(username__in=names)
    living = rows.exclude(desired_state=Access.State.REMOVED)
    for name, service_id in living.values_list("username", "subscription_id"):
        found[name] = None if name in found else service_id
    return found


def _kept(file: UsageFile, row: Typed, owners: dict[str, int | None]) -> UsageFileRow:
    problem, service_id = row.problem, None
    if not problem:
        service_id = owners.get(row.username)
        if service_id is None:
            problem = "AMBIGUOUS" if row.username in owners else "UNKNOWN"
    return UsageFileRow(
        file=file,
        row_no=row.row_no,
        username=row.username,
        date=row.on,
        subscription_id=service_id,
        upload_bytes=row.upload,
        download_bytes=row.download,
        problem=problem,
    )


def _tell(file: UsageFile, action: str, outcome: str, act: Act[User]) -> None:
    """Write the trail: of the file, and of each service whose days have changed."""
    rows = statements.read(_SERVICES, {"file": file.pk, "outcome": outcome})
    days = sum(row[3] for row in rows)
    events.record(act=act, action=action, target=file, after={"services": len(rows), "days": days})
    kind = "usage.typed_in" if outcome == Outcome.WRITTEN else "usage.typing_undone"
    events.write(
        [events.said(_about(row), act=act, action=kind, after=_after(row)) for row in rows]
    )
    jobs.after_commit("network.enforce_fup")


def _about(row: Sequence[int | str]) -> Target:
    return Target(type="subscription", id=str(row[0]), label=str(row[2]), customer_id=int(row[1]))


def _after(row: Sequence[int | str]) -> dict[str, object]:
    size: Decimal = gigabytes(int(row[4]))
    return {"days": row[3], "gb": str(size)}


def _run(statement: str, **values: int) -> None:
    statements.run(statement, values)
