"""From values to a share of the room a chart has."""

from collections.abc import Sequence
from decimal import Decimal

from ispbill.core.charts import Value


class Scale:
    """The values from the lowest to the highest drawn, with round values in between."""

    def __init__(self, known: Sequence[Value], *, from_zero: bool) -> None:
        low = min([Decimal(value) for value in known], default=Decimal(0))
        high = max([Decimal(value) for value in known], default=Decimal(1))
        if from_zero or low < 0:
            low, high = min(low, Decimal(0)), max(high, Decimal(0))
        if low == high:
            high = low + 1
        rough = (high - low) / 3
        size = Decimal(10) ** rough.adjusted()
        step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
        self.low = (low / step).to_integral_value(rounding="ROUND_FLOOR") * step
        last = (high / step).to_integral_value(rounding="ROUND_CEILING") * step
        count = int((last - self.low) / step)
        self.ticks = [self.low + step * index for index in range(count + 1)]
        self._spread = last - self.low

    def share(self, value: Value) -> float:
        """Return where a value stands between the lowest (0) and the highest (1)."""
        return float((Decimal(value) - self.low) / self._spread)
