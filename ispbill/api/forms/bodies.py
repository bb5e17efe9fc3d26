"""What calls may say: bodies and queries. An unknown field is refused."""

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, field_validator

_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Cursor = Annotated[str, StringConstraints(max_length=400)]


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        """Refuse what no text of the database can hold."""
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("a character that no text may hold")
        return value


class Paging(_Strict):
    limit: int = Field(25, ge=1, le=100)
    cursor: Cursor = ""


class InvoicesAsked(Paging):
    status: Annotated[str, StringConstraints(max_length=80)] = ""  # comma = any of
    issued_from: datetime.date | None = None
    issued_to: datetime.date | None = None
    customer: str = ""


class PaymentsAsked(Paging):
    customer: str = ""
    method: str = ""


class TicketsAsked(Paging):
    customer: str = ""
    status: str = ""


class CustomersAsked(Paging):
    q: Annotated[str, StringConstraints(max_length=80)] = ""


class UsageAsked(_Strict):
    service: str = ""
    start: datetime.date | None = Field(None, alias="from")
    end: datetime.date | None = Field(None, alias="to")


class FiguresAsked(_Strict):
    start: datetime.date = Field(alias="from")
    end: datetime.date = Field(alias="to")  # the last day in it
    branch: Annotated[str, StringConstraints(max_length=20)] = (
        ""  # its code; empty: all one may see
    )


class Move(_Strict):
    reason: _Words = ""
    effective_on: datetime.date | None = None
    suspension_kind: Literal[
        "NON_PAYMENT", "CUSTOMER_REQUEST", "TECHNICAL", "FRAUD", "POLICY", "OTHER"
    ] = "CUSTOMER_REQUEST"


class Generate(_Strict):
    date: datetime.date | None = None
    bill_day: int | None = Field(None, ge=1, le=31)
    customer: str = ""
    dry_run: bool = False


class TakePayment(_Strict):
    customer: str
    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    method: str
    reference: _Words = ""


class OpenTicket(_Strict):
    customer: str
    subject: Annotated[str, StringConstraints(min_length=3, max_length=120)]
    text: Annotated[str, StringConstraints(min_length=3, max_length=4000)]
    category: str = ""


class ChangeCustomer(_Strict):
    """What is left out stays."""

    name: Annotated[str, StringConstraints(min_length=2, max_length=120)] | None = None
    phone: Annotated[str, StringConstraints(min_length=5, max_length=40)] | None = None
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    address: Annotated[str, StringConstraints(min_length=3, max_length=240)] | None = None

    @field_validator("email")
    @classmethod
    def _is_email(cls, value: str | None) -> str | None:
        """Refuse what is no address; "" removes it."""
        if value:
            try:
                validate_email(value)
            except ValidationError as error:
                raise ValueError("not an e-mail address") from error
        return value


class ChangeTicket(_Strict):
    """What is left out stays; a lower priority needs a reason."""

    subject: Annotated[str, StringConstraints(min_length=3, max_length=120)] | None = None
    category: Annotated[str, StringConstraints(max_length=40)] | None = None  # a code
    priority: Literal["URGENT", "HIGH", "NORMAL", "LOW"] | None = None
    reason: _Words = ""


class MakePrimary(_Strict):
    is_primary: Literal[True]


class AddMethod(_Strict):
    kind: Literal["eft"]
    holder: Annotated[str, StringConstraints(min_length=2, max_length=80)]
    number: Annotated[str, StringConstraints(min_length=4, max_length=34, pattern=r"^[0-9 -]+$")]
    bank: Annotated[str, StringConstraints(max_length=40)] = ""
