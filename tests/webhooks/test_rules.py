"""growth-api-rules 2: signatures and tries."""

import base64
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from ispbill.webhooks.rules import retries, signing
from ispbill.webhooks.rules.retries import Outcome

FAILED = Outcome(status=500)
SINCE = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def by_openssl(key, signed):
    """Compute a signature without our code."""
    raw = base64.b64decode(key.removeprefix("whsec_"))
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{raw.hex()}", "-binary"],
        input=signed,
        capture_output=True,
        check=True,
    )
    return base64.b64encode(done.stdout).decode()


def test_a_signature_is_what_another_program_computes_and_both_keys_sign_newest_first():
    new, old = signing.new_key(), signing.new_key()
    body = '{"type":"test.ping","data":{"নাম":"ক"}}'.encode()

    found = signing.header([new, old], message_id="msg_1", timestamp=1768017600, body=body)

    signed = b"msg_1.1768017600." + body
    assert found == f"v1,{by_openssl(new, signed)} v1,{by_openssl(old, signed)}"


def test_a_key_has_32_bytes_and_no_other_form_signs():
    assert len(base64.b64decode(signing.new_key().removeprefix("whsec_"))) == 32

    for key in ("", "whsec_", "whsec_YQ==", "whsec_***", signing.new_key()[6:]):
        with pytest.raises(ValueError, match="not a webhook key"):
            signing.header([key], message_id="msg_1", timestamp=1, body=b"")


def test_an_id_with_a_full_stop_is_not_signed():
    with pytest.raises(ValueError, match="full stop"):
        signing.header([signing.new_key()], message_id="a.1", timestamp=1, body=b"")


def test_ten_tries_with_the_waits_of_the_rules():
    waits = [retries.next_wait(tries, FAILED, chance=0.5) for tries in range(11)]

    minutes = [None if wait is None else round(wait.total_seconds()) / 60 for wait in waits]
    assert minutes == [0, 5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440, None]


def test_a_wait_is_spread_by_a_tenth_either_way():
    assert retries.next_wait(2, FAILED, chance=0.0) == timedelta(seconds=270)
    assert retries.next_wait(2, FAILED, chance=1.0) == timedelta(seconds=330)


def test_a_longer_wait_the_receiver_asks_for_wins_up_to_a_day():
    def asked(**wait):
        outcome = Outcome(status=503, retry_after=timedelta(**wait))
        return retries.next_wait(1, outcome, chance=0.5)

    assert asked(seconds=1) == timedelta(seconds=5)
    assert asked(hours=1) == timedelta(hours=1)
    assert asked(days=9) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("status", "is_taken"),
    [
        (200, True),
        (204, True),
        (299, True),
        (301, False),
        (307, False),
        (404, False),
        (None, False),
    ],
)
def test_only_2xx_counts(status, is_taken):
    outcome = Outcome(status=status)

    assert outcome.is_taken is is_taken
    assert (retries.next_wait(1, outcome, chance=0.5) is None) is is_taken


def test_gone_or_five_days_without_success_switch_an_address_off():
    def given_up(outcome, **later):
        return retries.is_given_up(outcome, failing_since=SINCE, now=SINCE + timedelta(**later))

    assert given_up(Outcome(status=410), seconds=0)
    assert not given_up(FAILED, days=4, hours=23)
    assert given_up(FAILED, days=5)
    assert not given_up(Outcome(status=200), days=9)
    assert retries.next_wait(1, Outcome(status=410), chance=0.5) is None
