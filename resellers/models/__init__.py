from resellers.models.commission import Commission, CommissionBack
from resellers.models.payout import Payout
from resellers.models.reseller import Reseller

__all__ = ["Commission", "CommissionBack", "Payout", "Reseller"]
