"""Tests in words: what was measured beside the package, the verdict, what may help."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ispbill.core import formats
from ispbill.core.charts import Chart, Point
from network.speedtest.models import SpeedTest

_TONES = {"GOOD": "success", "WEAK": "warning", "POOR": "danger", "": "neutral"}
_SYMBOLS = {
    "GOOD": "circle-check",
    "WEAK": "alert-triangle",
    "POOR": "alert-circle",
    "": "wifi-off",
}
_HELP_BELOW = 60  # percent: over Wi-Fi the air is the likelier cause


def row(test: SpeedTest) -> dict[str, Any]:
    """Return one test as templates show it."""
    return {
        "test": test,
        "word": test.get_verdict_display() or test.get_place_display(),
        "tone": _TONES[test.verdict],
        "symbol": _SYMBOLS[test.verdict],
        "download": _speed(test.download_mbps),
        "upload": _speed(test.upload_mbps),
        "ping": _milliseconds(test.ping_ms),
        "jitter": _milliseconds(test.jitter_ms),
        "sold": f"{test.sold_download_mbps}/{test.sold_upload_mbps} Mbps",
        "sentence": sentence(test),
        "advice": advice(test),
    }


def sentence(test: SpeedTest) -> str:
    """Say what a test found: `92 of 100 Mbps down, 45 of 50 up: 90% of the package`."""
    return _(
        "%(down)s of %(sold_down)s Mbps down, %(up)s of %(sold_up)s up: %(percent)s%% of the "
        "speed in force"
    ) % {
        "down": _speed(test.download_mbps),
        "sold_down": formats.number(test.sold_download_mbps, decimals=0),
        "up": _speed(test.upload_mbps),
        "sold_up": formats.number(test.sold_upload_mbps, decimals=0),
        "percent": test.percent,
    }


def advice(test: SpeedTest) -> str:
    """Say what a customer can do, or why there is no verdict."""
    if test.place == SpeedTest.Place.FOREIGN:
        return _(
            "This was not measured over your line but over another network, so it says nothing "
            "about your package. Connect to your own network and test again."
        )
    if test.place == SpeedTest.Place.UNKNOWN:
        return _("We could not see whether this was your own line, so there is no verdict.")
    is_low = test.percent is not None and test.percent < _HELP_BELOW
    if is_low and test.medium != SpeedTest.Medium.CABLE:
        return _(
            "Over Wi-Fi walls and neighbours take speed. Test again beside the router, or by "
            "cable, with other devices quiet."
        )
    if is_low:
        return _("Stop other downloads, restart your router and test again. Then tell us.")
    return ""


def for_ticket(test: SpeedTest) -> str:
    """Return a test as a ticket quotes it."""
    return _("Speed test of %(when)s: %(sentence)s, ping %(ping)s ms, jitter %(jitter)s ms.") % {
        "when": formats.moment(test.started_at, language=get_language() or "en"),
        "sentence": sentence(test),
        "ping": _milliseconds(test.ping_ms),
        "jitter": _milliseconds(test.jitter_ms),
    }


def chart(tests: list[SpeedTest], *, key: str) -> Chart | None:
    """Return a service's tests as bars beside the speed in force; None for fewer than two."""
    if len(tests) < 2:
        return None
    latest = tests[0]
    return Chart(
        kind="bars",
        key=key,
        title=_("Last test: %(speed)s Mbps down") % {"speed": _speed(latest.download_mbps)},
        unit="Mbps",
        column=_("Download (Mbps)"),
        beside=_("Speed in force"),
        is_outline=True,
        points=[
            Point(
                label=formats.day_month(
                    timezone.localtime(one.started_at).date(), get_language() or "en"
                ),
                value=one.download_mbps,
                beside=one.sold_download_mbps,
            )
            for one in reversed(tests[:12])
        ],
        last=6,
    )


def _speed(value: Any) -> str:
    return "—" if value is None else formats.number(value, decimals=1)


def _milliseconds(value: Any) -> str:
    return "—" if value is None else formats.number(value, decimals=0)
