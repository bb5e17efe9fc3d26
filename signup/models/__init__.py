from signup.models.document import OrderDocument
from signup.models.order import Order

import signup.imports.models  # isort: skip
import signup.legacy.models  # noqa: F401  # isort: skip

__all__ = ["Order", "OrderDocument"]
