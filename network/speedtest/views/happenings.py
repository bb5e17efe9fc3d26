"""What the timeline of a customer tells of speed tests."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from customers.queries import page_sources
from customers.queries.page_sources import Part, Row, Source, Told
from network.speedtest.models import SpeedTest
from network.speedtest.queries import results


def register() -> None:
    """Tell of tests that came to an end."""
    page_sources.add(
        Source(
            name="speed",
            topic="line",
            needs="network.view",
            at="finished_at",
            facts={
                "percent": F("percent"),
                "verdict": F("verdict"),
                "download": F("sold_download_mbps"),
                "upload": F("sold_upload_mbps"),
            },
            rows=_rows,
            tell=_told,
        )
    )


def _rows(customer_id: int) -> QuerySet[SpeedTest]:
    return results.done().filter(customer=customer_id)


def _told(row: Row) -> Told:
    values: dict[str, Part | str] = {
        "percent": f"{row.facts['percent']}%",
        "sold": f"{row.facts['download']}/{row.facts['upload']} Mbps",
    }
    if row.facts["verdict"] == SpeedTest.Verdict.POOR:
        sentence = _("Poor speed test: %(percent)s of %(sold)s.")
        return Told("gauge", sentence, values, tone="warning")
    if not row.facts["verdict"]:
        sentence = _("Speed test over another network: %(percent)s of %(sold)s.")
        return Told("gauge", sentence, values)
    return Told("gauge", _("Speed test: %(percent)s of %(sold)s."), values)
