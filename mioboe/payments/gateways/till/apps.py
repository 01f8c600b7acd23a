from django.apps import AppConfig


class TillConfig(AppConfig):
    """The acquirer of the demo: an outside bank that happens to keep its books in the same PostgreSQL."""

    name = "mioboe.payments.gateways.till"
    label = "till"
