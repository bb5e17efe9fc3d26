"""The house rules that a machine can hold."""

import ast
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

ROOT = Path(__file__).parents[2]
APPS = (
    "ispbill",
    "customers",
    "network",
    "billing",
    "payments",
    "tickets",
    "contracts",
    "fieldservice",
    "signup",
    "contracts",
    "resellers",
    "churn",
)
CODE = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py"))

# Views read and call a service; these write a row of nobody's business.
WRITING_VIEWS: dict[str, str] = {}
# Who may ask the machine what time it is. Everybody else is told (`at`, `on`).
CLOCKS = {
    "ispbill/core/clock.py": "the clock itself",
    "payments/online/gateways/nagad.py": "Nagad refuses who is minutes off the real time",
}
OWN_TIME = (
    "ispbill/devtools/sandbox/",
    "ispbill/devtools/local/",
    "ispbill/devtools/bench/",
)  # outside the business
# Text that is trusted as markup, each looked at.
TRUSTED_MARKUP = {
    "ispbill/core/middleware.py": "asks whether a view is one; those of gateways keep what came",
    "templates/ui/_field_notes.html": "help texts are the forms' own, never typed by anybody",
    "ispbill/notifications/views/hooks.py": "providers have no token; their signature is checked",
    "payments/online/views/gateway_calls.py": "gateways have no token; nobody believes them",
    "payments/debits/views/netcash.py": "NetCash has no token; nothing it posts is believed",
    "network/speedtest/views/measuring.py": "the pass is the token; what comes is thrown away",
    "payments/desk/views/receipts.py": "the QR code segno draws of our own address",
    "templates/accounts/second_factor.html": "the QR code segno draws",
    "ispbill/api/views/service.py": "its doors check a session's form token; others have none",
    "fieldservice/views/devices.py": "a lost phone is signed out; its own secret says who it is",
    "templates/staff/handbook.html": "the books of docs/user, read with HTML off",
    "contracts/views/agreements.py": "the company's own text, cleaned when it was saved",
    "templates/contracts/_text.html": "the same, with escaped values, fixed when it was sent",
    "templates/contracts/pdf/contract.html": "the same",
    "templates/contracts/staff/detail.html": "the same",
}
# Models made by a verb, a trigger or Django in every test that needs one.
WITHOUT_FACTORY_BECAUSE = {
    "upkeep": "written by services; that is what is tested",
    "api": "issued, and kept by the door",
    "webhooks": "noted by triggers, made and sent by services; a row of an address is in factories",
    "audit": "written by services and triggers; that is what is tested",
    "accounts.Attempts": "counted by a statement of its own",
    "accounts.OneTimeCode": "issued",
    "accounts.Passkey": "made by a browser",
    "accounts.RecoveryCode": "issued",
    "accounts.SavedView": "saved through its view",
    "accounts.SignedInSession": "begun by a sign-in",
    "accounts.TotpDevice": "started and confirmed",
    "core": "one row each, kept by the code",
    "notifications.DeliveryReport": "told by providers",
    "notifications.Bounce": "told by mail servers",
    "notifications.BudgetAlarm": "raised by its service",
    "notifications.MessagePrice": "kept by its service",
    "tickets.InboundMail": "comes by mail; a function of tests.factories.tickets makes one",
    "tickets.Mailbox": "kept by its service; a function of tests.factories.tickets makes one",
    "notifications.MessageProvider": "kept by its service",
    "notifications.PortalReading": "noted by its service",
    "notifications.EventRefusal": "noted by its service",
    "notifications.ReminderRefusal": "noted by its service",
    "notifications.PushDevice": "known to a push service too (factories.push)",
    "notifications.PushKeys": "made at first use",
    "billing": "invoices, entries and runs are written the way the product writes them",
    "customers.CustomerLogin": "a pair of keys",
    "customers.Call": "logged through services",
    "customers.CampaignMember": "written down when a campaign is confirmed",
    "customers.DuplicatePair": "found by comparing accounts",
    "customers.Merge": "made by its service",
    "customers.CustomerNote": "noted through services",
    "customers.OttApp": "a name",
    "customers.AccountState": "a trigger gives one to every customer",
    "customers.Suspension": "made by suspending",
    "customers.Word": "written by a trigger",
    "fieldservice": "jobs are made and done through their services",
    "churn": "observed, learnt and scored by its services",
    "contracts": "drawn up, sent and signed through their services",
    "signup": "orders are asked for and decided through their services",
    "inbox": "put off, and rung, through its services",
    "tickets.SupportSettings": "one row, kept by its service",
    "tickets.SurveyRefusal": "said through its service",
    "network.Leftover": "found by comparing a router with its lines",
    "network.FupRule": "added through its service",
    "network.FupState": "written by bringing fair use up to date",
    "network.LineSession": "written by polls, like all of what flowed",
    "network.UsageAlert": "written by polls",
    "network.UsageCounter": "written by polls",
    "network.UsageDay": "the sum of hours",
    "network.UsageFileRow": "read from its file",
    "network.UsageGap": "written by polls",
    "network.RouterSilence": "written by polls",
    "network.Outage": "opened by services.opening (`outage`)",
    "network.OutageScope": "opened with its outage",
    "network.OutageUpdate": "said by the steps of an outage",
    "network.OutageTold": "written when customers are told",
    "network.OutageSettings": "one row",
    "network.UptimeMonth": "reckoned",
    "network.SpeedTestSettings": "one row",
    "network.IpAssignment": "given by services.assigning",
    "network.AddressTrace": "kept by services.tracing",
    "billing.OutageCrediting": "proposed by services.outage_credits",
    "billing.OutageCredit": "given by services.outage_credits",
    "network.UsageHour": "written by polls",
    "network.UsagePoll": "written by polls",
    "network.UsageSample": "written by polls",
    "network.UsageSlot": "written by polls",
    "network.RouterLog": "noted while talking to a router",
    "reports": "built from the rows of others; that is what is tested",
    "resellers": "registered through services",
    "notifications": "queued through compose",
    "payments": "recorded through settlement",
    "tickets.Attachment": "sent with a message",
    "tickets.Comment": "said through services",
    "tickets.Survey": "asked by a resolution",
    "tickets.Ticket": "opened through its service",
    "tickets.TicketClock": "started by what happens to a ticket",
    "tickets.TicketNote": "noted through its service",
}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def calls(path):
    """Yield the dotted text, line and argument names of every call in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = {keyword.arg for keyword in node.keywords}
            given |= {"positional"} if node.args else set()
            yield ast.unparse(node.func), node.lineno, given


def writes(path):
    manager = re.compile(
        r"\.objects\b.*\.(create|update|delete|bulk_create|bulk_update|get_or_create"
        r"|update_or_create)$"
    )
    return [
        f"{relative(path)}:{line} {text}"
        for text, line, given in calls(path)
        # A service, or a spreadsheet, may be saved with arguments; a model takes hardly any.
        if manager.search(text) or (text.endswith(".save") and given <= {"update_fields"})
    ]


def test_views_write_nothing_themselves():
    views = [path for path in CODE if "views" in path.parts]

    found = [line for path in views if relative(path) not in WRITING_VIEWS for line in writes(path)]

    assert found == []


def test_a_writing_view_would_be_found(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    bad = tmp_path / "views.py"
    bad.write_text("Customer.objects.filter(pk=1).update(name='x')\ncustomer.save()\n")

    assert [line.split(":")[1].split()[0] for line in writes(bad)] == ["1", "2"]


def test_migrations_import_no_code_of_the_apps():
    """A migration that imports today's code fails on tomorrow's; its operations and kinds of
    columns excepted."""
    operations = {"ispbill.core.guarding", "ispbill.core.columns"}
    found = []
    for path in CODE:
        if "migrations" not in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found += [
                f"{relative(path)}: {name}"
                for name in names
                if name.split(".")[0] in APPS and name not in operations
            ]

    assert found == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def our_models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS and not model._meta.proxy
    ]


def test_money_is_a_decimal_of_the_agreed_width():
    odd = [
        f"{model._meta.label}.{field.name}: {type(field).__name__}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
        and (field.name == "amount" or field.name.endswith("_amount"))
        and not (
            isinstance(field, models.DecimalField)
            and field.max_digits in (14, 16)
            and field.decimal_places == 2
        )
    ]

    assert odd == []


def test_no_column_is_a_float_but_the_demo_clocks_and_shares():
    floats = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField)
    ]

    assert sorted(floats) == [
        "churn.ChurnCut.high_from",
        "churn.ChurnCut.medium_from",
        "churn.ChurnObservation.weight",
        "churn.ChurnScore.probability",
        "churn.ChurnTrial.noise_auc",
        "core.SimulatedClock.offset_seconds",
    ]


def test_every_model_has_a_factory_or_a_reason():
    made = set()
    for path in (ROOT / "tests" / "factories").glob("*.py"):
        made |= set(re.findall(r"^ {8}model = (\w+)$", path.read_text(), re.MULTILINE))
    bare = [
        model._meta.label
        for model in our_models()
        if model.__name__ not in made
        and not model._meta.auto_created
        and model._meta.label not in WITHOUT_FACTORY_BECAUSE
        and model._meta.app_label not in WITHOUT_FACTORY_BECAUSE
    ]

    assert bare == []
    labels = {model._meta.label for model in our_models()}
    labels |= {model._meta.app_label for model in our_models()}
    assert set(WITHOUT_FACTORY_BECAUSE) - labels == set()


def test_only_the_clock_asks_what_time_it_is():
    asks = re.compile(r"\b(timezone\.now|date\.today|datetime\.(now|utcnow|today))$")

    found = [
        f"{relative(path)}:{line} {text}"
        for path in CODE
        if relative(path) not in CLOCKS and not relative(path).startswith(OWN_TIME)
        for text, line, _given in calls(path)
        if asks.search(text)
    ]

    assert found == []


def test_services_and_queries_are_told_the_time():
    """Below views, tasks and commands nobody asks the business clock either."""
    below = ("services", "queries", "rules", "models", "gateways")
    asks = {"clock.now", "clock.today"}
    keepers = {
        "ispbill/audit/services/jobs.py": "heartbeats and ends of runs happen when they happen"
    }

    found = [
        f"{relative(path)}:{line} {text}"
        for path in CODE
        if set(below) & set(path.parts) and relative(path) not in keepers
        for text, line, _given in calls(path)
        if text in asks
    ]

    assert found == []


def test_markup_is_trusted_only_where_it_was_looked_at():
    words = re.compile(r"mark_safe|csrf_exempt|\|\s*safe\b|autoescape off|safeseq")
    files = [*CODE, *sorted((ROOT / "templates").rglob("*.html"))]

    found = {relative(path) for path in files if words.search(path.read_text())}

    assert found == set(TRUSTED_MARKUP)


def test_nothing_is_reckoned_in_floats_of_money():
    """The rules' own arithmetic: a Decimal made of a float is a float's mistake kept for ever."""
    floats = re.compile(r"Decimal\(\s*\d+\.\d+\s*\)")

    assert [relative(path) for path in CODE if floats.search(path.read_text())] == []
    assert Decimal("0.1") != Decimal(0.1)


def test_no_file_names_a_place_on_somebodys_machine():
    places = re.compile(r"/(home|Users|work)/\w+/")
    shown = (".py", ".html", ".js", ".css", ".md", ".toml", ".yml", ".txt")
    roots = [ROOT / name for name in (*APPS, "templates", "tests", "docs", "requirements")]

    found = [
        relative(path)
        for root in roots
        for path in root.rglob("*")
        if path.suffix in shown and places.search(path.read_text(errors="ignore"))
    ]

    assert found == []
