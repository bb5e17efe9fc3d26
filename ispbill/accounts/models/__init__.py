from ispbill.accounts.models.attempts import Attempts
from ispbill.accounts.models.branch import Branch
from ispbill.accounts.models.saved_view import SavedView
from ispbill.accounts.models.security import (
    OneTimeCode,
    Passkey,
    RecoveryCode,
    SignedInSession,
    TotpDevice,
)
from ispbill.accounts.models.user import User

__all__ = [
    "Attempts",
    "Branch",
    "OneTimeCode",
    "Passkey",
    "RecoveryCode",
    "SavedView",
    "SignedInSession",
    "TotpDevice",
    "User",
]
