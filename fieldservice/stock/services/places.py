"""The places of stock, made when something first goes there."""

from customers.models import Customer
from fieldservice.stock.models import StockPlace
from ispbill.accounts.models import Branch, User

Kind = StockPlace.Kind


def of_branch(branch: Branch) -> StockPlace:
    """Return the shelf of a branch."""
    return StockPlace.objects.get_or_create(kind=Kind.BRANCH, branch=branch)[0]


def of_person(person: User) -> StockPlace:
    """Return a person's van."""
    return StockPlace.objects.get_or_create(kind=Kind.PERSON, person=person)[0]


def of_customer(customer: Customer) -> StockPlace:
    """Return the place of what a customer has of ours."""
    return StockPlace.objects.get_or_create(kind=Kind.CUSTOMER, customer=customer)[0]


def outside(kind: Kind) -> StockPlace:
    """Return the place where nothing is counted any more, or not yet."""
    return StockPlace.objects.get_or_create(kind=kind, branch=None, person=None, customer=None)[0]
