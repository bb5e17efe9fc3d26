import re
from decimal import Decimal

import pytest
from django.utils import translation

from ispbill.core import formats
from ispbill.core.templatetags import ui
from ispbill.notifications.rules import sms, wording
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.rules.wording import Text, UnknownPlaceholder

EVERY = [
    (event, channel, language)
    for event in EVENTS
    for channel in wording.CHANNELS
    for language in wording.LANGUAGES
]


@pytest.fixture(autouse=True)
def _house_style():
    before = formats._resolve
    formats.set_defaults(formats.Defaults)
    yield
    formats.set_defaults(before)


@pytest.mark.parametrize(("event", "channel", "language"), EVERY)
def test_each_shipped_text_knows_its_placeholders_and_leaves_no_gap(event, channel, language):
    text = wording.shipped(event, channel, language)
    wording.check(event, text.subject + text.body)

    done = wording.compose(text, event, EVENTS[event].samples, language=language, channel=channel)

    assert done.body
    assert "{" not in done.subject + done.body
    assert bool(done.subject) is (channel == "EMAIL")


@pytest.mark.parametrize("event", EVENTS)
def test_english_sms_stay_in_the_seven_bit_alphabet_and_within_two_parts(event):
    done = wording.compose(
        wording.shipped(event, "SMS", "en"),
        event,
        EVENTS[event].samples,
        language="en",
        channel="SMS",
    )

    assert sms.foreign_letters(done.body) == ""
    assert sms.parts(done.body).parts <= 2


@pytest.mark.parametrize("event", EVENTS)
def test_bangla_sms_stay_within_four_parts(event):
    done = wording.compose(
        wording.shipped(event, "SMS", "bn"),
        event,
        EVENTS[event].samples,
        language="bn",
        channel="SMS",
    )

    assert sms.parts(done.body).parts <= 4


def test_a_value_is_put_in_once_and_a_missing_one_leaves_nothing():
    assert wording.render("{name}: {code}.", {"name": "{code}", "code": "1"}) == "{code}: 1."
    assert wording.render("{name}: {code}.", {"name": "A"}) == "A: ."


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{x.__class__}",
        "{name.__class__}",
        "{0}",
        "{name!r}",
        "{name:>99999999}",
        "%(name)s",
        "{% debug %}",
        "${name.}",
        "{NAME}",
    ],
)
def test_a_template_is_never_executed(text):
    assert wording.render(text, {"name": "A", "x": "B"}) == text


def test_a_placeholder_the_event_does_not_know_is_refused_by_name():
    wording.check("payment_received", "{name} {receipt}")

    with pytest.raises(UnknownPlaceholder) as refused:
        wording.check("payment_received", "{name} {due_date} {nonsense} {due_date}")

    assert refused.value.names == ["due_date", "nonsense"]


@pytest.mark.parametrize(
    ("event", "context", "language", "channel", "expected"),
    [
        ("invoice_issued", {"amount": "1725.00"}, "en", "SMS", "Tk 1,725.00"),
        ("invoice_issued", {"amount": "1725.00"}, "en", "EMAIL", "৳\u202f1,725.00"),
        ("invoice_issued", {"amount": "123456.5"}, "bn", "SMS", "৳\u202f১,২৩,৪৫৬.৫০"),
        ("invoice_issued", {"due_date": "2026-01-05"}, "en", "SMS", "05 Jan 2026"),
        ("invoice_issued", {"due_date": "2026-01-05"}, "bn", "SMS", "৫ জানুয়ারি ২০২৬"),
        ("payment_received", {"balance": "1200.00"}, "en", "SMS", "You owe Tk 1,200.00"),
        ("payment_received", {"balance": "-300"}, "en", "SMS", "Overpaid Tk 300.00 (credit)"),
        ("payment_received", {"balance": "0.00"}, "en", "SMS", "Settled"),
        ("invoice_issued", {"invoice": "INV-2026-00042"}, "bn", "SMS", "INV-2026-00042"),
        ("invoice_issued", {"amount": "soon"}, "en", "SMS", "soon"),
    ],
)
def test_raw_values_are_written_as_people_read_them(event, context, language, channel, expected):
    values = wording.written(event, context, language=language, channel=channel)

    assert list(values.values()) == [expected]


def test_a_subject_is_one_line_whatever_a_name_contains():
    done = wording.compose(
        Text(subject="For {name}", body="x"),
        "welcome",
        {"name": "A\r\nBcc: everybody@demo.test"},
        language="en",
        channel="EMAIL",
    )

    assert done.subject == "For A Bcc: everybody@demo.test"


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("balance", ["1200.00", "-300.00", "0.00"])
def test_messages_say_a_balance_as_the_screens_do(language: str, balance: str):
    told = wording.written(
        "payment_received", {"balance": balance}, language=language, channel="EMAIL"
    )["balance"]

    with translation.override(language):
        screen = re.sub("<[^>]+>", "", ui.balance_words(Decimal(balance), "you"))

    assert digitless(told) == digitless(screen)


def digitless(text: str) -> str:
    """Leave out the amount: a text message writes the currency in its own way."""
    return re.sub(r"[৳Tk]*\s?[\d০-৯][\d০-৯,.]*", "…", text)
