"""The words of a customer's reasons: Gemini's where they were let in, else put together here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from churn.models import ChurnScore, ChurnWording
from churn.queries import phrases
from churn.rules import acting, buckets
from churn.rules.features import NAMES
from churn.rules.wording import MOST_REASONS, Asked


@dataclass(frozen=True)
class Said:
    """What staff read of one customer, and what they are advised to do (codes of actions)."""

    text: str
    actions: tuple[str, ...]
    is_by_ai: bool


def asked_of(score: ChurnScore, language: str) -> Asked:
    """Return what is said of a score in codes and buckets, the strongest reasons first."""
    known = dict(zip(NAMES, score.vector, strict=False))
    codes = [str(one["code"]) for one in score.reasons if one.get("code") in NAMES]
    named = tuple((code, buckets.of(code, known.get(code))) for code in codes[:MOST_REASONS])
    return Asked(named, language)


def first_reason(score: ChurnScore, language: str) -> str:
    """Return the strongest reason alone, put together here: where there is room for one line."""
    return phrases.together(asked_of(score, language).reasons[:1])


def words(scores: Iterable[ChurnScore]) -> dict[int, Said]:
    """Return the words of scores in the active language, by customer's id, in one statement."""
    language = "bn" if (get_language() or "en").startswith("bn") else "en"
    asked = {score.customer_id: asked_of(score, language) for score in scores}
    prints = {one.fingerprint for one in asked.values()}
    rows = ChurnWording.objects.filter(fingerprint__in=prints).exclude(text="")
    kept = {row.fingerprint: row for row in rows}
    found: dict[int, Said] = {}
    for customer_id, one in asked.items():
        row = kept.get(one.fingerprint)
        if row is not None:
            found[customer_id] = Said(row.text, tuple(row.actions), is_by_ai=True)
        else:
            codes = [code for code, _bucket in one.reasons]
            found[customer_id] = Said(
                phrases.together(one.reasons), acting.proposed(codes), is_by_ai=False
            )
    return found
