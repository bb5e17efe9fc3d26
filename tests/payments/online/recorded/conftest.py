from tests.payments.online.gateways.conftest import desk, known, order, sandbox

__all__ = ["desk", "known", "order", "sandbox"]
