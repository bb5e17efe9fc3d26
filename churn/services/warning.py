"""Owners hear by the bell when the model no longer fits its customers, or has failed."""

from collections.abc import Sequence
from hashlib import sha256

from django.urls import reverse

from churn.models import ChurnModel
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.inbox.services import bell

DRIFT, FAILED = "churn-drift", "churn-failed"


def drifted(live: ChurnModel, names: Sequence[str], *, act: Act) -> int:
    """Say which features have drifted, once a model and set of them; return how many hear it."""
    which = sha256(",".join(sorted(names)).encode()).hexdigest()[:12]
    return _ring(DRIFT, f"{DRIFT}:{live.pk}:{which}", str(len(names)), act=act)


def failed(model: ChurnModel, *, act: Act) -> int:
    """Say that the rules score again because the live model has failed, once a model."""
    return _ring(FAILED, f"{FAILED}:{model.pk}", "", act=act)


def _ring(kind: str, fact: str, about: str, *, act: Act) -> int:
    owners = User.objects.filter(role=User.Role.OWNER, is_active=True)
    told = bell.Ring(kind, fact, about, reverse("staff_churn:model"))
    return bell.ring(owners, told, act=act)
