"""Postbacks that are nearly genuine: no mandate becomes active, nothing breaks (M14)."""

import time
from collections import Counter

import pytest

from ispbill.devtools.sandbox.netcash import mandates as netcash_mandates
from payments.debits.models import Mandate, MandateHint
from payments.debits.services import run, settings
from tests.factories import debits
from tests.factories.customers import CustomerFactory
from tests.laws.scale import SEED, is_over, tell
from tests.payments.online.mutations import CALLS, Mutator, books, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_no_mutated_postback_makes_a_mandate_or_pauses_us(bank, client):
    mandate = debits.requested(bank)
    signer = CustomerFactory(name="Sipho Dube", phone="+27825551235")
    paid = debits.active(bank, signer)
    genuine = []
    for one in bank.server.world.state["mandates"]:
        genuine += [netcash_mandates.postback(one), netcash_mandates.postback(one, is_forged=True)]
    client.raise_request_exception = False
    before, answers, start = books(), Counter(), time.monotonic()
    mutator = Mutator(
        seed=f"netcash {SEED}",
        genuine=genuine,
        aims=[{"AccountRef": mandate.account_reference, "MandateSuccessful": "1"}],
        home={
            "path": f"/hooks/netcash/{settings.postback_secret()}/",
            "methods": ["POST"] * 19 + ["GET"],
            "claims": [],
        },
    )
    for number in range(CALLS):
        if is_over(start):
            break
        send(client, mutator, answers)
        if number % 500 == 499 or number == CALLS - 1:
            bank.minutes += 20
            run.follow(at=bank.at)
            run.follow(at=bank.at)
            assert books() == before
            states = Mandate.objects.filter(pk__in=[mandate.pk, paid.pk]).order_by("pk")
            assert list(states.values_list("state", flat=True)) == ["SENT", "ACTIVE"]
    assert MandateHint.objects.filter(mandate=mandate).exists()
    took = time.monotonic() - start
    tell(
        f"M14 netcash: {answers.total()} mutated postbacks, {took:.0f} s; answers {dict(answers)};"
        f" hints kept {MandateHint.objects.count()}; 0 rows earned"
    )


def test_a_postback_to_a_wrong_address_is_not_kept(bank, client):
    response = client.post("/hooks/netcash/guessed/", {"AccountRef": "x"})

    assert response.status_code == 404
    assert not MandateHint.objects.exists()


def test_a_postback_with_characters_no_text_may_hold_is_kept_without_them(bank, client):
    mandate = debits.requested(bank)
    said = {"AccountRef": f"\x00{mandate.account_reference}", "MandateStatus": "6\x00"}

    response = client.post(f"/hooks/netcash/{settings.postback_secret()}/", said)

    assert response.status_code == 200
    kept = MandateHint.objects.get()
    assert (kept.mandate, kept.said["MandateStatus"]) == (mandate, "6")
