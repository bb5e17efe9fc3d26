from io import StringIO

import pytest
from django.core.management import call_command

from churn.services import fitting, trying


@pytest.fixture(autouse=True)
def _a_small_trial_of_learning(monkeypatch):
    """What is learnt from thousands of invented customers is tried in tests/laws, not here."""
    monkeypatch.setattr(trying, "CUSTOMERS", 1_500)
    monkeypatch.setattr(fitting, "TREES", 15)


@pytest.fixture
def demo(settings, tmp_path):
    """The fixture `e2e`, made by the command; what it said on standard output."""
    settings.SANDBOX_DIR = tmp_path
    out = StringIO()
    call_command("seed_demo", "--profile", "e2e", "--reset", stdout=out, stderr=StringIO())
    return out.getvalue()
