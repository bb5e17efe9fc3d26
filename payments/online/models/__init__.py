from payments.online.models.attempt import PaymentAttempt
from payments.online.models.callback import GatewayCallback
from payments.online.models.gateway import GatewayAccount
from payments.online.models.gateway_answer import GatewayAnswer
from payments.online.models.method import PaymentMethod
from payments.online.models.refund import GatewayRefund

__all__ = [
    "GatewayAccount",
    "GatewayAnswer",
    "GatewayCallback",
    "GatewayRefund",
    "PaymentAttempt",
    "PaymentMethod",
]
