"""What docs/api.md shows works as it is written there, and the reference page shows all that there is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mioboe.api.keys import make_key
from mioboe.api.models import OutsideAccount
from mioboe.api.problems import CODES
from mioboe.api.v1 import api
from mioboe.signins.models import SignIn

DOCS = Path(__file__).parents[2] / "docs/api.md"
SNIPPET = re.compile(r"```(bash|python)\n(.*?)```", re.S)
LIMIT_S = 60


@pytest.mark.django_db(transaction=True)
def test_every_snippet_works(live_server):
    text = make_key("Kobo shop", ["signins"])[1]
    environment = {**os.environ, "MIOBOE": live_server.url, "KEY": text}
    snippets = [found for found in SNIPPET.findall(DOCS.read_text()) if not found[1].startswith("export ")]
    assert [language for language, _ in snippets] == ["bash", "python", "bash"]
    for language, code in snippets:
        command = [sys.executable, "-c", code] if language == "python" else ["bash", "-ec", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT_S)
        assert done.returncode == 0, (code, done.stdout, done.stderr)
    assert set(OutsideAccount.objects.values_list("reference", flat=True)) == {"customer-17", "customer-18"}
    assert SignIn.objects.count() == 4


@pytest.mark.django_db
def test_the_reference_shows_every_question_field_and_problem(client):
    page = client.get("/api/v1/docs").content.decode()
    described = api.get_openapi_schema()
    for path in described["paths"]:
        assert path in page
    for shape in described["components"]["schemas"].values():
        for field in shape.get("properties", {}):
            assert f"<code>{field}</code>" in page
    assert all(f'id="{code}"' in page for code in CODES)


@pytest.mark.django_db
def test_the_description_is_openapi_and_names_every_answer(client):
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for methods in described["paths"].values():
        for operation in methods.values():
            assert {"200", "400", "401", "403", "413", "422", "429"} <= set(operation["responses"])
            assert any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])
            assert operation["security"]
