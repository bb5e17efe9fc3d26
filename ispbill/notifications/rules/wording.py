"""Texts with placeholders: what is shipped, how values are put in, and what is refused.

A template is data, never a programme: `{name}` is replaced once if the event knows the name, and
everything else, braces included, stays as it was typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ispbill.core import formats
from ispbill.notifications.rules import shipped_bn, shipped_en
from ispbill.notifications.rules.events import EVENTS, Kind

EMAIL = "EMAIL"
CHANNELS = ("SMS", "WHATSAPP", EMAIL)
LANGUAGES = ("en", "bn")

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BALANCE_WORDS = {
    "en": ("You owe {}", "Overpaid {} (credit)", "Settled"),
    "bn": ("আপনার বকেয়া {}", "অতিরিক্ত জমা {} (ক্রেডিট)", "কোনো বকেয়া নেই"),
}
# What remains after a payment in part: until when, and what a paused line waits for.
_DUE_WORDS = {"en": "You owe {owed}, due {day}", "bn": "আপনার বকেয়া {owed}, শেষ তারিখ {day}"}
_PAUSED_WORDS = {
    "en": "You owe {owed}, due {day}; your internet stays paused until it is paid",
    "bn": "আপনার বকেয়া {owed}, শেষ তারিখ {day}; এটি পরিশোধ না হওয়া পর্যন্ত ইন্টারনেট বন্ধ থাকবে",
}
_PAUSED_FOR_WORDS = {
    "en": "You owe {owed}; your internet stays paused until {part} of it, due {day}, is paid",
    "bn": "আপনার বকেয়া {owed}; এর মধ্যে {part} (শেষ তারিখ {day}) পরিশোধ না হওয়া পর্যন্ত ইন্টারনেট বন্ধ থাকবে",
}

# Said with the thanks; that it is on again is said once the router has confirmed it.
_REOPENING_WORDS = {"en": "; we are switching your internet on", "bn": "; আমরা আপনার ইন্টারনেট চালু করছি"}


@dataclass(frozen=True)
class Text:
    """A template: e-mails have a subject, an empty body sends nothing."""

    body: str
    subject: str = ""


class UnknownPlaceholder(ValueError):
    """A template asks for something this event cannot tell. `names` are the offenders."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(f"{{{name}}}" for name in names))
        self.names = names


def language_for(wanted: str) -> str:
    """Return a language there are texts in: the one wanted, or English."""
    code = wanted.lower().split("-")[0]
    return code if code in LANGUAGES else "en"


def shipped(event: str, channel: str, language: str) -> Text:
    """Return the text that comes with the product. KeyError for an unknown event or channel."""
    texts = {"en": shipped_en.TEXTS, "bn": shipped_bn.TEXTS}[language_for(language)][event]
    if channel == EMAIL:
        return Text(subject=texts.subject, body=texts.email)
    return Text(body={"SMS": texts.sms, "WHATSAPP": texts.whatsapp}[channel])


def placeholders_used(template: str) -> list[str]:
    """Return the names a template asks for, once each, in order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(template)))


def check(event: str, template: str) -> None:
    """Raise UnknownPlaceholder for names the event does not know."""
    unknown = [name for name in placeholders_used(template) if name not in EVENTS[event].names]
    if unknown:
        raise UnknownPlaceholder(unknown)


def render(template: str, values: Mapping[str, str]) -> str:
    """Put values in place of `{name}`, once; a missing one leaves nothing behind."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template)


def written(
    event: str, context: Mapping[str, object], *, language: str, channel: str
) -> dict[str, str]:
    """Return the event's values as people read them, from the raw ones of a message's context.

    Raw values are described in `events.Kind`; what cannot be read is shown as it is rather than
    lost. Latin SMS texts get signs of the 7-bit alphabet only (`Tk 1,200`), for one foreign sign
    would double the price.
    """
    code = language_for(language)
    values = {}
    for placeholder in EVENTS[event].placeholders:
        raw = context.get(placeholder.name)
        if raw is None or raw == "":
            continue
        try:
            if placeholder.kind is Kind.BALANCE and context.get("rest_due"):
                text = _remaining(context, str(raw), code)
            else:
                text = _written(placeholder.kind, str(raw), code)
            if placeholder.kind is Kind.BALANCE and context.get("reopening"):
                text += _REOPENING_WORDS[code]
        except (ValueError, ArithmeticError):
            text = str(raw)
        values[placeholder.name] = formats.plain(text) if (channel, code) == ("SMS", "en") else text
    return values


def compose(
    text: Text, event: str, context: Mapping[str, object], *, language: str, channel: str
) -> Text:
    """Return the finished subject (one line, at most 160 characters) and body."""
    values = written(event, context, language=language, channel=channel)
    subject = " ".join(render(text.subject, values).split())[:160]
    return Text(subject=subject, body=render(text.body, values).strip())


def _written(kind: Kind, raw: str, language: str) -> str:
    if kind is Kind.MONEY:
        return _money(Decimal(raw), language)
    if kind is Kind.BALANCE:
        owes, overpaid, settled = _BALANCE_WORDS[language]
        balance = Decimal(raw)
        if balance == 0:
            return settled
        return (owes if balance > 0 else overpaid).format(_money(abs(balance), language))
    if kind is Kind.DAY:
        return formats.day(date.fromisoformat(raw), language)
    if kind is Kind.PERIOD:
        start, _, end = raw.partition("/")
        return formats.period(date.fromisoformat(start), date.fromisoformat(end), language)
    return raw


def _remaining(context: Mapping[str, object], raw: str, language: str) -> str:
    """Say in one sentence what remains, from the facts the thanks for a payment carry."""
    owed, paused_for = Decimal(raw), context.get("paused_for")
    values = {
        "owed": _money(owed, language),
        "day": formats.day(date.fromisoformat(str(context["rest_due"])), language),
    }
    if paused_for is None:
        return _DUE_WORDS[language].format(**values)
    part = Decimal(str(paused_for))
    if part >= owed:
        return _PAUSED_WORDS[language].format(**values)
    return _PAUSED_FOR_WORDS[language].format(part=_money(part, language), **values)


def _money(amount: Decimal, language: str) -> str:
    chosen = formats.defaults()
    wanted = language == "bn" and chosen.bangla_digits_in_bangla
    return formats.money(amount, replace(chosen.style, bangla_digits=wanted))
