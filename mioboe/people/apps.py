from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mioboe.people"
    label = "people"

    def ready(self) -> None:
        import_module("mioboe.people.receivers")  # listens for new passwords
