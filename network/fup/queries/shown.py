"""Fair use as people see it: how far a service is, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from ispbill.accounts.models import User
from network.fup.models import FupRule, FupState
from network.fup.rules import thresholds
from network.queries import lines


@dataclass(frozen=True)
class Standing:
    """How far a service is towards one threshold."""

    state: FupState
    percent: int

    @property
    def rule(self) -> FupRule:
        return self.state.rule

    @property
    def is_reached(self) -> bool:
        return self.state.level == FupState.Level.REACHED

    @property
    def is_throttled(self) -> bool:
        return bool(self.state.applied_profile) and not self.state.is_lifted and self.is_reached

    @property
    def tone(self) -> str:
        return {"REACHED": "danger", "WARNED": "warning"}.get(self.state.level, "success")

    @property
    def last_day(self) -> date:
        """The day on which it begins anew."""
        return self.state.window_end


def of_service(subscription_id: int, *, on: date) -> list[Standing]:
    """Return where a service stands in the windows that are open, the lowest threshold first."""
    found = (
        FupState.objects.filter(
            subscription=subscription_id, window_end__gt=on, rule__archived_at=None
        )
        .select_related("rule")
        .order_by("rule__threshold_gb", "pk")
    )
    return [_standing(state) for state in found]


def concerned(user: User, *, on: date) -> QuerySet[FupState]:
    """Return those warned or over a threshold now that a member of staff may see."""
    return (
        FupState.objects.filter(
            subscription__access__in=lines.visible_to(user),
            window_end__gt=on,
            rule__archived_at=None,
        )
        .exclude(level=FupState.Level.OK)
        .select_related("rule__package", "subscription__access", "customer")
        .order_by("level", "-used_bytes", "pk")
    )


def standings(states: Sequence[FupState]) -> list[Standing]:
    """Return states with their shares."""
    return [_standing(state) for state in states]


def rules() -> QuerySet[FupRule]:
    """Return the thresholds in force, by package."""
    return (
        FupRule.objects.filter(archived_at=None)
        .select_related("package")
        .order_by("package__name", "package", "threshold_gb")
    )


def _standing(state: FupState) -> Standing:
    return Standing(state, thresholds.percent(state.used_bytes, state.rule.threshold_gb))
