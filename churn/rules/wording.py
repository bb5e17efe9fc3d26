"""What is asked of a model that words reasons, and which of its replies are let in.

Only codes and buckets are asked with, under a row id of the run (`r1`...). A reply is text for
staff alone: it changes no score, level or order. Whatever says more than it was told is left out.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from churn.rules.acting import ACTIONS, MOST

VERSION = "1"  # of the prompt; part of the fingerprint
LONGEST = 240
MOST_REASONS = 3
ROWS = 25  # a request
REQUESTS = 20  # a run
TOKENS = 200_000  # a day
KEPT_DAYS = 30

LANGUAGES = {"en": "English", "bn": "Bangla"}
SYSTEM = """You help the staff of an Internet service provider keep its customers.
Each row is one customer, given as reasons why the customer may leave, the strongest first. A reason
is a code and a bucket of its value. late_bills, very_late_bills, cuts: counts of the last 6 months.
lateness_trend: whether bills are paid later than before. overdue_days: days a bill is past due.
overdue_ratio: what is overdue, in monthly amounts. tickets, reopened: counts. oldest_unresolved:
days a report is open. stars: 1 to 5. nps: 0 to 10. outage_hours: of 90 days. usage_ratio: traffic
against the 4 weeks before. silent_days: days without traffic of 14. speed_ratio: measured speed
against the package. largest_rise: of the price. contract_ending, discount_ending: within 60 days.
tenure: months as a customer.
For each row write one or two plain sentences in {language}, at most 240 characters, that tell staff
what is going on and what to talk about. Use no number that the row does not have, no links, no
markup, no names. Name the codes you used and at most two actions."""

SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "row": {"type": "string"},
            "text": {"type": "string"},
            "reasons": {"type": "array", "items": {"type": "string"}},
            "actions": {"type": "array", "items": {"type": "string", "enum": list(ACTIONS)}},
        },
        "required": ["row", "text", "reasons", "actions"],
    },
}

_LINK = re.compile(r"https?:|www\.|://|\b[\w-]+\.(?:com|net|org|info|io|bd|me|ly|xyz)\b", re.I)
_MARKUP = re.compile(r"[<>{}\[\]`*_#|\\]|&\w+;")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Asked:
    """What is said of one customer: reason codes with their buckets, in a language."""

    reasons: tuple[tuple[str, str], ...]
    language: str

    @property
    def fingerprint(self) -> str:
        """What it is kept under: equal for customers of whom the same is said."""
        said = json.dumps([VERSION, self.language, self.reasons])
        return hashlib.sha256(said.encode()).hexdigest()

    def row(self, name: str) -> dict[str, Any]:
        """Return it as it is sent, under the run's row id."""
        reasons = [{"code": code, "bucket": bucket} for code, bucket in self.reasons]
        return {"row": name, "reasons": reasons}


@dataclass(frozen=True)
class Worded:
    """A reply that was let in."""

    text: str
    actions: tuple[str, ...]


def system(language: str) -> str:
    """Return what the model is told before the rows."""
    return SYSTEM.format(language=LANGUAGES[language])


def prompt(rows: Mapping[str, Asked]) -> str:
    """Return the rows as they are sent."""
    sent = [asked.row(name) for name, asked in rows.items()]
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":"))


def prompt_hash(language: str, text: str) -> str:
    """Return what an audit event knows a prompt by."""
    return hashlib.sha256(f"{system(language)}\n{text}".encode()).hexdigest()


def let_in(rows: Mapping[str, Asked], replies: Sequence[object]) -> dict[str, Worded]:
    """Return the replies that hold to the rules, by row id; unknown and doubled ids are none."""
    found = [reply for reply in replies if isinstance(reply, Mapping)]
    counted = Counter(str(reply.get("row")) for reply in found)
    kept: dict[str, Worded] = {}
    for reply in found:
        name = str(reply.get("row"))
        if name in rows and counted[name] == 1:
            worded = _checked(rows[name], reply)
            if worded is not None:
                kept[name] = worded
    return kept


def _checked(asked: Asked, reply: Mapping[str, Any]) -> Worded | None:
    text, reasons, actions = reply.get("text"), reply.get("reasons"), reply.get("actions")
    if not isinstance(text, str) or not _are_words(reasons) or not _are_words(actions):
        return None
    if not set(reasons or ()) <= {code for code, _bucket in asked.reasons}:
        return None
    named = tuple(dict.fromkeys(actions or ()))
    if len(named) > MOST or not set(named) <= set(ACTIONS):
        return None
    text = " ".join(text.split())
    return Worded(text, named) if _may_be_shown(text, asked) else None


def _may_be_shown(text: str, asked: Asked) -> bool:
    if not text or len(text) > LONGEST or _LINK.search(text) or _MARKUP.search(text):
        return False
    if any(unicodedata.category(sign) in ("Cc", "Co", "Cs") for sign in text):
        return False
    sent = " ".join(bucket for _code, bucket in asked.reasons)
    return _numbers([text]) <= _numbers([sent])


def _numbers(texts: Iterable[str]) -> set[int]:
    """Return the numbers in texts, in whatever digits they are written."""
    return {int(found) for text in texts for found in _NUMBER.findall(text)}


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
