from django.conf import settings


def test_a_connection_outlives_its_request():
    """A new one costs a password check and cold caches: more than most pages."""
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] > 0
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]


def test_a_statement_is_planned_once_for_a_connection():
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options["server_side_binding"] and options["prepare_threshold"]
