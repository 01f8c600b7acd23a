"""`script/setup` on machines that lack something: the script itself, with stand-ins for what it calls."""

import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NEEDED = ("bash", "cat", "cut", "dirname", "flock", "id", "ls", "mkdir", "rm", "sha256sum", "touch", "sh")


class Machine:
    """A copy of the repository's set-up, a virtual environment that is there already, and a PATH with little on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        for name in ("bin", "repository/script", "repository/requirements", "repository/.venv/bin"):
            (folder / name).mkdir(parents=True)
        self.repository = folder / "repository"
        for name in NEEDED:
            found = shutil.which(name)
            assert found
            (self.bin / name).symlink_to(found)
        shutil.copy(REPOSITORY / "script/setup", self.repository / "script")
        shutil.copy(REPOSITORY / "package-lock.json", self.repository)
        for name in ("dev", "demo", "uv", "node"):
            (self.repository / f"requirements/{name}.txt").write_text(name)
        for name in ("python", "pip", "uv"):
            self.program(self.repository / ".venv/bin" / name, "exit 0")
        self.program(self.bin / "chromium", "exit 0")

    def program(self, path: Path, text: str) -> None:
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / "bash", "script/setup"],
            cwd=self.repository,
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


NPM = 'echo "$@" > asked; mkdir -p node_modules'


def test_npm_of_the_machine_is_used(machine: Machine) -> None:
    machine.program(machine.bin / "npm", NPM)
    assert machine.set_up().returncode == 0
    assert (machine.repository / "asked").read_text().startswith("ci ")


def test_without_npm_it_comes_from_the_wheel(machine: Machine) -> None:
    # uv "installs" it: npm stands in the virtual environment afterwards.
    npm = machine.repository / ".venv/bin/npm"
    machine.program(machine.repository / ".venv/bin/wheel", NPM)
    machine.program(
        machine.repository / ".venv/bin/uv",
        f'case "$*" in *node.txt) echo "$@" > uv; while read l; do echo "$l"; done < .venv/bin/wheel > {npm};'
        f" {shutil.which('chmod')} +x {npm};; esac",
    )
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    assert "--require-hashes" in (machine.repository / "uv").read_text()
    assert (machine.repository / "asked").exists()


def test_npm_that_fails_is_one_line_and_leaves_nothing_half_done(machine: Machine) -> None:
    machine.program(machine.bin / "npm", "mkdir -p node_modules/half; echo ENOTFOUND a; echo ENOTFOUND b >&2; exit 1")
    done = machine.set_up()
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "npm could not install" in done.stderr and "setup.log" in done.stderr
    assert not (machine.repository / "node_modules").exists()
    assert "ENOTFOUND b" in (machine.repository / "var/setup.log").read_text()
    machine.program(machine.bin / "npm", NPM)
    assert machine.set_up().returncode == 0


@pytest.mark.parametrize(("broken", "said"), [("uv", "Python packages"), ("python", "Python packages")])
def test_packages_that_cannot_be_installed_are_one_line(machine: Machine, broken: str, said: str) -> None:
    machine.program(machine.repository / ".venv/bin" / broken, "echo Traceback; echo no network >&2; exit 1")
    done = machine.set_up()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr
    assert not list((machine.repository / ".venv").glob("stamp*"))


def test_neither_npm_nor_its_wheel(machine: Machine) -> None:
    for name in ("uv", "python"):
        machine.program(machine.repository / ".venv/bin" / name, 'case "$*" in *node.txt) echo none >&2; exit 1;; esac')
    done = machine.set_up()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "Node.js" in done.stderr


def test_a_folder_that_cannot_be_written_to(machine: Machine) -> None:
    (machine.repository / "var").touch()  # where a folder must be
    done = machine.set_up()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "cannot be written to" in done.stderr
