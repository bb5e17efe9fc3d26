"""What tickets need before the first one: the categories that come with the product."""

from tickets.models import Category
from tickets.rules.categories import SHIPPED


def lay() -> None:
    """Make the categories that come with the product where there is none at all."""
    if Category.objects.exists():
        return
    Category.objects.bulk_create(
        [
            Category(
                code=one.code,
                name=one.name,
                local_name=one.local_name,
                hint=one.hint,
                weight=one.weight,
                position=place,
            )
            for place, one in enumerate(SHIPPED)
        ],
        ignore_conflicts=True,
    )
