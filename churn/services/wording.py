"""Have Gemini word why customers may leave: codes and buckets go out, checked sentences come in.

Whatever fails leaves the sentences put together here (`churn.queries.phrases`). No transaction is
open while somebody outside is asked; each request is written down with its tokens and its cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from time import sleep

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from churn.gateways import gemini
from churn.gateways.gemini import Answer, Exhausted, GeminiError, Misconfigured, Unreachable
from churn.models import ChurnScore, ChurnSettings, ChurnWording
from churn.queries import wording as queries
from churn.rules import wording as rules
from churn.rules.wording import Asked, Worded
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.audit.services.events import Target
from ispbill.audit.services.jobs import Tally
from ispbill.core import clock, locks
from ispbill.core.acts import Act

PAUSES = (1.0, 4.0)  # seconds before a service that was away is asked again
_MILLION = 1_000_000


class Stop(Exception):
    """Nothing more is asked in this run; the message says why."""


@dataclass
class Run:
    """What one run has used and brought."""

    act: Act
    tokens: int  # of today, those of earlier runs too
    unkept: tuple[int, int] = (0, 0)  # used by answers of which nothing was kept
    requests: int = 0
    asked: int = 0
    worded: int = 0
    stopped: str = ""
    failed: int = 0


def is_on() -> bool:
    """Tell whether words are asked for: a key, the installation's switch and the office's."""
    return gemini.is_set_up() and ChurnSettings.objects.filter(pk=1, is_ai_on=True).exists()


def word_all(*, act: Act) -> Tally:
    """Ask for the words of everybody at high or medium risk that are not known yet."""
    forget(at=act.at)
    if not is_on():
        return Tally(detail={"stopped": "off"})
    with locks.only_one("churn.wording") as is_free:
        if not is_free:
            return Tally(detail={"stopped": "another run"})
        run = Run(act, tokens=used_today(act=act))
        try:
            for language in rules.LANGUAGES:
                wanted = _wanted(language)
                for start in range(0, len(wanted), rules.ROWS):
                    _word(wanted[start : start + rules.ROWS], run)
        except Stop as stop:
            run.stopped = str(stop)
    detail = {"requests": run.requests, "tokens": run.tokens, "stopped": run.stopped}
    return Tally(
        processed=run.worded, skipped=run.asked - run.worded, failed=run.failed, detail=detail
    )


def forget(*, at: datetime) -> int:
    """Delete words that are thirty days old."""
    before = at - timedelta(days=rules.KEPT_DAYS)
    return ChurnWording.objects.filter(made_at__lt=before).delete()[0]


def _wanted(language: str) -> list[Asked]:
    """Return what is to be worded, the most at stake first, each once."""
    levels = (Customer.ChurnRisk.HIGH, Customer.ChurnRisk.MEDIUM)
    scores = ChurnScore.objects.filter(level__in=levels).order_by("level", "-at_stake", "pk")
    asked = {
        one.fingerprint: one
        for score in scores.only("reasons", "vector")
        if (one := queries.asked_of(score, language)).reasons
    }
    known = set(
        ChurnWording.objects.filter(fingerprint__in=asked).values_list("fingerprint", flat=True)
    )
    return [one for fingerprint, one in asked.items() if fingerprint not in known]


def _word(wanted: Sequence[Asked], run: Run, *, may_halve: bool = True) -> None:
    """Ask for one request's rows and keep what is let in; a bad answer is asked again in halves."""
    rows = {f"r{number}": one for number, one in enumerate(wanted, start=1)}
    try:
        answer = _ask(rows, run)
    except gemini.Unusable as error:
        run.failed += 1
        run.tokens += sum(error.tokens)
        _note(rows, {}, error.tokens, run, failure=str(error), is_kept=not may_halve)
        if may_halve:
            middle = (len(wanted) + 1) // 2
            for half in (wanted[:middle], wanted[middle:]):
                if half:
                    _word(half, run, may_halve=False)
        return
    run.tokens += answer.prompt_tokens + answer.answer_tokens
    worded = rules.let_in(rows, answer.replies)
    run.asked += len(rows)
    run.worded += len(worded)
    _note(rows, worded, (answer.prompt_tokens, answer.answer_tokens), run)


def _ask(rows: Mapping[str, Asked], run: Run) -> Answer:
    """Ask within the limits, again after a pause where nobody answered. Raises Stop, Unusable."""
    language = next(iter(rows.values())).language
    for pause in (*PAUSES, None):
        if run.requests >= rules.REQUESTS:
            raise Stop("requests of a run used up")
        if run.tokens >= rules.TOKENS:
            raise Stop("tokens of a day used up")
        run.requests += 1
        try:
            return gemini.ask(
                system=rules.system(language), prompt=rules.prompt(rows), schema=rules.SCHEMA
            )
        except Unreachable as error:
            if pause is None:
                raise _stopped(error, run) from error
            sleep(pause)
        except (Misconfigured, Exhausted) as error:
            raise _stopped(error, run) from error
    raise AssertionError("the last try either answers or stops")


def _stopped(error: GeminiError, run: Run) -> Stop:
    run.failed += 1
    return Stop(f"{type(error).__name__}: {error}"[:200])


def _note(
    rows: Mapping[str, Asked],
    worded: Mapping[str, Worded],
    tokens: tuple[int, int],
    run: Run,
    *,
    failure: str = "",
    is_kept: bool = True,
) -> None:
    """Keep the words and write the request to the trail; a refused row is kept without words."""
    kept = [
        ChurnWording(
            fingerprint=asked.fingerprint,
            language=asked.language,
            asked=[list(reason) for reason in asked.reasons],
            text=worded[name].text if name in worded else "",
            actions=list(worded[name].actions) if name in worded else [],
            made_by=settings.GEMINI_MODEL[:60],
            made_at=run.act.at,
        )
        for name, asked in rows.items()
    ]
    language = kept[0].language
    after: dict[str, object] = {
        "model": settings.GEMINI_MODEL,
        "prompt": rules.prompt_hash(language, rules.prompt(rows)),
        "rows": len(rows),
        "let_in": len(worded),
        "prompt_tokens": tokens[0],
        "answer_tokens": tokens[1],
        "cost_usd": f"{cost(*tokens):f}",
    }
    if failure:
        after["failure"] = failure[:200]
    # durable: nobody may hold a transaction open around a call to the outside.
    with transaction.atomic(durable=True):
        trail.begin(act=run.act)
        # What was asked together is paid together: the first row kept bears the tokens.
        used = (run.unkept[0] + tokens[0], run.unkept[1] + tokens[1])
        if is_kept:
            kept[0].prompt_tokens, kept[0].answer_tokens = used
            ChurnWording.objects.bulk_create(kept, ignore_conflicts=True)
        run.unkept = (0, 0) if is_kept else used
        about = Target("churn_wording", str(after["prompt"])[:40], settings.GEMINI_MODEL)
        events.note(about, act=run.act, action="churn.worded", after=after)


def cost(prompt_tokens: int, answer_tokens: int) -> Decimal:
    """Return what tokens cost, in US dollars; 0 where no price is set."""
    whole: Decimal = (
        prompt_tokens * settings.GEMINI_PROMPT_PRICE + answer_tokens * settings.GEMINI_ANSWER_PRICE
    )
    return (whole / _MILLION).quantize(Decimal("0.000001"))


def used_today(*, act: Act) -> int:
    """Return the tokens of the company's present day, asked and answered."""
    used = ChurnWording.objects.filter(made_at__gte=clock.midnight(act.on))
    return used.aggregate(sum=Sum(F("prompt_tokens") + F("answer_tokens")))["sum"] or 0
