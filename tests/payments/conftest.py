from tests.payments.acquirers import acquirer, port, stripe_double

__all__ = ["acquirer", "port", "stripe_double"]
