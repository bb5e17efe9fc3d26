from tests.payments.gateways.conftest import desk, known, order, sandbox

__all__ = ["desk", "known", "order", "sandbox"]
