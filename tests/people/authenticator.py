"""An authenticator in software: it keeps a passkey and says yes to what it is asked, as a browser would send it."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from mioboe.people.models import Person

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftAuthenticator:
    """A passkey of `person`, set up `days` ago, for pages at `host`."""

    def __init__(self, person: Person, days: int = 30, host: str = "testserver") -> None:
        self.person, self.host = person, host
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(f"{person.pk} {days}".encode()).digest()[:16]
        public = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(self._host_hash(), PRESENT | VERIFIED | ATTESTED, 0, public)
        kept = {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": websafe_encode(self._client_data(CollectedClientData.TYPE.CREATE, b"made")),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        }
        self.row = Authenticator.objects.create(
            user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "soft", "credential": kept}
        )
        Authenticator.objects.filter(pk=self.row.pk).update(created_at=timezone.now() - timedelta(days=days))

    def answer(self, options: dict[str, Any], verified: bool = True) -> str:
        """Its yes to the `request_options` of a page; `verified`: with a finger, a face or a PIN."""
        challenge = options["publicKey"]["challenge"]
        said = self._client_data(CollectedClientData.TYPE.GET, challenge)
        flags = PRESENT | (VERIFIED if verified else 0)
        data = AuthenticatorData.create(self._host_hash(), flags, 7)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {
                    "clientDataJSON": websafe_encode(said),
                    "authenticatorData": websafe_encode(data),
                    "signature": websafe_encode(signature),
                    "userHandle": None,
                },
                "clientExtensionResults": {},
            }
        )

    def _client_data(self, kind: CollectedClientData.TYPE, challenge: bytes | str) -> bytes:
        return bytes(CollectedClientData.create(kind, challenge, f"http://{self.host}"))

    def _host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()
