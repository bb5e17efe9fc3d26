"""What a new router answers, kept without secrets while we get to know it.

In its first days (`ROUTER_RECORDING_DAYS`; 0: never) a router is asked once a day for whole rows.
What no recorded router had is noted, so that staff see it before it surprises anybody.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from network.gateways.base import RouterNoPermission, RouterRejected
from network.gateways.operations import RouterGateway
from network.models import ProtocolNote, Router
from network.rules import known_answers, scrubbing

ROWS_KEPT = 3
NEWS_KEPT = 50
_DAILY = timedelta(hours=20)

Rows = Sequence[Mapping[str, str]]
Kind = ProtocolNote.Kind


def ask(link: RouterGateway, *, router: Router, at: datetime) -> dict[str, Rows]:
    """Return the rows of each menu we know, when it is time; a menu we may not read is left out.

    Raises RouterError when the connection is lost.
    """
    answers: dict[str, Rows] = {}
    if not _is_due(router, at):
        return answers
    for menu in known_answers.COLUMNS:
        try:
            answers[menu] = link.whole_rows(menu)
        except (RouterRejected, RouterNoPermission):
            continue
    return answers


def keep(*, router: Router, answers: Mapping[str, Rows], at: datetime) -> None:
    """Keep a sample of each answer, and every field and state that is new to us."""
    notes: dict[tuple[str, str, str, str], ProtocolNote] = {}

    def note(kind: str, menu: str, *, name: str = "", value: str = "", sample: str = "") -> None:
        notes.setdefault(
            (kind, menu, name, value),
            ProtocolNote(
                router=router,
                kind=kind,
                menu=menu,
                name=name,
                value=value,
                sample=sample,
                first_seen_at=at,
                last_seen_at=at,
            ),
        )

    for menu, rows in answers.items():
        sample = [scrubbing.scrubbed(row) for row in rows[:ROWS_KEPT]]
        note(Kind.ANSWER, menu, sample=json.dumps(sample, ensure_ascii=False, indent=1))
        for row in rows:
            for name in row.keys() - known_answers.COLUMNS[menu]:
                note(Kind.FIELD, menu, name=name[:60], sample=scrubbing.shape(row[name]))
            for name, known in known_answers.STATES[menu].items():
                if row.get(name, "") not in {"", *known}:
                    note(Kind.STATE, menu, name=name, value=row[name][:120])
    _write(list(notes.values())[: NEWS_KEPT + len(answers)])


def _write(notes: Sequence[ProtocolNote]) -> None:
    ProtocolNote.objects.bulk_create(
        notes,
        update_conflicts=True,
        unique_fields=["router", "kind", "menu", "name", "value"],
        update_fields=["sample", "last_seen_at"],
    )


def _is_due(router: Router, at: datetime) -> bool:
    last_day = timedelta(days=settings.ROUTER_RECORDING_DAYS)
    if router.added_at is None or at >= router.added_at + last_day:
        return False
    recent = ProtocolNote.objects.filter(
        router=router, kind=Kind.ANSWER, last_seen_at__gt=at - _DAILY
    )
    return not recent.exists()
