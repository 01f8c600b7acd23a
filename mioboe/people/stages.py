from typing import Any

from allauth.account.stages import EmailVerificationStage

from mioboe.people.adapter import is_unconfirmed


class ConfirmNewAccount(EmailVerificationStage):
    """Whoever makes an account shows with a mailed code that the mail address is theirs, before they are in. allauth asks that of
    everybody whose address it has not seen confirmed; we ask it only of those who made their account here themselves."""

    def handle(self) -> tuple[Any, bool]:
        if self.login.user is not None and not is_unconfirmed(self.login.user):
            return None, True
        return super().handle()
