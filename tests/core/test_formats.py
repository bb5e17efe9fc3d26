"""How money, days and lengths of time are written."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.core import amount_words, formats
from ispbill.core.formats import BDT, INR, STYLES, ZAR, ZAR_DOT, Defaults
from ispbill.core.money import parse_amount

BIG = Decimal("1234567.50")


@pytest.fixture(autouse=True)
def _plain_defaults():
    """Format as the shipped defaults say, not as a company in a database would."""
    company = formats._resolve
    formats.set_defaults(Defaults)
    yield
    formats.set_defaults(company)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (BDT, "৳\u202f12,34,567.50"),
        (INR, "₹12,34,567.50"),
        (ZAR, "R\u00a01\u00a0234\u00a0567,50"),
        (ZAR_DOT, "R\u00a01,234,567.50"),
    ],
)
def test_each_currency_has_its_own_style(style, text):
    assert formats.money(BIG, style) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("999.99", "999.99"),
        ("1000", "1,000.00"),
        ("99999", "99,999.00"),
        ("100000", "1,00,000.00"),
        ("10000000", "1,00,00,000.00"),
    ],
)
def test_lakhs_and_crores_are_grouped_by_two_after_the_thousand(amount, text):
    assert formats.money(Decimal(amount), BDT).removeprefix("৳\u202f") == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        ("bn", "জানু ফেব্রু মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টে অক্টো নভে ডিসে"),
    ],
)
def test_a_month_is_short_where_there_is_little_room(language, text):
    months = [formats.short_month(date(2026, month, 5), language) for month in range(1, 13)]

    assert " ".join(months) == text


def test_a_negative_amount_has_a_true_minus_before_the_symbol():
    assert formats.money(Decimal("-300"), replace(BDT, hide_zero_decimals=True)) == "−৳\u202f300"


def test_an_amount_that_rounds_to_nothing_has_no_minus():
    assert formats.money(Decimal("-0.004"), INR) == "₹0.00"


def test_only_empty_decimals_are_hidden():
    style = replace(BDT, hide_zero_decimals=True)

    assert formats.money(Decimal("1200.00"), style) == "৳\u202f1,200"
    assert formats.money(Decimal("1200.50"), style) == "৳\u202f1,200.50"


def test_bangla_digits_are_a_choice():
    assert formats.money(BIG, replace(BDT, bangla_digits=True)) == "৳\u202f১২,৩৪,৫৬৭.৫০"


def test_a_number_is_grouped_without_a_currency():
    assert formats.number(1234567, BDT) == "12,34,567"
    assert formats.number(Decimal("-1234.5"), ZAR, decimals=1) == "−1\u00a0234,5"


@given(
    st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2),
    st.sampled_from(list(STYLES.values())),
    st.booleans(),
    st.booleans(),
)
def test_written_amounts_are_read_back(amount, style, hide, in_bangla):
    style = replace(style, hide_zero_decimals=hide, bangla_digits=in_bangla)

    assert parse_amount(formats.money(amount, style)) == amount
    assert parse_amount(formats.plain(formats.money(amount, style))) == amount


@pytest.mark.parametrize(
    ("style", "text"), [(BDT, "Tk 12,34,567.50"), (INR, "Rs 12,34,567.50"), (ZAR, "R 1 234 567,50")]
)
def test_plain_text_fits_the_seven_bit_alphabet(style, text):
    assert formats.plain(formats.money(BIG, style)) == text
    assert formats.plain(formats.money(-BIG, style)) == f"-{text}"


def test_a_day_is_never_ambiguous():
    assert formats.day(date(2026, 1, 5)) == "05 Jan 2026"
    assert formats.day(date(2026, 1, 5), "bn") == "৫ জানুয়ারি ২০২৬"
    assert formats.day(date(2026, 1, 5), "bn", bangla_digits=False) == "5 জানুয়ারি 2026"
    assert formats.month(date(2026, 1, 5)) == "Jan 2026"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2026, 1, 15), date(2026, 2, 15), "15 Jan – 14 Feb 2026 (31 days)"),
        (date(2025, 12, 30), date(2026, 1, 30), "30 Dec 2025 – 29 Jan 2026 (31 days)"),
        (date(2026, 1, 15), date(2026, 1, 16), "15 Jan 2026 (1 day)"),
    ],
)
def test_a_period_shows_its_last_day(start, end, text):
    assert formats.period(start, end) == text


def test_a_period_is_written_in_bangla():
    text = formats.period(date(2026, 1, 15), date(2026, 2, 15), "bn")

    assert text == "১৫ জানুয়ারি – ১৪ ফেব্রুয়ারি ২০২৬ (৩১ দিন)"


def test_an_empty_period_is_refused():
    with pytest.raises(ValueError, match="at least one day"):
        formats.period(date(2026, 1, 15), date(2026, 1, 15))


def test_a_moment_is_the_time_on_the_wall():
    at = datetime(2026, 1, 4, 20, 30, tzinfo=UTC)

    assert formats.moment(at, ZoneInfo("Asia/Dhaka")) == "05 Jan 2026, 02:30"
    assert formats.moment(at, ZoneInfo("Asia/Dhaka"), "bn") == "৫ জানুয়ারি ২০২৬, ০২:৩০"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(datetime(2026, 1, 4, 20, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(hours=2, minutes=14, seconds=59), "2 h 14 min"),
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
        (timedelta(days=1, minutes=5), "1 d"),
        (timedelta(minutes=5, seconds=9), "5 min"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(milliseconds=-5), "0 s"),
        (timedelta(hours=-2), "−2 h"),
    ],
)
def test_a_length_of_time_has_two_units_at_most(length, text):
    assert formats.duration(length) == text


def test_a_length_of_time_is_written_in_bangla():
    assert formats.duration(timedelta(hours=2, minutes=14), "bn") == "২ ঘণ্টা ১৪ মিনিট"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        ("1725", "BDT", "en", "One thousand seven hundred twenty-five taka only"),
        (
            "1234567.50",
            "BDT",
            "en",
            "Twelve lakh thirty-four thousand five hundred sixty-seven taka and fifty poisha only",
        ),
        ("0", "BDT", "en", "Zero taka only"),
        ("20000000", "INR", "en", "Two crore rupees only"),
        ("1.01", "INR", "en", "One rupee and one paisa only"),
        ("-100.05", "ZAR", "en", "Minus one hundred rand and five cents only"),
        (
            "1234567.50",
            "ZAR",
            "en",
            "One million two hundred thirty-four thousand five hundred sixty-seven rand "
            "and fifty cents only",
        ),
        ("1000000000000", "BDT", "en", "One lakh crore taka only"),
        ("1725.50", "BDT", "bn", "এক হাজার সাতশত পঁচিশ টাকা পঞ্চাশ পয়সা মাত্র"),
        ("1234567", "BDT", "bn", "বারো লক্ষ চৌত্রিশ হাজার পাঁচশত সাতষট্টি টাকা মাত্র"),
    ],
)
def test_amounts_are_written_in_words(amount, currency, language, words):
    written = formats.amount_in_words(Decimal(amount), currency, language)

    assert written == unicodedata.normalize("NFC", words)


def test_every_bangla_number_below_a_hundred_has_its_own_word():
    words = amount_words._BANGLA_SMALL

    assert len(words) == len(set(words)) == 100
    assert [unicodedata.normalize("NFC", word) for word in words] == words


def test_a_currency_we_have_no_words_for_is_left_in_figures():
    assert formats.amount_in_words(Decimal(1), "USD") == ""


def test_the_company_decides_what_a_call_leaves_open():
    formats.set_defaults(lambda: Defaults(style=ZAR_DOT, tz=ZoneInfo("Africa/Johannesburg")))

    assert formats.money(Decimal(5)) == "R\u00a05.00"
    assert formats.moment(datetime(2026, 1, 4, 23, 30, tzinfo=UTC)) == "05 Jan 2026, 01:30"
