"""A reseller's own link to sign up by: which reseller a code names, if it still takes customers."""

from django.core import signing

from resellers.models import Reseller

COOKIE = "ispbill_partner"
COOKIE_DAYS = 30
_SIGNER = signing.Signer(sep=".", salt="resellers.invitation")
_LONGEST = 64


def code_of(reseller: Reseller) -> str:
    """Return the code of a reseller's link: the same for ever, and nobody can make up another's."""
    return _SIGNER.sign(str(reseller.pk))


def inviting(code: str) -> Reseller | None:
    """Return the reseller a code names; None for no such, and for one that adds nobody now."""
    if len(code) > _LONGEST:
        return None
    try:
        number = _SIGNER.unsign(code)
    except signing.BadSignature:
        return None
    found = Reseller.objects.filter(pk=int(number)).first()
    return found if found is not None and takes_customers(found) else None


def takes_customers(reseller: Reseller) -> bool:
    """Tell whether customers may come to a reseller at present."""
    return reseller.is_active and reseller.may_add_customers
