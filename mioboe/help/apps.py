from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "mioboe.help"
    label = "help"
