from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mioboe.demo"
    label = "demo"
