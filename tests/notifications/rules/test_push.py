"""Sealed as RFC 8291 shows it, and worded as the SMS is."""

import json

import pytest

from ispbill.notifications.rules import device_names, push, push_sealing
from ispbill.notifications.rules.shipped_bn import TEXTS as BANGLA
from ispbill.notifications.rules.shipped_en import TEXTS as ENGLISH


def test_the_example_of_rfc_8291_appendix_a_to_the_byte():
    sealed = push_sealing.seal(
        b"When I grow up, I want to be a watermelon",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIA"
        "iw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        salt=push_sealing.bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
        ours="yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    )

    assert push_sealing.text_of(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
        "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
        "y4a-fN"
    )


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("BCVx", "BTBZMqHH6r4Tts7J_aSIgg"),  # too short a point
        ("B" + "A" * 86, "BTBZMqHH6r4Tts7J_aSIgg"),  # not on the curve
        (push_sealing.new_pair().public, "BTBZ"),
        ("no base64 é", "BTBZMqHH6r4Tts7J_aSIgg"),
    ],
    ids=["a short point", "not on the curve", "a short secret", "no base64"],
)
def test_what_is_no_key_of_a_browser_is_refused(p256dh, auth):
    with pytest.raises(push_sealing.BadKeys):
        push_sealing.check(p256dh, auth)


@pytest.mark.parametrize(
    ("sms", "said"),
    [
        (
            "Your bill {invoice} is ready. Please pay by {due_date}: {pay_url} {company}",
            "Your bill {invoice} is ready. Please pay by {due_date}.",
        ),
        (
            "{amount} is due today. Pay: {pay_url} Already paid? Thank you. {company}",
            "{amount} is due today. Already paid? Thank you.",
        ),
        ("Bills and help: {portal_url} or {company_phone}", "Bills and help: {company_phone}"),
        ("{name}, বিল {amount}। বিল দিন: {pay_url} {company}", "{name}, বিল {amount}।"),
        ("{ticket} নিয়ে অপেক্ষায় আছি: {ticket_url} {company}", "{ticket} নিয়ে অপেক্ষায় আছি।"),
    ],
)
def test_a_notification_says_what_the_sms_says_without_its_links(sms, said):
    assert push.template(sms) == said


def test_no_shipped_text_keeps_a_link_or_says_nothing():
    for texts in (ENGLISH, BANGLA):
        for event, shipped in texts.items():
            said = push.template(shipped.sms)
            assert "_url}" not in said, event
            assert bool(said) == bool(shipped.sms), event


def test_a_long_text_is_cut_and_the_rest_stays_whole():
    raw = push.payload(title="খবর", body="দীর্ঘ কথা " * 900, path="/portal/messages/", tag="t")

    told = json.loads(raw)
    assert len(raw) <= push_sealing.MOST_BYTES
    assert told["body"].endswith("…")
    assert (told["title"], told["url"]) == ("খবর", "/portal/messages/")


def test_ttl_urgency_and_topic_go_by_the_event_and_the_fact():
    outage = push.manner("outage_opened", fact="outage_opened:OUT-1", is_urgent=True)
    offer = push.manner("offer", fact="offer:9", is_urgent=False)
    bill = push.manner("invoice_issued", fact="invoice_issued:INV-1", is_urgent=False)

    assert (outage.seconds, outage.urgency) == (6 * 3600, "high")
    assert (offer.seconds, offer.urgency, bill.urgency) == (3 * 24 * 3600, "low", "normal")
    assert len(outage.topic) == 32
    assert outage.topic == push.topic("outage_opened:OUT-1") != bill.topic


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Version/18.1 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        ("<script>", "Browser"),
    ],
)
def test_a_device_has_the_name_a_person_knows_it_by(agent, name):
    assert device_names.of(agent) == name
