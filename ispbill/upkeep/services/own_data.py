"""What we know of a customer, for the customer: JSON of every row, and the papers as they are."""

import json
import zipfile
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from psycopg.types.range import Range

from billing.invoices.models import Document
from billing.invoices.services import documents
from customers.models import Customer
from ispbill.audit.services import events
from ispbill.core.acts import Act
from tickets.models import Attachment

# What is ours and not theirs: remarks of staff, secrets, what the machinery needs.
_LEFT_OUT = {
    "acceptedfinding",
    "approval",
    "auditevent",
    "call",
    "churnscore",
    "commission",
    "customerlogin",
    "customernote",
    "dryrunpart",
    "erasure",
    "fieldaction",
    "inboundmail",  # its words are those of the ticket
    "mandatehint",
    "paymentunderway",
    "portalreading",
    "signingcode",
    "statementsuggestion",
    "suggestion",
    "ticketnote",
}
_OURS = (
    "notifications",
    "customers",
    "network",
    "billing",
    "payments",
    "resellers",
    "tickets",
    "contracts",
    "fieldservice",
    "signup",
)
_HIDDEN = (
    "sealed_",
    "search_text",
    "seal_id",
    "fingerprint",
    "national_id_fingerprint",
    "code_fingerprint",
    "code_hash",
    "key",
    "dedup_key",
    "idempotency_key",
    "session_key",
    "link_",
    "provider",
    "notes",
    "path",
)


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        """Write a span as its two ends, and whatever else a column holds as its words."""
        if isinstance(o, Range):
            return [o.lower, o.upper]
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def write(*, customer: Customer, target: IO[bytes], act: Act) -> dict[str, int]:
    """Write a ZIP of everything about a customer; return the rows of each kind."""
    counts: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, transaction.atomic():
        for model in _models():
            rows = _rows(model, customer)
            if rows:
                name = str(model._meta.model_name)
                counts[name] = len(rows)
                told = json.dumps(rows, cls=_Encoder, ensure_ascii=False, indent=1)
                archive.writestr(f"{name}.json", told)
        for sent in Attachment.objects.filter(customer=customer).order_by("pk"):
            archive.writestr(f"files/{sent.pk}-{Path(sent.name).name}", bytes(sent.content))
        for document in Document.objects.filter(customer=customer).order_by("pk"):
            file = documents.file_of(document)
            if file is not None:
                archive.write(file, f"papers/{file.name}")
                counts["papers"] = counts.get("papers", 0) + 1
        events.record(
            act=act,
            action="customer.own_data_written",
            target=customer,
            customer_id=customer.pk,
            after=counts,
        )
    return counts


def _models() -> list[type[models.Model]]:
    found: list[type[models.Model]] = [Customer]
    for label in _OURS:
        if not apps.is_installed(label) and not apps.is_installed(f"ispbill.{label}"):
            continue
        for model in apps.get_app_config(label).get_models():
            names = {field.attname for field in model._meta.concrete_fields}
            if "customer_id" in names and model._meta.model_name not in _LEFT_OUT:
                found.append(model)
    return found


def _rows(model: type[models.Model], customer: Customer) -> list[dict[str, Any]]:
    about = {"pk": customer.pk} if model is Customer else {"customer_id": customer.pk}
    columns = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.attname.startswith(_HIDDEN) and not isinstance(field, models.BinaryField)
    ]
    return list(model._default_manager.filter(**about).order_by("pk").values(*columns))
