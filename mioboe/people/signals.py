"""What this room tells those above it, which keep it in the trail."""

from django.dispatch import Signal

# A mail address on its way to another. Arguments: change (MailAddressChange), verb ("asked", "confirmed", "stopped", "done", "lapsed").
mail_change_went_on = Signal()
