"""Agreements and their versions: what a contract says before it is somebody's."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contracts.models import Agreement, AgreementVersion
from contracts.rules import cleaning, merging
from contracts.rules.terms import longest_months
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

TERMS = (
    "term_months",
    "minimum_months",
    "notice_count",
    "notice_unit",
    "renewal",
    "renewal_binds",
    "price_lock",
    "fee",
    "fee_amount",
    "fee_rate",
    "cap_months",
    "cap_amount",
    "cooling_off_days",
    "bills_used_days",
    "refuses_downgrade",
)


class BadText(DomainError):
    """The text has a merge field that does not exist, or no place for the signature."""


@transaction.atomic
def create(
    *, name: str, kind: str, values: dict[str, Any], act: Act[User | None], language: str = "en"
) -> Agreement:
    """Add an agreement with its first version. Raises BadText, DomainError for a name in use."""
    trail.begin(act=act)
    agreement = Agreement(name=name.strip(), kind=kind, language=language, created_at=act.at)
    _named(agreement)
    _write(AgreementVersion(agreement=agreement, version_no=1), values, act=act)
    _record(agreement, "created", act=act)
    return agreement


@transaction.atomic
def save(
    *, agreement: Agreement, name: str, values: dict[str, Any], act: Act[User]
) -> AgreementVersion:
    """Change name and newest version, or begin a new version where contracts use that.

    Raises BadText, DomainError for a name in use.
    """
    trail.begin(act=act)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    agreement.name = name.strip()
    _named(agreement)
    version = newest(agreement)
    if version.is_frozen:
        version = AgreementVersion(agreement=agreement, version_no=version.version_no + 1)
    version = _write(version, values, act=act)
    _record(agreement, "changed", act=act, after={"version": version.version_no})
    return version


@transaction.atomic
def make_default(*, agreement: Agreement, act: Act[User | None]) -> Agreement:
    """Let an agreement be the one drawn up for its kind of customer."""
    trail.begin(act=act)
    list(Agreement.objects.select_for_update().filter(kind=agreement.kind).order_by("pk"))
    Agreement.objects.filter(kind=agreement.kind, is_default=True).update(is_default=False)
    Agreement.objects.filter(pk=agreement.pk).update(is_default=True, archived_at=None)
    _record(agreement, "made_default", act=act, after={"kind": agreement.kind})
    agreement.refresh_from_db()
    return agreement


def newest(agreement: Agreement) -> AgreementVersion:
    """Return the version that is drawn up now."""
    return agreement.versions.order_by("-version_no")[0]


def fault_words(body: str) -> list[str]:
    """Say what is wrong with the merge fields of a text."""
    said = {
        "UNKNOWN": _("There is no field %(name)s."),
        "TWICE": _("%(name)s may stand there once only."),
        "MISSING": _("%(name)s is missing: say where the signature goes."),
    }
    return [said[kind] % {"name": f"{{{{{name}}}}}"} for kind, name in merging.faults(body)]


def _named(agreement: Agreement) -> None:
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        raise DomainError(_("There is a template of this name already.")) from error


def _write(version: AgreementVersion, values: dict[str, Any], *, act: Act) -> AgreementVersion:
    body = cleaning.clean(values["body"])
    said = fault_words(body)
    if said:
        raise BadText(" ".join(said))
    most = longest_months(version.agreement.kind, country=Company.current().phone_region)
    if values.get("term_months", 1) > most:
        raise DomainError(
            _("The law allows private people a term of %(n)d months at most.") % {"n": most}
        )
    version.body = body
    for name in TERMS:
        if name in values:
            setattr(version, name, values[name])
    if version.pk is None:
        version.created_at, version.created_by = act.at, act.actor
    version.save()
    return version


def _record(
    agreement: Agreement, verb: str, *, act: Act, after: dict[str, Any] | None = None
) -> None:
    events.record(act=act, action=f"agreement.{verb}", target=agreement, after=after)
