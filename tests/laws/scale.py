"""How much of a law is tried: the floor in every run of the suite, the full figure by a command.

`make prove` (PROVE=full) takes hours; `PROVE=100` tries a hundredth of the full figure. See
docs/proofs.md for what was run and what it took.
"""

import os
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws import trouble

WANTED = os.environ.get("PROVE", "")
FULL = WANTED == "full"
SEED = os.environ.get("PROVE_SEED", "")
MINUTES = os.environ.get("PROVE_MINUTES", "")
# A failing sequence is shrunk for minutes; PROVE_SHRINK=0 shows it as it came.
PHASES = [Phase.generate] if os.environ.get("PROVE_SHRINK") == "0" else list(Phase)
STEPS = 30
BATCH = 100
PARTS = 3
"""Each machine is run in this many tests: one that fails leaves the others standing."""
SHARES = {"Books": 4, "Lives": 4, "PrepaidLives": 2}
"""How many tenths of the random sequences of goal M1 each machine runs."""


def tried(*, floor: int, full: int) -> int:
    """Return how often something is tried in this run; never less than the floor."""
    if FULL:
        return full
    return max(floor, full // int(WANTED)) if WANTED.isdigit() else floor


def tell(figures):
    """Say what a law was tried with, where somebody listens (`-s`, as `make prove` does)."""
    sys.stdout.write(f"\n{figures}\n")
    sys.stdout.flush()


def is_over(start):
    """Tell whether a law that began at `start` (monotonic) has had its PROVE_MINUTES.

    It then stops early and says how far it came, which is not the full figure.
    """
    return bool(MINUTES) and time.monotonic() - start > 60 * float(MINUTES)


def lived(machine, part):
    """Run one part of a machine's random sequences: all machines and parts together are M1.

    What goes wrong in the middle of a change (`trouble`) is drawn like any other step.
    The sequences are the same in every run, so that what fails for one fails for all;
    `PROVE_SEED=anything` draws others. What fails is shrunk and written out as a program.
    """
    share = next(share for name, share in SHARES.items() if name in _names(machine))
    wanted = -(-tried(floor=300, full=10_000) * share // (10 * PARTS))
    name, start, done = f"{_names(machine)[0]}, part {part}", time.monotonic(), 0
    while done < wanted and not (done and is_over(start)):
        many = settings(
            max_examples=min(BATCH, wanted - done),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=PHASES,
        )
        drawn = f"{_names(machine)} {part} {SEED}" + (f" {done}" if done else "")
        run_state_machine_as_test(seed(drawn)(machine), settings=many)
        done += many.max_examples
        tell(
            f"{name}: {done} of {wanted} sequences x {STEPS} steps in"
            f" {time.monotonic() - start:.0f} s, broken off so far: {trouble.broken_off}"
        )
    assert all(trouble.broken_off.values())


def _names(machine):
    return [one.__name__ for one in machine.__mro__]
