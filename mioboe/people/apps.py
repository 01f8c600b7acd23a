from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mioboe.people"
    label = "people"
