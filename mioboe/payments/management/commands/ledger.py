"""`python -m mioboe ledger check`: proves the ledger."""

import sys
from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand

from mioboe.payments.ledger_check import differences, movements

MOST_SHOWN = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        """One line and status 0 where all agrees; what differs, and status 1, where not."""
        found = list(islice(differences(), MOST_SHOWN + 1))
        if not found:
            self.stdout.write(f"ledger: {movements()} movements; all agrees")
            return
        more = " …" if len(found) > MOST_SHOWN else ""
        self.stdout.write(f"ledger: differs: {'; '.join(found[:MOST_SHOWN])}{more}")
        sys.exit(1)
