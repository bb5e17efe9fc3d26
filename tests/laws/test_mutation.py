"""The tests of the plain rules notice when a rule is wrong (goal M6, mutation).

Each mutant lives in a forked process that runs the tests of the rules; it is killed when one of
them fails. In every run a sample is tried, in the full figure all of them. What survives is named.
"""

import gc
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
# What pytest says: all pass, a test fails, the tests cannot even be gathered. Anything else (no
# such file, no tests in it) is no verdict about a mutant.
VERDICTS = {0: False, 1: True, 2: True}
TESTS = Path(__file__).parents[1]
# The rules by which money and days are reckoned; each room's tests of its rules hold them.
RULES = (
    "billing.invoices.rules.charging",
    "billing.pricing.rules.discount_spans",
    "billing.dunning.rules.dunning",
    "billing.invoices.rules.giving_back",
    "billing.invoices.rules.periods",
    "billing.invoices.rules.proration",
    "billing.ledger.rules.recognition",
    "billing.ledger.rules.tax",
    "payments.prepaid.rules.voucher_codes",
)


def file_of(name):
    """Return the file of tests that stands where the module stands."""
    *room, module = name.split(".")
    return TESTS.joinpath(*room, f"test_{module}.py")


def killed(mutant, module, tests):
    """Run the tests in a fork in which the mutant lives; True when they notice."""
    child = os.fork()
    if child == 0:
        gc.freeze()  # what this process holds is not gone through, and so not copied
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.stdout = sys.stderr = os.fdopen(quiet, "w")
        teardown_test_environment()  # the run of pytest in here makes its own
        with mutants.alive(mutant, module):
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", str(tests)])
        sys.stdout.flush()
        os._exit(int(code))
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            assert code in VERDICTS, f"the tests of {tests} did not run: pytest ended with {code}"
            return VERDICTS[code]
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return True


def test_the_tests_of_the_rules_notice_nearly_every_mutant():
    every = [
        (mutant, module, file_of(name))
        for name in RULES
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
    for name in RULES:
        module = import_module("billing.ledger.rules.months")
        none = mutants.Mutant(module.__name__, -1, 0, "nothing")
        assert not killed(none, module, file_of(name))


def test_tests_that_do_not_run_are_no_verdict():
    module = import_module("billing.ledger.rules.months")
    none = mutants.Mutant(module.__name__, -1, 0, "nothing")

    with pytest.raises(AssertionError, match="did not run"):
        killed(none, module, file_of("billing.rules.moved_away"))


def test_a_mutant_lives_only_as_long_as_it_is_asked_to():
    from datetime import date

    from billing.ledger.rules import months

    changed = next(one for one in mutants.of(months) if "31" in one.words or "1 →" in one.words)
    before = months.first_of(date(2026, 2, 5)), months.last_of(date(2026, 2, 5))
    with mutants.alive(changed, months):
        during = months.first_of(date(2026, 2, 5)), months.last_of(date(2026, 2, 5))

    assert during != before
    assert (months.first_of(date(2026, 2, 5)), months.last_of(date(2026, 2, 5))) == before
