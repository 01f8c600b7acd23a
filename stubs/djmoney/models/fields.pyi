from decimal import Decimal
from typing import Any

from django.db.models import Field
from moneyed import Money

class MoneyField(Field[Money | Decimal | int | None, Money]):
    def __init__(
        self,
        *args: Any,
        max_digits: int | None = ...,
        decimal_places: int = ...,
        default: Any = ...,
        default_currency: Any = ...,
        currency_choices: Any = ...,
        **kwargs: Any,
    ) -> None: ...
