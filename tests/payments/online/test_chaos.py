"""Random orders of everything that can happen to online payments; the money must come out right.

Customers start, pay, pay twice, cancel; notices come, come again, come late or never; pages come
back; a gateway is silent after it took the money; the bank takes money back; money is sent back;
people pay at the desk meanwhile, and staff decide about what waits for them. Four deeds in ten are
broken off: the worker is killed, or the database hangs up, between any two steps. At the end every
try is asked about until it has ended. Then what we credited is exactly what the gateways say was
paid and stands, each bill got what a bookkeeper beside the product says, and every proof of the
books holds. (M4, M5, F-16 to F-18, F-20.)

`PROVE=full` runs the full figure; the floor runs in every suite.
"""

import time
from collections import Counter

import pytest

from billing.allocation.models import Payment
from ispbill.core import clock
from ispbill.core.models import Company
from payments.online.models import GatewayRefund
from tests.factories.accounts import UserFactory
from tests.laws import at_once
from tests.laws.scale import SEED, is_over, tell, tried
from tests.payments.online.bookkeeper import NOTHING
from tests.payments.online.chaos import Life
from tests.payments.online.conftest import Shop
from tests.payments.online.test_wallets import Wallet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LIVES, STEPS = tried(floor=25, full=3_000), 25


@pytest.fixture
def shops(_sandbox, desk, settings, client, at, db):
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # nobody listens: notices are handed over by hand
    Company.current()
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    found = [Shop(_sandbox, desk, client, at)]
    yield found + [Wallet(name, _sandbox, desk, client, at) for name in ("bkash", "nagad")]
    clock.set_simulated(None)


def test_in_every_random_life_what_is_credited_is_what_the_gateways_took(shops, at):
    clerk, broken, lived, taken = UserFactory(), Counter(), 0, NOTHING
    start = time.monotonic()
    for seed in range(LIVES):
        if lived and is_over(start):
            break
        life = Life(shops, clerk=clerk, seed=f"{seed} {SEED}", at=at)
        try:
            life.live(STEPS)
            life.settle_down()
            taken += life.check()
            assert at_once.broken() == []
        except BaseException:
            tell(f"life {seed} with PROVE_SEED={SEED!r} went wrong; broken off: {life.broken}")
            raise
        lived, broken = lived + 1, broken + life.broken
    assert at_once.broken() == []
    came = sum(Payment.objects.filter(status="COMPLETED").values_list("amount", flat=True), NOTHING)
    places = Counter()
    for (_deed, where), times in broken.items():
        places[where.removesuffix(" hung up")] += times
    tell(
        f"chaos: {lived} of {LIVES} lives of {STEPS} deeds, {time.monotonic() - start:.0f} s;"
        f" gateways took {taken}, {came} stand in the books with what came over the desk,"
        f" {GatewayRefund.objects.count()} sent back; broken off {broken.total()} times:"
        f" {dict(places)}"
    )
    # A few lives need not meet the rarer places, and how many steps a deed has is not fixed.
    assert {"statement", "commit"} <= places.keys()
    assert lived < 200 or {"committed", "call", "answer"} <= places.keys()
