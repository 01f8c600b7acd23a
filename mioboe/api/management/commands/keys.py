"""`python -m mioboe keys …`: keys for other programs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mioboe.api.keys import make_key, revoke_key, rotate_key
from mioboe.api.models import ApiKey, Scope


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        new = verbs.add_parser("new", help="makes a key and prints it, once")
        new.add_argument("--scope", action="append", required=True, choices=Scope.values)
        new.add_argument("--name", default="shop", help="which program uses it")
        new.add_argument("--source", default="", help="of whose accounts it speaks; made from the name where left out")
        verbs.add_parser("list", help="prefix, name, source, scopes")
        for verb, what in (
            ("rotate", "a new key; the old one works for 24 hours more"),
            ("revoke", "opens nothing any more"),
        ):
            verbs.add_parser(verb, help=what).add_argument("prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "new":
                self.stdout.write(make_key(options["name"], options["scope"], options["source"])[1])
            elif options["verb"] == "list":
                for key in ApiKey.objects.order_by("made_at"):
                    good = "" if key.is_good else "  (no longer good)"
                    self.stdout.write(f"{key.prefix}  {key.name}  {key.source}  {','.join(key.scopes)}{good}")
            elif options["verb"] == "rotate":
                self.stdout.write(rotate_key(self._key(options["prefix"]))[1])
            else:
                revoke_key(self._key(options["prefix"]))
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _key(self, prefix: str) -> ApiKey:
        """By its prefix; the whole key will do, too."""
        key = ApiKey.objects.filter(prefix=prefix.removeprefix("mio_").partition("_")[0]).first()
        if key is None:
            raise CommandError("there is no such key")
        return key
