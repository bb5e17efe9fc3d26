"""A test begins and ends: who may, how often, and what its numbers are kept beside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Subscription
from ispbill.core import clock, live, locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Access
from network.rules import profiles
from network.speedtest.models import SpeedTest, SpeedTestSettings
from network.speedtest.rules import verdicts
from network.speedtest.rules.verdicts import Speeds
from network.speedtest.services import passes
from network.speedtest.services.passes import Pass
from network.usage.models import UsageCounter

APART = timedelta(minutes=1)
MOST_A_DAY = 20
_PLACE = SpeedTest.Place


class TooOften(DomainError):
    """Too many tests, of this customer or of all at this moment."""


@dataclass(frozen=True)
class Found:
    """What a browser has measured: Mbit/s and milliseconds."""

    speeds: Speeds
    ping: Decimal
    jitter: Decimal


@dataclass(frozen=True)
class Begun:
    """A test that may run now, and its pass."""

    test: SpeedTest
    token: str


@transaction.atomic
def begin(*, service: Subscription, address: str, medium: str, user_agent: str, act: Act) -> Begun:
    """Let a service's speed be tested from `address`; what is begun counts, broken off or not.

    One a minute and twenty a day a customer; `most_at_once` of all. Raises DomainError, TooOften.
    """
    settings = SpeedTestSettings.current()
    _check_state(service, settings)
    locks.hold("network.speedtest")  # so that two at once see each other
    _check_count(service, settings, at=act.at)
    sold = in_force(service)
    test = SpeedTest.objects.create(
        subscription=service,
        customer_id=service.customer_id,
        started_at=act.at,
        address=address or None,
        place=_place(service, address, settings),
        medium=medium,
        sold_download_mbps=int(sold.download),
        sold_upload_mbps=int(sold.upload),
        user_agent=user_agent[:200],
    )
    # Another host may be reached by another address of the same browser: IPv6 there, IPv4 here.
    bound_to = "" if settings.address else address
    most = settings.most_megabytes * verdicts.MEGABYTE
    return Begun(test, passes.issue(Pass(test.pk, bound_to, most)))


@transaction.atomic
def finish(*, test: SpeedTest, found: Found, act: Act) -> SpeedTest:
    """Keep what a browser measured, once, within the pass's time. Raises DomainError."""
    row = SpeedTest.objects.select_for_update().get(pk=test.pk)
    # The upload's last bytes and the answer itself come after the pass has ended.
    if row.is_done or act.at > row.started_at + timedelta(seconds=passes.SECONDS * 2):
        raise DomainError(_("This test is over. Start a new one."))
    settings = SpeedTestSettings.current()
    row.finished_at = max(act.at, row.started_at)
    row.download_mbps, row.upload_mbps = found.speeds.download, found.speeds.upload
    row.ping_ms, row.jitter_ms = found.ping, found.jitter
    row.used_bytes = passes.moved(row.pk)
    sold = Speeds(Decimal(row.sold_download_mbps), Decimal(row.sold_upload_mbps))
    row.percent = verdicts.percent_of(found.speeds, sold)
    if row.place == _PLACE.OWN:
        row.verdict = verdicts.verdict_of(
            row.percent, good=settings.good_percent, weak=settings.weak_percent
        )
    row.save()
    live.changed("speed_test", accounts=[row.customer_id])
    return row


def in_force(service: Subscription) -> Speeds:
    """Return the speed a service's line runs at now: a slow-down for fair use counts."""
    wanted = (
        Access.objects.filter(subscription=service)
        .values_list("desired_profile", flat=True)
        .first()
    )
    told = profiles.speed_of(wanted or "") or (service.download_mbps, service.upload_mbps)
    return Speeds(Decimal(told[0]), Decimal(told[1]))


def _check_state(service: Subscription, settings: SpeedTestSettings) -> None:
    if not settings.is_offered:
        raise DomainError(_("The speed test is switched off at the moment."))
    if service.status != Subscription.Status.ACTIVE:
        raise DomainError(_("This service is not switched on, so there is no speed to test."))


def _check_count(service: Subscription, settings: SpeedTestSettings, *, at: datetime) -> None:
    mine = SpeedTest.objects.filter(customer=service.customer_id, started_at__lte=at)
    if mine.filter(started_at__gt=at - APART).exists():
        raise TooOften(_("One test a minute. Please wait a moment and start again."))
    midnight = at.astimezone(clock.zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    if mine.filter(started_at__gte=midnight).count() >= MOST_A_DAY:
        raise TooOften(_("You have tested twenty times today. Tomorrow you can test again."))
    running = SpeedTest.objects.filter(
        finished_at=None, started_at__gt=at - timedelta(seconds=passes.SECONDS / 2)
    )
    if running.count() >= settings.most_at_once:
        raise TooOften(
            _("Others are testing at this moment, and your result would be wrong. Try in a minute.")
        )


def _place(service: Subscription, address: str, settings: SpeedTestSettings) -> str:
    """Tell whether an address is the line's own, as far as its session and our networks tell."""
    if not address:
        return _PLACE.UNKNOWN
    here = ip_address(address)
    ours = (ip_network(text.strip()) for text in settings.networks.split(",") if text.strip())
    if any(here in one for one in ours if one.version == here.version):
        return _PLACE.OWN
    known = UsageCounter.objects.filter(subscription=service, is_open=True).exclude(address="")
    session = known.values_list("address", flat=True).first()
    if session is None:
        return _PLACE.UNKNOWN
    return _PLACE.OWN if session == address else _PLACE.FOREIGN
