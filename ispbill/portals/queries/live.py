"""What a page may ask about, and what of it has changed since it asked last.

A page names topics: `account:CT-2026-00012` for all of one customer's account, or one of TOPICS for
a list. Its cursor keeps, signed, what it was granted and what it has seen; so a question about
which nothing is new costs one look into Valkey and no statement.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.core import signing
from django.db.models import QuerySet

from customers.models import Customer
from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.core import live

MOST = 60  # topics of one page
GRANTED_SECONDS = 300  # so long a cursor says what its person may see; then it is asked anew
ACCOUNT = "account:"
_SALT = "ispbill.live"

# Topic of lists → who may listen, and the words of the audit trail that it stands for. "accounts"
# is said of everything that happens to any customer's account.
TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "customers": ("customers.view", ("accounts", "customer", "customers", "subscription")),
    "leads": ("leads.view", ("lead",)),
    "orders": ("orders.view", ("order",)),
    "import": ("customers.import", ("import",)),
    "legacy": ("customers.import", ("legacy",)),
    "fieldjobs": (
        "field.view",
        ("work_order", "absence", "working_days", "field_device", "field_flag"),
    ),
    "reports": ("reports.view", ("report", "acquisition_cost")),
    "stock": ("stock.view", ("stock", "stock_item")),
    "areas": ("customers.view", ("area",)),
    "catalogue": (
        "packages.view",
        ("package", "addon", "app", "fee", "ottapp", "tax_class", "tax_rate", "promotion")
        + ("price_change", "catalogue", "feetype"),
    ),
    "invoices": ("billing.view", ("accounts", "invoice", "billing_run")),
    "runs": ("billing.view", ("billing_run", "dry_run", "schedule", "job")),
    "dunning": (
        "billing.view",
        ("accounts", "promise", "exclusion", "dunning_policy", "holiday", "SUSPEND", "REMIND"),
    ),
    "changes": ("billing.view", ("package_change", "pause", "planned_move", "price_change")),
    "approvals": ("billing.view", ("approval", "dry_run", "price_change", "payout")),
    "books": ("billing.view", ("account", "books", "entry", "finding", "invoice", "payment")),
    "payments": ("payments.view", ("accounts", "payment", "receipt", "attempt", "gateway_refund")),
    "checkouts": ("payments.view", ("attempt", "gateway_refund", "payment")),
    "till": ("payments.view", ("shift", "cash", "day", "payment", "till")),
    "bank": (
        "bank.view",
        ("statement", "statement_line", "payout", "payout_line", "known_payer", "payment"),
    ),
    "debits": (
        "payments.view",
        ("debit_batch", "debit_order", "debit_line", "debit_settings", "mandate", "payment_method"),
    ),
    "vouchers": ("vouchers.view", ("voucher", "voucher_batch")),
    "partners": ("resellers.view", ("commissions", "payout", "reseller", "payment")),
    "messages": (
        "messages.view",
        ("message", "wording", "message_settings", "message_price", "message_provider")
        + ("push_keys", "campaign"),
    ),
    "rounds": ("cash.view", ("round_device", "round_receipt")),
    "routers": ("network.view", ("router", "line", "radius_settings")),
    "usage": ("network.view", ("usage", "usage_file", "fup", "router", "interstellio_settings")),
    "addresses": ("network.view", ("ip_address", "ip_pool", "line")),
    "speed": ("network.view", ("speed_test", "speed_test_settings")),
    "tickets": (
        "tickets.view",
        (
            "ticket",
            "survey",
            "opinion",
            "support_settings",
            "sla_policy",
            "opening_hours",
            "team",
            "canned_reply",
            "mail",
            "mailbox",
        ),
    ),
    "retention": ("churn.view", ("retention_task", "churn", "churn_model")),
    "webhooks": ("webhooks.view", ("webhook",)),
    "contracts": ("contracts.view", ("contract", "agreement")),
    "outages": ("console.use", ("outage", "outage_settings")),
    "jobs": ("console.use", ("alarm", "job", "restore")),
    "notices": ("console.use", ("notice", "job")),
    "inbox": (
        "console.use",
        # What the inbox's sources hold, and no more: its count is asked for with each of them.
        ("approval", "statement", "statement_line", "payout", "payout_line", "payment", "attempt")
        + ("gateway_refund", "package_change", "pause", "debit_line", "debit_order", "dry_run")
        + ("shift", "cash", "referral", "ticket", "survey", "outage", "order", "contract")
        + ("bell", "opinion"),
    ),
    "audit": ("audit.view", ("accounts", "user", "company", "branch", "job")),
    "staff": ("staff.view", ("user", "branch", "api_token")),
    "settings": ("settings.view", ("company", "branch", "gateway", "gateway_account")),
}

Granted = dict[str, tuple[str, ...]]
Grant = Callable[[Sequence[str]], Granted]


@dataclass(frozen=True)
class Asked:
    """One question of a page: who asks about what, how old the page is, and its last cursor."""

    who: str
    topics: Sequence[str]
    age_seconds: float
    cursor: str


@dataclass(frozen=True)
class News:
    """What is new; `is_away` while nobody can tell, and no cursor when there is nothing to say."""

    changed: tuple[str, ...] = ()
    cursor: str = ""
    is_away: bool = False


def news(asked: Asked, *, grant: Grant) -> News:
    """Return what has changed of the topics; only `grant` asks the database, and seldom."""
    held = _opened(asked)
    missing = [topic for topic in asked.topics if topic not in held["keys"]]
    if missing:
        found = grant(missing)
        held["keys"].update({topic: list(found.get(topic, ())) for topic in missing})
    keys: dict[str, list[str]] = {topic: held["keys"][topic] for topic in asked.topics}
    now = live.stamps({key for of_topic in keys.values() for key in of_topic})
    if now is None:
        return News(is_away=True)
    stamps = {topic: [now.by_key[key] for key in of_topic] for topic, of_topic in keys.items()}
    seen = {topic: _mark(of_topic) for topic, of_topic in stamps.items()}
    is_lost = held["epoch"] not in {"", now.epoch} or asked.age_seconds > live.KEPT_SECONDS
    since = (time.time() - asked.age_seconds) * 1e9

    def is_new(topic: str) -> bool:
        if is_lost:
            return True
        if topic in held["seen"]:
            return bool(held["seen"][topic] != seen[topic])
        return max(stamps[topic], default=0) >= since

    changed = tuple(topic for topic in asked.topics if keys[topic] and is_new(topic))
    if not changed and not missing:
        return News()
    kept = {"who": asked.who, "epoch": now.epoch, "until": held["until"], "seen": seen}
    return News(changed, signing.dumps({**kept, "keys": keys}, salt=_SALT, compress=True))


def granted_to(user: User, customers: QuerySet[Customer]) -> Grant:
    """Return what grants a person topics: lists by capability, accounts only of `customers`."""

    def grant(topics: Sequence[str]) -> Granted:
        numbers = [topic.removeprefix(ACCOUNT) for topic in topics if topic.startswith(ACCOUNT)]
        found: Iterable[tuple[str, int]] = (
            customers.filter(number__in=numbers).values_list("number", "pk") if numbers else ()
        )
        granted = {f"{ACCOUNT}{number}": live.account_keys(pk) for number, pk in found}
        for topic in topics:
            capability, words = TOPICS.get(topic, ("", ()))
            if capability and may(user, capability):
                granted[topic] = tuple(live.word_key(word) for word in words)
        return granted

    return grant


def _opened(asked: Asked) -> dict[str, Any]:
    """Return what the cursor holds, or a new one; rights are forgotten after a while."""
    until = int(time.time()) + GRANTED_SECONDS
    fresh: dict[str, Any] = {"epoch": "", "until": until, "seen": {}, "keys": {}}
    try:
        held: dict[str, Any] = signing.loads(
            asked.cursor, salt=_SALT, max_age=live.KEPT_SECONDS - GRANTED_SECONDS
        )
    except signing.SignatureExpired:
        return {**fresh, "epoch": "lost"}
    except signing.BadSignature:
        return fresh
    if held["who"] != asked.who:
        return fresh
    if held["until"] < time.time():
        return {**held, "keys": {}, "until": until}
    return held


def _mark(stamps: Sequence[int]) -> str:
    return blake2b(repr(stamps).encode(), digest_size=6).hexdigest()
