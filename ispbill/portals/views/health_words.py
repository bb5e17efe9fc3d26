"""The rows of the health page: conditions with figures and advice, alarms with their story."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ispbill.core.formats import duration
from ispbill.upkeep.models import Alarm
from ispbill.upkeep.queries import condition_words, conditions
from ispbill.upkeep.queries.conditions import Condition

_TONES = {
    conditions.OK: ("success", "circle-check", _("Well")),
    conditions.WARNING: ("warning", "alert-triangle", _("Look soon")),
    conditions.CRITICAL: ("danger", "alert-circle", _("Critical")),
}


def rows(found: list[Condition]) -> list[dict[str, Any]]:
    """Return the conditions as the page shows them, the worst first."""
    order = [conditions.CRITICAL, conditions.WARNING, conditions.OK]
    return [_row(one) for one in sorted(found, key=lambda one: order.index(one.level))]


def _row(condition: Condition) -> dict[str, Any]:
    title, advice = condition_words.WORDS[condition.name]
    tone, symbol, word = _TONES[condition.level]
    return {
        "title": title,
        "advice": advice if condition.level != conditions.OK else "",
        "tone": tone,
        "symbol": symbol,
        "word": word,
        "figure": condition_words.figure(condition, condition.figure),
        "warning": condition_words.figure(condition, condition.warning),
        "critical": condition_words.figure(condition, condition.critical),
    }


def alarms(found: list[Alarm], *, real_at: datetime) -> list[dict[str, Any]]:
    """Return alarms as the page shows them: what, since when, how long, who is on it."""
    return [_alarm(one, real_at) for one in found]


def _alarm(alarm: Alarm, real_at: datetime) -> dict[str, Any]:
    tone, symbol, word = _TONES[conditions.CRITICAL if alarm.is_critical else conditions.WARNING]
    if not alarm.is_open:
        tone, symbol, word = "neutral", "check", _("Over")
    is_taken = alarm.silent_until is not None and alarm.silent_until > real_at
    began = alarm.opened_at or alarm.seen_at
    end = alarm.well_since or alarm.closed_at or real_at
    return {
        "alarm": alarm,
        "title": condition_words.WORDS[alarm.condition][0],
        "tone": tone,
        "symbol": symbol,
        "word": word,
        "lasted": duration(end - began, (get_language() or "en")[:2]),
        "taken": alarm if is_taken else None,
    }
