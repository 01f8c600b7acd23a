from django.conf import settings
from django.db import models
from django.utils import timezone


class Device(models.Model):
    """A browser that a person has signed in with. It proves itself with a secret in a cookie; only a digest is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=60)
    system = models.CharField(max_length=60)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    country = models.CharField(max_length=2, blank=True)
    prefecture = models.CharField(max_length=30, blank=True)
    revoked_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        return f"device:{self.pk}"


class SignIn(models.Model):
    """One sign-in: from which device, from about where, and whether that was usual for the account."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="sign_ins")
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    country = models.CharField(max_length=2, blank=True)
    prefecture = models.CharField(max_length=30, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    session_digest = models.CharField(max_length=64)
    is_familiar = models.BooleanField()
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="sign_ins_person"),
            models.Index(fields=["session_digest"], name="sign_ins_session"),
        ]
