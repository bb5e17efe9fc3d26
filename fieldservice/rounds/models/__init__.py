from fieldservice.rounds.models.receipts import RoundDevice, RoundReceipt

__all__ = ["RoundDevice", "RoundReceipt"]
