from django.apps import AppConfig


class ShopfrontConfig(AppConfig):
    name = "mioboe.shopfront"
    label = "shopfront"
