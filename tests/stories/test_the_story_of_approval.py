"""The shorter story: an order that waits, refused from the mail; and the customer's own device, which is asked nothing."""

import json

from tests.stories.stack import demo_up, play_approval


def test_the_story_of_approval_is_played_to_its_end(tmp_path):
    with demo_up(tmp_path) as base:
        done = play_approval(tmp_path, base)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((tmp_path / "approval").glob("*.png"))) == 6
    found = json.loads((tmp_path / "approval" / "axe.json").read_text())
    assert len(found) == 6 and {page: faults for page, faults in found.items() if faults} == {}
