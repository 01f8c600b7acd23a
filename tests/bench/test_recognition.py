"""The measurements measure what they say: the formula is the formula, the protocol is kept, the file is read as it is."""

import math
from dataclasses import replace
from itertools import islice

import pytest

from bench.recognition import data_set
from bench.recognition.attackers import Attackers
from bench.recognition.data_set import COLUMNS, WrongFile
from bench.recognition.formula import CountedFormula, Notebook, levels_of
from bench.recognition.generators import homes
from bench.recognition.plot import svg
from bench.recognition.replay import ALL, findings, replay
from bench.recognition.report import tables

HEAD = "index," + ",".join(COLUMNS)
LINES = [
    '0,2020-02-03 12:43:30.772,-4324475583306591935,,10.0.65.171,NO,-,-,29695,"Mozilla/5.0  (iPhone; CPU iPhone OS 13_4 like Mac OS X) Version/13.1, Mobile",Firefox 20.0.0.1618,iOS 13.4,mobile,False,False,False',
    "1,2020-02-03 12:43:43.549,-4324475583306591935,712,194.87.207.6,AU,-,-,29695,Mozilla/5.0,Chrome Mobile 46.0.2490,Android 4.1,mobile,True,True,False",
    "2,2020-02-03 12:43:40,1,,81.0.0.1,NO,Oslo County,Oslo,2119,Mozilla/5.0,Safari 13.1,Mac OS X 10.14.6,,True,False,True",
]


def test_the_public_data_set_is_read_as_it_is(tmp_path):
    path = tmp_path / "rba-dataset.csv"
    path.write_text("\n".join([HEAD, *LINES]) + "\n")
    first, second, third = data_set.rows(path)
    assert [first.at, second.at, third.at] == sorted([first.at, second.at, third.at])
    assert (first.user, first.asn, first.country, first.city, first.round_trip_ms) == (
        -4324475583306591935,
        29695,
        "NO",
        "",
        None,
    )
    assert first.user_agent.endswith("Version/13.1, Mobile") and not first.succeeded
    assert second.is_takeover and second.region == "Oslo County" and second.type == "unknown"
    assert third.is_attack_ip and third.round_trip_ms == 712
    assert len(list(data_set.rows(path, most=2))) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD.replace(",ASN", ""), "ASN"),
        (f"{HEAD}\n{LINES[0].replace('False', 'maybe')}", "line 2"),
        (f"{HEAD}\n0,yesterday", "line 2"),
        ("", "Login Timestamp"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_place(tmp_path, text, says):
    path = tmp_path / "other.csv"
    path.write_text(text)
    with pytest.raises(WrongFile, match=says):
        list(data_set.rows(path))


def test_the_counted_formula_is_the_notebooks():
    rows = [row for row in islice(homes.rows(300, 5), 2500) if row.succeeded and not row.is_takeover]
    history, asked = rows[:-60], rows[-60:]
    notebook = Notebook([row.user for row in history], [levels_of(row) for row in history])
    counted = CountedFormula()
    for row in history:
        counted.learn(row.user, levels_of(row))
    compared = 0
    for row in asked:
        if counted.sign_ins[row.user]:
            compared += 1
            slow, fast = notebook.score(row.user, levels_of(row)), counted.score(row.user, levels_of(row))
            assert math.isclose(slow, fast, rel_tol=1e-12)
    assert compared > 20


def test_attackers_know_what_their_name_says():
    attackers, last = Attackers(1), {}
    for row in homes.rows(400, 5):
        attackers.notice(row)
        if row.succeeded and not row.is_takeover:
            last[row.user] = row
    for victim in list(last.values())[:150]:
        made = {name: attackers.against(victim, name, victim.at) for name in ("vpn", "targeted", "very targeted")}
        assert made["vpn"] is None or made["vpn"].country == victim.country
        if made["targeted"]:
            assert (made["targeted"].region, made["targeted"].type) == (victim.region, victim.type)
        if made["very targeted"]:
            assert (made["very targeted"].asn, made["very targeted"].user_agent) == (victim.asn, victim.user_agent)


def test_a_replay_gives_the_same_every_time_and_its_table_and_plot_show_it():
    rows = list(homes.rows(500, 5))
    found = findings(replay(rows, seed=1))
    assert found == findings(replay(rows, seed=1))
    for one in found:
        assert 0 <= one.again <= 1 and 0 <= one.blocked <= 1
    judged = {(one.judge, one.attacker) for one in found if one.length == ALL}
    assert len(judged) == 12
    assert "| naive, any, 0.98 |" in tables({"homes": found})
    assert svg({"homes": found}, 0.98).count("<rect") > 8
    assert replace(found[0], again=0.0).again == 0.0


def test_the_replay_never_learns_from_attackers_or_the_future():
    rows = [row for row in homes.rows(300, 5) if row.succeeded and not row.is_takeover]
    scores = replay(rows).honest["ours", ALL, 0]
    cut = len([row for row in rows if row.at < 365 * 86400 / 2])
    assert list(replay(rows[:cut]).honest["ours", ALL, 0]) == list(scores)
