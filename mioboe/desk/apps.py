from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "mioboe.desk"
    label = "desk"
