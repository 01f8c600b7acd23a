"""Makes the films' clips that are missing, the story's own first. Safe to run again; takes about two seconds a film."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from mioboe.demo.catalogue import told_categories


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("slugs", nargs="*", help="only these films")

    def handle(self, *args: Any, **options: Any) -> None:
        from mioboe.demo.pictures.clips import make_clip

        for _told, goods in told_categories():
            for slug, good in goods.items():
                path = settings.MIOBOE_FILMS_DIR / f"{slug}.webm"
                if "scene" in good and not path.exists() and (not options["slugs"] or slug in options["slugs"]):
                    make_clip(slug, good["scene"], good["en"], path)
                    self.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB")
