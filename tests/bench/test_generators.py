import itertools
from importlib import import_module

import pytest

from bench.recognition.rows import distributions, family


@pytest.mark.parametrize("name", ["homes", "urns", "crowds"])
def test_each_generator_keeps_near_the_published_distributions(name):
    rows = list(import_module(f"bench.recognition.generators.{name}").rows(users=6000, seed=3))
    assert all(before.at <= after.at for before, after in itertools.pairwise(rows))
    for figure, (published, found) in distributions(rows).items():
        assert abs(found - published) < max(3.0, 0.15 * published), figure


def test_a_family_is_the_name_without_its_version():
    assert family("Chrome Mobile 81.0.4044") == "Chrome Mobile"
    assert family("Mac OS X 10.14.6") == "Mac OS X"
    assert family("Other") == "Other"
