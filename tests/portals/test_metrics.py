"""/metrics: what every process counted, what is measured, and nothing about anybody."""

import json
import re
from pathlib import Path

import pytest
from django.urls import reverse

from ispbill import celery
from ispbill.accounts.models import User
from ispbill.core import jobs, metering
from ispbill.portals.queries.figures import QUEUES
from ispbill.upkeep.queries import conditions
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
ADMIN = Path(__file__).parents[2] / "docs" / "admin"
_LINE = re.compile(r'^ispbill_[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? -?[0-9.e+-]+$')


@pytest.fixture(autouse=True)
def _nothing_counted():
    metering._sums.clear()


@pytest.fixture
def scraped(client, settings):
    settings.METRICS_TOKEN = "right"

    def scrape():
        page = client.get("/metrics", headers={"authorization": "Bearer right"})
        lines = page.content.decode().splitlines()
        assert [line for line in lines if not _LINE.match(line)] == []
        return dict(line.rsplit(" ", 1) for line in lines)

    return scrape


def test_requests_are_counted_by_page_and_not_by_address(client, scraped):
    customer = CustomerFactory()
    client.force_login(UserFactory(role=User.Role.OWNER))
    client.get(reverse("staff:search"), {"q": customer.phone})
    client.get(f"/admin/customers/{customer.number}/")
    client.get("/nowhere/01711000001/")

    found = scraped()

    detail = (
        'ispbill_http_requests_total{view="staff_customers:customer",method="GET",status="200"}'
    )
    assert found[detail] == "1"
    assert found['ispbill_http_request_seconds_count{view="staff_customers:customer"}'] == "1"
    assert found['ispbill_http_requests_total{view="unknown",method="GET",status="404"}'] == "1"
    assert not [name for name in found if customer.number in name or "0171" in name]


def test_tasks_queues_and_gateways_are_seen(scraped):
    celery.app.control.purge()  # bells that other tests rang lie there, however long ago
    jobs.publish("audit.keep_time", {})
    metering._ended(sender=type("t", (), {"name": "audit.keep_time"}), task_id="1", state="SUCCESS")

    found = scraped()

    assert int(found['ispbill_queue_length{queue="default"}']) >= 1
    assert float(found['ispbill_queue_oldest_seconds{queue="default"}']) < 600
    assert found['ispbill_tasks_total{task="audit.keep_time",result="success"}'] == "1"
    assert {f'ispbill_queue_length{{queue="{queue}"}}' for queue in QUEUES} <= set(found)


def test_sums_outlast_an_absence_of_redis(settings, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(metering, "_client", lambda: (_ for _ in ()).throw(OSError("away")))
        metering.count("tasks_total", 1, task="x", result="success")
        metering.flush()
        assert metering.read() == {}

    assert metering.read()['ispbill_tasks_total{task="x",result="success"}'] == 1


def test_measuring_asks_the_database_once_in_fifteen_seconds(scraped, django_assert_num_queries):
    scraped()
    with django_assert_num_queries(0):
        scraped()


# --- What stands in docs/admin reads figures that exist.


def test_alerts_and_dashboard_ask_for_figures_there_are(scraped, client):
    client.get(reverse("accounts:login"))
    metering.count("gateway_calls_total", 1, gateway="x", call="post", result="ok")
    metering._ended(sender=type("t", (), {"name": "x"}), task_id="1", state="SUCCESS")
    there = {name.partition("{")[0] for name in scraped()} | {
        "ispbill_backup_last_success_timestamp_seconds",
        "ispbill_backup_last_drill_timestamp_seconds",
        "ispbill_job_last_success_timestamp_seconds",
        "ispbill_proof_findings",
        "ispbill_task_seconds_total",
    }
    alerts = (ADMIN / "alerts.yml").read_text()
    board = json.loads((ADMIN / "grafana.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]

    for text in (alerts, *asked):
        assert set(re.findall(r"ispbill_[a-z_]+", text)) <= there, text
    named = set(re.findall(r'condition="([^"]+)"', alerts))
    assert named <= {watch.name for watch in conditions._WATCHED}
    assert len(board["panels"]) >= 12
