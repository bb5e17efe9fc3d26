"""What accounts tells: codes and links to send. The outbox row is the queued task."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.dispatch import receiver
from django.utils import translation

from ispbill.accounts import signals
from ispbill.accounts.models import User
from ispbill.core.models import Company
from ispbill.notifications.services import bell, compose, push_devices
from ispbill.notifications.services.compose import Letter
from ispbill.notifications.services.job_alarms import TOLD


@receiver(signals.one_time_code_issued)
def send_code(
    *,
    user: User,
    login: str,
    code: str,
    purpose: str,
    expires_at: datetime,
    at: datetime,
    **_: object,
) -> None:
    """Queue the code to where the person signs in from: a phone, or an e-mail address."""
    minutes = max(1, int((expires_at - at).total_seconds()) // 60)
    _queue(
        event="password_reset" if "password" in purpose else "one_time_code",
        address=login,
        user=user,
        context={"name": user.name, "code": code, "minutes": str(minutes)},
        dedup=f"{login}:{purpose}:{at.isoformat()}",
        at=at,
    )


@receiver(signals.access_link_issued)
def send_link(*, user: User, link: str, at: datetime, **_: object) -> None:
    """Queue the link, by e-mail where there is an address."""
    _queue(
        event="access_link",
        address=user.email or (user.login if "@" in user.login else user.phone or user.login),
        user=user,
        context={"name": user.name, "link": link},
        dedup=f"{user.pk}:{at.isoformat()}",
        at=at,
    )


@receiver(signals.codes_used_up)
def sound_alarm(*, count: int, at: datetime, **_: object) -> None:
    """Tell owner and network staff, by e-mail and SMS, that nobody gets a code for a while."""
    for person in User.objects.filter(role__in=TOLD, is_active=True).order_by("pk"):
        compose.enqueue(
            compose.to_person(
                person,
                {"count": str(count)},
                fact=at.isoformat(),
                language=person.language or Company.current().default_language,
            ),
            event="codes_used_up",
            at=at,
            channels=("SMS", "EMAIL"),
            is_urgent=True,
        )


@receiver(signals.session_ended)
def silence(*, session_id: int, **_: object) -> None:
    """Send nothing more to a device somebody has signed out from."""
    push_devices.signed_out(session_id)


@receiver(signals.bell_rung)
def ring_devices(
    *,
    user: User,
    words: Callable[[], str],
    about: str,
    url: str,
    fact: str,
    at: datetime,
    **_: object,
) -> None:
    """Let what rings in somebody's inbox ring on the devices they have switched on."""
    with translation.override(user.language or Company.current().default_language):
        said = str(words())
    context = {"subject": said, "text": about, "page_url": settings.PUBLIC_URL + url}
    bell.ring([user], event="bell", context=context, fact=fact, at=at)


def _queue(
    *, event: str, address: str, user: User, context: dict[str, str], dedup: str, at: datetime
) -> None:
    is_email = "@" in address
    compose.enqueue(
        Letter(
            phone="" if is_email else address,
            email=address if is_email else "",
            language=user.language or Company.current().default_language,
            context=context,
            dedup=dedup,
            user_id=user.pk,
        ),
        event=event,
        at=at,
        channels=("EMAIL",) if is_email else ("SMS",),
        is_urgent=True,
    )
