"""`python -m mioboe …`: our processes by name; everything else is Django's own (`migrate`, `check`, …)."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from mioboe.site.errors import StartError

COMMANDS = {
    "web": "the pages, over WSGI",
    "live": "the sockets, over ASGI",
    "worker": "the jobs",
    "mailbox": "the demo's mail server",
    "demo": "all of them with demo people and goods, after playing the story (--once: only that; --quiet: without it)",
    "story": "plays the story against a demo that is running (--nights N: N times; --pictures FOLDER; --approval: a shorter one)",
    "ledger": "check: proves the ledger against charges, refunds and the till's own books",
    "keys": "for other programs: new --scope signins --name NAME, list, rotate PREFIX, revoke PREFIX",
    "words": "compiles the translations",
}
# Enough for pages that wait for PostgreSQL most of the time, on two cores.
PAGE_THREADS = "8"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mioboe.site.settings")
    name, *rest = sys.argv[1:] or ["help"]
    try:
        _run(name, rest)
    except StartError as error:
        print(f"mioboe: {error}", file=sys.stderr)
        sys.exit(2)


def _run(name: str, rest: list[str]) -> None:
    if name in ("help", "-h", "--help") and not rest:
        print("\n".join(f"  {command:8} {what}" for command, what in COMMANDS.items()))
    elif name == "demo":
        options = _options(name)
        options.add_argument("--once", action="store_true", help="ends when the story is over")
        options.add_argument("--quiet", action="store_true", help="without the story")
        chosen = options.parse_args(rest)
        os.environ["MIOBOE_DEMO"] = "1"
        from mioboe.demo.stack import main as demo

        sys.exit(demo(once=chosen.once, plays=not chosen.quiet))
    elif name == "story":
        options = _options(name)
        options.add_argument("--nights", type=int, default=1, choices=range(1, 101), metavar="N")
        options.add_argument("--pictures", type=Path, metavar="FOLDER")
        options.add_argument(
            "--approval", action="store_true", help="a customer who wants to be asked before the payment"
        )
        chosen = options.parse_args(rest)
        os.environ["MIOBOE_DEMO"] = "1"
        _django()
        from django.conf import settings

        from mioboe.demo.approval_story import play_approval
        from mioboe.demo.story import play

        night_of = play_approval if chosen.approval else None
        is_well = play(settings.MIOBOE_BASE_URL, chosen.pictures, nights=chosen.nights, night_of=night_of)
        sys.exit(0 if is_well else 1)
    elif name in ("words", "mailbox", "web", "live", "worker"):
        # None of them takes anything; "--help", or a slip, must not start it.
        _options(name).parse_args(rest)
        _start(name)
    else:
        _django_command(sys.argv[1:])


def _options(name: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"python -m mioboe {name}", description=COMMANDS[name])


def _start(name: str) -> None:
    if name == "words":
        from mioboe.site.words import compile_words

        print(f"{compile_words()} catalogues compiled")
    elif name == "mailbox":
        _django()
        from mioboe.demo.mailbox import serve

        serve()
    elif name in ("web", "live"):
        _serve(name)
    else:
        _django()
        from mioboe.site.jobs import work

        work()


def _django() -> None:
    import django

    django.setup()


def _django_command(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mioboe", *arguments])


def _serve(name: str) -> None:
    owns_database = "DATABASE_URL" not in os.environ
    # Read now: a wrong setting is one line here, not a traceback in a server's log.
    from django.conf import settings

    os.environ["DATABASE_URL"] = settings.DATABASE_URL
    port = settings.MIOBOE_WEB_PORT if name == "web" else settings.MIOBOE_LIVE_PORT
    arguments = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-access-log"]
    if name == "web":
        arguments += ["--interface", "wsgi", "--blocking-threads", PAGE_THREADS]
        static = Path(settings.STATIC_ROOT)
        if static.is_dir():
            arguments += ["--static-path-route", "/static", "--static-path-mount", str(static)]
        target = "mioboe.site.wsgi:application"
    else:
        arguments += ["--interface", "asginl", "--ws"]
        target = "mioboe.site.asgi:application"
    command = [str(Path(sys.executable).parent / "granian"), *arguments, target]
    if not owns_database:
        os.execv(command[0], command)
    # We stay, and with us our hold on the embedded PostgreSQL; whoever ends us ends the server first.
    server = subprocess.Popen(command)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: server.terminate())
    sys.exit(server.wait())
