"""Make sessions and usage of what FreeRADIUS wrote down of routers' accounting.

Each packet is taken once, in the order it came, with what it adds, in one transaction a batch; what
it says is judged by `network.radius.rules.accounting`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from ispbill.core import locks
from ispbill.core.jobs import after_commit
from network.models import Access
from network.radius.models import RadiusAnswer, RadiusNas, RadiusRecord, RadiusSession
from network.radius.rules import accounting
from network.radius.rules.accounting import Judged, Kind, Packet, Session, Verdict
from network.radius.services import counting, proving
from network.services import sessions as seen

BATCH = 500
MOST_BATCHES = 200
LOCK = "network.radius.sessions"
KEEP_RECORDS, KEEP_ANSWERS = timedelta(days=7), timedelta(days=30)
KEEP_SESSIONS = timedelta(days=731)  # who had an address is asked for two years
_MOVING = [
    "last_at", "seconds", "ended_at", "is_lost", "upload_bytes", "download_bytes", "address",
    "ipv6_prefix", "caller_id", "port", "cause",
]  # fmt: skip


@dataclass
class Batch:
    """What a batch works on: everything is read before, and written after."""

    nases: dict[str, RadiusNas]
    lines: dict[tuple[int, str], Access]
    latest: dict[tuple[int, str], RadiusSession]
    touched: dict[int, RadiusSession] = field(default_factory=dict)  # by id(): new ones have no pk
    counted: counting.Counted = field(default_factory=counting.Counted)
    proofs: list[proving.Proof] = field(default_factory=list)
    unknown: dict[int, int] = field(default_factory=dict)
    heard: dict[int, datetime] = field(default_factory=dict)
    began: dict[int, datetime] = field(default_factory=dict)


def take_all(*, at: datetime) -> int:
    """Take everything that waits; return how many packets there were."""
    count = 0
    for _batch in range(MOST_BATCHES):
        taken = _take(at=at)
        count += taken
        if taken < BATCH:
            break
    return count


@transaction.atomic
def _take(*, at: datetime) -> int:
    if not locks.try_hold(LOCK):
        return 0
    records = list(RadiusRecord.objects.filter(taken_at=None).order_by("pk")[:BATCH])
    if not records:
        return 0
    batch = _batch(records)
    for record in records:
        record.verdict, record.taken_at = _taken(record, batch), at
    RadiusRecord.objects.bulk_update(records, ["verdict", "taken_at"], batch_size=BATCH)
    _write(batch, at=at)
    return len(records)


def _batch(records: Sequence[RadiusRecord]) -> Batch:
    addresses = {record.nas_address for record in records}
    nases = {
        str(nas.address): nas
        for nas in RadiusNas.objects.select_related("router").filter(address__in=addresses)
    }
    routers = {nas.router_id for nas in nases.values()}
    names = {record.username for record in records}
    lines = (
        Access.objects.filter(router__in=routers, username__in=names)
        .select_related("subscription")
        .order_by("-desired_state", "pk")  # a living line before a removed one of that name
    )
    found: dict[tuple[int, str], Access] = {}
    for line in sorted(lines, key=lambda one: one.desired_state == Access.State.REMOVED):
        found.setdefault((line.router_id, line.username), line)
    sessions = RadiusSession.objects.filter(
        router__in=routers, unique_id__in={record.unique_id for record in records}
    ).order_by("began_at")
    latest = {(one.router_id, one.unique_id): one for one in sessions}
    return Batch(nases=nases, lines=found, latest=latest)


def _taken(record: RadiusRecord, batch: Batch) -> str:
    """Take one packet into the batch; return what became of it, for whoever looks."""
    nas = batch.nases.get(str(record.nas_address))
    if nas is None:
        return "stranger"
    try:
        kind = Kind(record.status)
    except ValueError:
        return "other"
    happened = accounting.happened_at(record.received_at, record.delay_seconds)
    batch.heard[nas.pk] = max(record.received_at, batch.heard.get(nas.pk, record.received_at))
    if kind in (Kind.ON, Kind.OFF):
        _restarted(nas, batch, happened=happened)
        return "restart"
    line = batch.lines.get((nas.router_id, record.username))
    if line is None:
        batch.unknown[nas.pk] = batch.unknown.get(nas.pk, 0) + 1
        return "unknown"
    packet = Packet(
        kind=kind,
        at=happened,
        seconds=max(record.session_seconds, 0),
        upload=accounting.total(record.input_octets, record.input_gigawords),
        download=accounting.total(record.output_octets, record.output_gigawords),
    )
    row = batch.latest.get((nas.router_id, record.unique_id))
    known = _known(row)
    judged = accounting.judge(known, packet)
    if judged.verdict is not Verdict.LATE:
        _apply(judged, known, row, record, line, nas, batch)
        counting.count(judged, known, packet, line=line, nas=nas, into=batch.counted)
        batch.proofs.append(
            proving.Proof(line.pk, kind, happened, is_new=judged.verdict is Verdict.NEW)
        )
    return judged.verdict.value


def _known(row: RadiusSession | None) -> Session | None:
    if row is None:
        return None
    return Session(
        began_at=row.began_at,
        last_at=row.last_at,
        seconds=row.seconds,
        upload=row.upload_bytes,
        download=row.download_bytes,
        ended_at=row.ended_at,
        is_lost=row.is_lost,
    )


def _apply(
    judged: Judged,
    known: Session | None,
    row: RadiusSession | None,
    record: RadiusRecord,
    line: Access,
    nas: RadiusNas,
    batch: Batch,
) -> None:
    """Write what was judged into the session's row: a new one, or the one that is known."""
    if row is None or judged.verdict is Verdict.NEW:
        if row is not None and row.ended_at is None:
            row.ended_at, row.is_lost = row.last_at, True
            batch.touched[id(row)] = row
        row = RadiusSession(
            line=line,
            router_id=nas.router_id,
            unique_id=record.unique_id,
            session_id=record.session_id,
            began_at=judged.session.began_at,
        )
        batch.latest[nas.router_id, record.unique_id] = row
        if judged.session.ended_at is None:
            batch.began[line.pk] = judged.session.began_at
    row.last_at, row.seconds = judged.session.last_at, judged.session.seconds
    row.ended_at, row.is_lost = judged.session.ended_at, judged.session.is_lost
    row.upload_bytes, row.download_bytes = judged.session.upload, judged.session.download
    row.address = record.address or row.address
    row.ipv6_prefix = record.ipv6_prefix or row.ipv6_prefix
    row.caller_id = record.caller_id[:60] or row.caller_id
    row.port = record.port[:60] or row.port
    row.cause = record.cause or row.cause
    batch.touched[id(row)] = row


