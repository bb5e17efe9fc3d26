"""Every command that promises JSON keeps the promise, on a company with something to do."""

import json
from datetime import datetime
from importlib import import_module
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command, get_commands

from billing.invoices.models import Invoice
from ispbill.audit.models import JobRun
from ispbill.core import clock

# Babul's billing day is today, those of Eva (30) and Dulal (1) are within seven days.
NIGHT = datetime(2026, 1, 25, 2, 0, tzinfo=ZoneInfo("Asia/Dhaka"))

NIGHTLY = [
    ("run_billing", "--date", "2026-01-25", "--dry-run"),
    ("run_billing", "--date", "2026-01-25"),
    ("run_billing", "--date", "2026-01-25", "--bill-day", "30"),
    ("send_reminders", "--date", "2026-01-25"),
    ("apply_suspensions", "--date", "2026-01-25", "--dry-run"),
    ("apply_suspensions", "--date", "2026-01-25"),
    ("process_debit_orders", "--date", "2026-01-25", "--dry-run"),
    ("process_debit_orders", "--date", "2026-01-25"),
    ("reconcile_gateway",),
    ("rebuild_balances",),
    ("rebuild_figures",),
    ("check_ledger",),
    ("find_duplicates",),
    ("backfill_orders",),
    ("billing_periods", "--start", "2026-01-10", "--bill-day", "30", "--count", "3"),
    ("prorate", "--start", "2026-01-10", "--end", "2026-01-25", "--bill-day", "25",
     "--price", "1000"),
    ("sync_usage",),
    ("recompute_churn",),
    ("recompute_churn", "--rules-only"),
]  # fmt: skip

# What these answer depends on something outside: their own tests bring it along.
ELSEWHERE = {
    "bench", "create_staff", "demo", "doctor", "export_data", "rotate_keys", "sandbox",
    "sync_routers", "test", "test_gateway", "test_router", "test_sms",
    "backup", "import_customers", "poll_bandwidth", "prune", "restore", "upgrade",
}  # fmt: skip


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_commands_of_the_night_answer_in_json_and_do_their_work_once(demo: str) -> None:
    clock.set_simulated(NIGHT)

    first = [json.loads(run(*arguments, "--json")) for arguments in NIGHTLY]
    issued = Invoice.objects.exclude(number=None).count()
    again = [json.loads(run(*arguments, "--json")) for arguments in NIGHTLY]

    assert all(isinstance(answer, dict | list) for answer in first)
    assert first[1]["invoices"] > 0, "the night had something to bill"
    assert first[1]["net"] == "4100.00"  # 1,000 of Babul, 2,500 of Eva, 600 of Dulal
    assert first[1]["lines"] == first[1]["invoices"]
    assert (again[1]["status"], again[1]["invoices"]) == ("NOTHING_DUE", 0)
    assert Invoice.objects.exclude(number=None).count() == issued
    assert again[5]["suspended"] == 0


@pytest.mark.django_db(transaction=True)
def test_commands_of_the_night_say_it_in_words_too_and_leave_a_line_in_the_job_log(
    demo: str,
) -> None:
    clock.set_simulated(NIGHT)

    for arguments in NIGHTLY:
        assert run(*arguments).strip(), arguments

    logged = set(JobRun.objects.filter(trigger="COMMAND").values_list("job", flat=True))
    silent = {"billing_periods", "prorate"}  # arithmetic: nothing is done
    # The night's own job, asked for by hand.
    called = {
        "rebuild_figures": "build_figures",
        "sync_usage": "sync-usage",
        "recompute_churn": "score_churn",
    }
    expected = {called.get(arguments[0], arguments[0]) for arguments in NIGHTLY}
    assert logged >= expected - silent


def test_no_command_with_json_is_forgotten_here() -> None:
    ours = {
        name
        for name, app in get_commands().items()
        if isinstance(app, str) and not app.startswith("django") and _has_json(app, name)
    }

    assert ours - ELSEWHERE == {arguments[0] for arguments in NIGHTLY}


@pytest.mark.parametrize("arguments", [("run_billing", "--date", "30 February")])
def test_a_day_that_does_not_exist_is_refused_in_words(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="30 February"):
        run(*arguments)


def _has_json(app: str, name: str) -> bool:
    command = import_module(f"{app}.management.commands.{name}").Command()
    return "--json" in command.create_parser("manage.py", name).format_help()
