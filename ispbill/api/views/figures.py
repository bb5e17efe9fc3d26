"""/api/admin/figures: every figure of the registry, the same as on the pages."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from ninja import Query, Router

from churn.queries.leaving import LEFT_AFTER_DAYS
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import Branch
from ispbill.api.forms import answers, bodies
from ispbill.api.rules import scopes
from ispbill.api.views.doors import Asking, Door
from ispbill.api.views.problems import Problem
from ispbill.core.models import Company
from ispbill.reports.queries import definitions, figures
from ispbill.reports.queries.answering import Answer, Asked
from ispbill.reports.queries.scope import Scope

router = Router(tags=["admin"], by_alias=True)
_LONGEST = timedelta(days=400)


@router.get("/figures", auth=Door(scopes.REPORTS_READ), response=answers.Figures)
def every(request: Asking, asked: Query[bodies.FiguresAsked]) -> dict[str, Any]:
    """Every figure of some days, of the company or of a branch, with what it means.

    `as_of` is the last day that is complete; `is_final`: thirty days have gone by since, so that
    who has left is sure. Money is net where the meaning says so.
    """
    if not asked.start <= asked.end <= asked.start + _LONGEST:
        raise Problem(422, "invalid", _("Ask for 1 to 400 days, the first one first."))
    branch = _branch(request, asked.branch)
    state = figures.state()
    built = None if state is None else state.built_until
    days = Asked(asked.start, asked.end, Scope(branch_id=branch.pk if branch else None))
    return {
        "start": asked.start,
        "end": asked.end,
        "branch": branch.code if branch else None,
        "as_of": built,
        "is_final": built is not None and asked.end + timedelta(days=LEFT_AFTER_DAYS) <= built,
        "currency": Company.current().currency,
        "figures": [
            {
                "key": one.key,
                "name": str(one.name),
                "unit": one.unit or "count",
                "value": _written(one.query(days)),
                "meaning": str(one.meaning),
            }
            for one in definitions.FIGURES.values()
        ],
    }


def _branch(request: Asking, code: str) -> Branch | None:
    """Return the branch asked for, or the caller's own. Raises Problem 404."""
    own = branch_scope(request.caller.user)
    if own is None and not code:
        return None
    found = Branch.objects.all() if own is None else Branch.objects.filter(pk=own)
    branch = (found.filter(code=code) if code else found).first()
    if branch is None:
        raise Problem(404, "not_found", _("There is no such branch."))
    return branch


def _written(value: Answer) -> str | None:
    return None if value is None else f"{value:f}" if not isinstance(value, int) else str(value)
