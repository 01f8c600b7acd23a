"""The whole story in real browsers, against a stack of its own."""

import json

import pytest

from tests.stories.stack import play_story


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    folder = tmp_path_factory.mktemp("night")
    return play_story(folder), folder / "story"


def test_the_night_is_played_to_its_end(night):
    done, pictures = night
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(pictures.glob("*.png"))) == 15


def test_three_presses_from_the_mail_to_the_ring(night):
    assert json.loads((night[1] / "figures.json").read_text())["presses"] == 3


def test_no_page_of_the_story_has_a_serious_fault_for_anybody(night):
    found = json.loads((night[1] / "axe.json").read_text())
    assert len(found) == 15
    assert {page: faults for page, faults in found.items() if faults} == {}
