"""docs/settings.md tells of every setting, and of none that is not there."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
READ = re.compile(r'(?<!\w)_\w+\(\s*(?:_env\.\w+,\s*)?"([A-Z][A-Z0-9_]+)",')


def test_every_setting_is_documented():
    read = {f"MIOBOE_{name}" for name in READ.findall((REPOSITORY / "mioboe/site/settings.py").read_text())}
    told = set(re.findall(r"`(MIOBOE_[A-Z0-9_]+)`", (REPOSITORY / "docs/settings.md").read_text()))
    assert len(read) > 20
    assert read == told