def _restarted(nas: RadiusNas, batch: Batch, *, happened: datetime) -> None:
    """A router that began anew, or ends, has none of its older sessions any more."""
    ours = {one.pk: one for one in batch.latest.values() if one.pk is not None}
    open_ones = [
        ours.get(one.pk, one)
        for one in RadiusSession.objects.filter(router=nas.router_id, ended_at=None)
    ]
    open_ones += [one for one in batch.touched.values() if one.pk is None]
    for row in open_ones:
        if row.router_id == nas.router_id and row.ended_at is None and row.began_at < happened:
            row.ended_at = max(happened, row.last_at)
            row.cause = "NAS-Reboot"
            batch.touched[id(row)] = row


def _write(batch: Batch, *, at: datetime) -> None:
    """Write the batch: sessions, hours and days, who is on line, and what was proven."""
    rows = list(batch.touched.values())
    known = sorted((row for row in rows if row.pk is not None), key=lambda row: row.pk)
    RadiusSession.objects.bulk_create([row for row in rows if row.pk is None])
    RadiusSession.objects.bulk_update(known, _MOVING, batch_size=BATCH)
    counting.write(batch.counted)
    for nas in batch.nases.values():
        if nas.pk in batch.heard:
            nas.heard_at = max(batch.heard[nas.pk], nas.heard_at or batch.heard[nas.pk])
            nas.unknown_users += batch.unknown.get(nas.pk, 0)
            nas.save(update_fields=["heard_at", "unknown_users"])
    _note_online(rows, at=at)
    to_tell = {*proving.take(batch.proofs, at=at), *proving.doubt(batch.began)}
    for router_id in sorted(to_tell):
        after_commit("network.push_radius", router_id=router_id)


def _note_online(rows: Sequence[RadiusSession], *, at: datetime) -> None:
    """A line is on line with an open session; whoever has another open one stays so."""
    lines = {row.line_id: row.line for row in rows}
    still = set(
        RadiusSession.objects.filter(line__in=lines, ended_at=None).values_list("line", flat=True)
    )
    changed = [pk for pk in sorted(lines) if lines[pk].has_session is not (pk in still)]
    if not changed:
        return
    list(Access.objects.select_for_update(no_key=True).filter(pk__in=changed).order_by("pk"))
    for is_on in (True, False):
        ids = [pk for pk in changed if (pk in still) is is_on]
        Access.objects.filter(pk__in=ids).update(has_session=is_on, session_noted_at=at)
    seen.note_customers({lines[pk].customer_id for pk in changed}, at=at)


@transaction.atomic
def close_lost(*, at: datetime) -> int:
    """Close the sessions nothing was heard of for half an hour, at what was last heard."""
    if not locks.try_hold(LOCK):
        return 0
    lost = list(
        RadiusSession.objects.filter(ended_at=None, last_at__lt=at - accounting.LOST)
        .select_related("line")
        .order_by("pk")
    )
    for row in lost:
        row.ended_at, row.is_lost = row.last_at, True
    RadiusSession.objects.bulk_update(lost, ["ended_at", "is_lost"], batch_size=BATCH)
    return len(lost)


@transaction.atomic
def keep(*, at: datetime) -> int:
    """Drop what is kept no longer; return how many packets that were."""
    RadiusSession.objects.filter(last_at__lt=at - KEEP_SESSIONS).delete()
    RadiusAnswer.objects.filter(at__lt=at - KEEP_ANSWERS).delete()
    gone = RadiusRecord.objects.filter(received_at__lt=at - KEEP_RECORDS, taken_at__isnull=False)
    return int(gone.delete()[0])
