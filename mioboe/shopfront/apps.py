from django.apps import AppConfig


class ShopfrontConfig(AppConfig):
    name = "mioboe.shopfront"
    label = "shopfront"

    def ready(self) -> None:
        from mioboe.shopfront import carts  # noqa: F401  it listens for sign-ins
