from network.fup.models.rule import FupRule
from network.fup.models.state import FupState

__all__ = ["FupRule", "FupState"]
