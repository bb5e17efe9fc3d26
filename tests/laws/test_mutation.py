"""The tests of the plain rules notice when a rule is wrong (goal M6, mutation).

Each mutant lives in a forked process that runs the tests of the rules; it is killed when one of
them fails. In every run a sample is tried, in the full figure all of them. What survives is named.
"""

import os
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from django.test.utils import teardown_test_environment

from tests.laws import mutants
from tests.laws.scale import FULL, WANTED

pytestmark = pytest.mark.slow

SAMPLE = 20
SECONDS = 60  # a mutant that goes on for ever is noticed too
WANTED_SHARE = 0.9
TESTS = Path(__file__).parents[1]
# The rules by which money and days are reckoned, and the tests that hold them.
RULES = {
    "billing.rules.charging": "billing/rules/test_charging.py",
    "billing.rules.discount_spans": "billing/rules/test_discount_spans.py",
    "billing.rules.dunning": "billing/rules/test_dunning.py",
    "billing.rules.giving_back": "billing/rules/test_giving_back.py",
    "billing.rules.periods": "billing/rules/test_periods.py",
    "billing.rules.proration": "billing/rules/test_proration.py",
    "billing.rules.recognition": "billing/rules/test_recognition.py",
    "billing.rules.tax": "billing/rules/test_tax.py",
    "payments.rules.voucher_codes": "payments/rules/test_voucher_codes.py",
}


def killed(mutant, module, tests):
    """Run the tests in a fork in which the mutant lives; True when they notice."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.stdout = sys.stderr = os.fdopen(quiet, "w")
        teardown_test_environment()  # the run of pytest in here makes its own
        with mutants.alive(mutant, module):
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", str(TESTS / tests)])
        sys.stdout.flush()
        os._exit(int(code))
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            # 1: a test fails; 2: the tests cannot even be gathered.
            return os.waitstatus_to_exitcode(status) in (1, 2)
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return True


def test_the_tests_of_the_rules_notice_nearly_every_mutant():
    every = [
        (mutant, module, tests)
        for name, tests in RULES.items()
        for module in [import_module(name)]
        for mutant in mutants.of(module)
    ]
    share = 1 if FULL else max(SAMPLE, len(every) // int(WANTED or len(every))) / len(every)
    tried = every if FULL else every[:: max(1, round(1 / share))]

    survivors = [
        str(mutant) for mutant, module, tests in tried if not killed(mutant, module, tests)
    ]

    sys.stdout.write(f"\n{len(tried)} of {len(every)} mutants, {len(survivors)} survived\n")
    sys.stdout.write("\n".join(survivors))
    assert len(survivors) <= (1 - WANTED_SHARE) * len(tried), survivors


def test_without_a_mutant_the_same_tests_pass():
    """The control: what kills a mutant is the mutant."""
    for tests in sorted(set(RULES.values())):
        module = import_module("billing.rules.months")
        none = mutants.Mutant(module.__name__, -1, 0, "nothing")
        assert not killed(none, module, tests)


def test_a_mutant_lives_only_as_long_as_it_is_asked_to():
    from datetime import date

    from billing.rules import months

    changed = next(one for one in mutants.of(months) if "31" in one.words or "1 →" in one.words)
    before = months.first_of(date(2026, 2, 5)), months.last_of(date(2026, 2, 5))
    with mutants.alive(changed, months):
        during = months.first_of(date(2026, 2, 5)), months.last_of(date(2026, 2, 5))

    assert during != before
    assert (months.first_of(date(2026, 2, 5)), months.last_of(date(2026, 2, 5))) == before
