from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "mioboe.trail"
    label = "trail"
