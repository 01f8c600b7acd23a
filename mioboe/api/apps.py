from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mioboe.api"
    label = "api"
