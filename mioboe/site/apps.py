from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "mioboe.site"
    label = "site"
