"""Passkeys (WebAuthn level 2): adding, signing in, removing.

The relying party is the host people type; in production that of PUBLIC_URL. Browsers refuse
passkeys on bare IP addresses.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webauthn
from django.db import transaction
from django.utils.translation import gettext as _
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ispbill.accounts.models import Passkey, User
from ispbill.accounts.services.sign_in import WrongCredentials
from ispbill.audit.services import events
from ispbill.core.acts import Act

LIMIT = 10  # passkeys of one person


@dataclass(frozen=True)
class Site:
    """The relying party: host name without port, its origin, and its name for people."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class Ceremony:
    """Options for the browser (JSON) and the challenge to keep until its answer (base64url)."""

    options: str
    challenge: str


def adding(*, user: User, site: Site) -> Ceremony:
    """Begin to add a passkey."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=str(user.pk).encode(),
        user_name=user.login,
        user_display_name=user.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=bytes(key.credential_id))
            for key in user.passkeys.all()
        ],
    )
    return Ceremony(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


@transaction.atomic
def add(
    *, user: User, name: str, credential: dict[str, Any], challenge: str, site: Site, at: datetime
) -> Passkey:
    """Keep the passkey the browser made. Raises WrongCredentials."""
    if user.passkeys.count() >= LIMIT:
        raise WrongCredentials(_("There are ten passkeys already. Remove one first."))
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise WrongCredentials(_("This passkey was not accepted.")) from error
    key = Passkey.objects.create(
        user=user,
        name=name.strip()[:60] or _("Passkey"),
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        created_at=at,
    )
    events.record(
        act=Act(user, at), action="user.passkey_added", target=user, after={"name": key.name}
    )
    return key


def signing_in(*, site: Site) -> Ceremony:
    """Begin a sign-in; the browser offers whichever passkeys it holds for this host."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Ceremony(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


@transaction.atomic
def sign_in(*, credential: dict[str, Any], challenge: str, site: Site, at: datetime) -> User:
    """Return the user whose passkey answered the challenge. Raises WrongCredentials."""
    refusal = WrongCredentials(_("This passkey was not accepted."))
    try:
        credential_id = base64url_to_bytes(str(credential["rawId"]))
    except (KeyError, ValueError) as error:
        raise refusal from error
    key = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(credential_id=credential_id, user__is_active=True)
        .first()
    )
    if key is None:
        raise refusal
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise refusal from error
    key.sign_count, key.last_used_at = verified.new_sign_count, at
    key.save(update_fields=["sign_count", "last_used_at"])
    return key.user


@transaction.atomic
def remove(*, key: Passkey, at: datetime) -> None:
    """Forget a passkey (by its owner)."""
    user = key.user
    name = key.name
    key.delete()
    events.record(
        act=Act(user, at), action="user.passkey_removed", target=user, before={"name": name}
    )


def parsed(body: bytes) -> dict[str, Any]:
    """Return the browser's answer. Raises WrongCredentials when it is not a JSON object."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise WrongCredentials(_("This passkey was not accepted.")) from error
    if not isinstance(found, dict) or not isinstance(found.get("credential"), dict):
        raise WrongCredentials(_("This passkey was not accepted."))
    return found
