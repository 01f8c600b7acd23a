"""The arithmetic, against a reference that counts over the whole history each time, as slowly as it is said."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from mioboe.signins.familiarity import MOST_KEYS, Profile, Tallies, features_of, keys_to_learn, weigh
from mioboe.signins.familiarity.keys import Kind, kind_of, numbered, value_of
from mioboe.signins.familiarity.outcomes import (
    BUCKETS,
    CELLS,
    DEVICES,
    GAPS,
    DeviceSeen,
    NetworkSeen,
    bucket_of,
    gap_of,
)
from mioboe.signins.familiarity.profile import KEPT_DAYS
from mioboe.signins.familiarity.score import (
    FARFETCHED,
    FIRST_SHARES,
    FIRST_SHARES_WEIGHT,
    HALF_USUAL_DAYS,
    INFORMED,
    LEAST_OTHER_OPERATOR,
    NEIGHBOUR,
    OWN_WEIGHT,
    STRANGER,
)
from mioboe.signins.familiarity.tallies import ASN_WEIGHT, FIRST_DEVICES, FIRST_NETWORKS, FIRST_WEIGHT, LENGTH_WEIGHT

# (account, address, ASN, country, browser, version, system, type)
sign_in = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["203.0.112.1", "133.11.0.1", "133.1.0.1", "126.0.0.9", None]),
    st.sampled_from([None, 2500, 4730, 17676]),
    st.sampled_from(["JP", "NO", ""]),
    st.sampled_from(["Chrome", "Firefox"]),
    st.integers(1, 3),
    st.sampled_from(["Windows", "Android"]),
    st.sampled_from(["desktop", "mobile", ""]),
)


def shown(row):
    _, address, asn, country, browser, version, system, type_ = row
    return features_of(address, country, asn, f"({system}) {browser}/{version}", browser, system, type_)


def reference(history, row):
    """The score, from nothing but the list of sign-ins before this one."""
    account, now = row[0], shown(row)
    own = [shown(one) for one in history if one[0] == account]
    days = [day_at(place) for place, one in enumerate(history) if one[0] == account]
    others = [shown(one) for one in history if one[0] != account]

    def outcome(before, features):
        def level(kinds):
            for place, kind in enumerate(kinds):
                if features[kind] is not None and any(one[kind] == features[kind] for one in before):
                    return place
            return len(kinds)

        network = level([0, 1, 2])
        if network == 3 and features[2] is None:
            network = None
        return network, level([3, 4, 5, 6, 7])

    # What everybody's sign-ins with a history came out as.
    seen = [[[0] * CELLS for _ in range(GAPS)] for _ in range(BUCKETS)]
    stayed, renewed = {}, {}
    for place, one in enumerate(history):
        before = [shown(earlier) for earlier in history[:place] if earlier[0] == one[0]]
        if before:
            features = shown(one)
            network, device = outcome(before, features)
            if network is not None:
                latest = max(day_at(n) for n, earlier in enumerate(history[:place]) if earlier[0] == one[0])
                seen[bucket_of(len(before))][gap_of(day_at(place) - latest)][network * DEVICES + device] += 1
                if features.asn is not None and network <= 1:
                    counted = renewed if network == 1 else stayed
                    counted[features.asn] = counted.get(features.asn, 0) + 1
    first = [network * device for network in FIRST_NETWORKS for device in FIRST_DEVICES]
    length, gap = bucket_of(len(own)), gap_of(day_at(len(history)) - max(days))

    def drawn(rows, towards, weight):
        column = [sum(row[cell] for row in rows) for cell in range(CELLS)]
        return [(column[cell] + weight * towards[cell]) / (sum(column) + weight) for cell in range(CELLS)]

    together = drawn([row for rows in seen for row in rows], first, FIRST_WEIGHT)
    by_gap = drawn([rows[gap] for rows in seen], together, LENGTH_WEIGHT)
    by_length = drawn(seen[length], together, LENGTH_WEIGHT)
    prior = [by_gap[cell] * by_length[cell] / together[cell] for cell in range(CELLS)]
    rates = drawn([seen[length][gap]], [one / sum(prior) for one in prior], LENGTH_WEIGHT)
    network, device = outcome(own, now)
    owner = (
        rates[network * DEVICES + device]
        if network is not None
        else sum(rates[cell] for cell in range(CELLS) if cell % DEVICES == device)
    )
    weight = len(others) + FIRST_SHARES_WEIGHT

    def share(kind):
        return (sum(one[kind] == now[kind] for one in others) + FIRST_SHARES_WEIGHT * FIRST_SHARES[kind]) / weight

    everywhere = {}
    for name, level, finest, widest in (("network", network, 0, 2), ("device", device, 3, 7)):
        everywhere[name] = 1.0
        if level is None:
            continue
        kind = finest + level
        values = {one[min(kind, widest)] for one in own} - {None}
        if kind > widest:
            unlike = sum(one[widest] not in values for one in others)
            everywhere[name] = (unlike + FIRST_SHARES_WEIGHT * (1 - FIRST_SHARES[widest])) / weight
        else:
            usual = {
                value: (sum(one[kind] == value for one in own) + OWN_WEIGHT)
                * 2
                ** (
                    (max(d for d, one in zip(days, own, strict=True) if one[kind] == value) - max(days))
                    / HALF_USUAL_DAYS
                )
                for value in values
            }
            owner *= usual[now[kind]] / sum(usual.values())
            theirs = sum(one[kind] == now[kind] for one in others)
            everywhere[name] = (theirs + FIRST_SHARES_WEIGHT * FIRST_SHARES[kind] / len(values)) / weight
    if network == 3:
        nearby = FARFETCHED
    elif network is None or now.country is None:
        nearby = everywhere["network"]
    elif network == 2:
        operators = {one.asn for one in own} - {None}
        nearby = max(1 - sum(one.asn in operators for one in others) / weight / share(2), LEAST_OTHER_OPERATOR)
    else:
        nearby = min(everywhere["network"] / share(2), 1)
    alike = FARFETCHED if device > 2 else 1.0 if device == 2 else min(everywhere["device"] / share(5), 1)
    other = (
        STRANGER * everywhere["network"] * everywhere["device"]
        + NEIGHBOUR * nearby * everywhere["device"]
        + INFORMED * nearby * alike
    )
    if network is not None and network <= 1 and now.asn is not None:
        all_stayed, all_renewed = sum(stayed.values()), sum(renewed.values())
        stay = (all_stayed + FIRST_WEIGHT * FIRST_NETWORKS[0] / (FIRST_NETWORKS[0] + FIRST_NETWORKS[1])) / (
            all_stayed + all_renewed + FIRST_WEIGHT
        )
        here_stayed, here_renewed = stayed.get(now.asn, 0), renewed.get(now.asn, 0)
        here = (here_stayed + ASN_WEIGHT * stay) / (here_stayed + here_renewed + ASN_WEIGHT)
        owner *= here / stay if network == 0 else (1 - here) / (1 - stay)
    return math.log10(other / owner)


def day_at(place):
    """A week from one sign-in to the next; no history is older than what is kept."""
    return 1 + 7 * place


def taught(history):
    tallies, profiles = Tallies(), {}
    for place, row in enumerate(history):
        profile = profiles.setdefault(row[0], Profile())
        weighed = weigh(profile, shown(row), tallies, day_at(place)) if profile.sign_ins else None
        tallies.add(keys_to_learn(shown(row), weighed))
        profile.learn(shown(row), day_at(place))
    return tallies, profiles


@settings(max_examples=150, deadline=None)
@given(st.lists(sign_in, min_size=1, max_size=25), sign_in)
def test_the_score_is_what_counting_over_the_whole_history_gives(history, row):
    tallies, profiles = taught(history)
    if row[0] in profiles:
        found = weigh(profiles[row[0]], shown(row), tallies, day_at(len(history))).score
        assert math.isclose(found, reference(history, row), rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(sign_in, st.text(max_size=30), st.integers(0, 400)), max_size=150))
def test_a_profile_never_grows_beyond_its_bound_and_keeps_what_it_has_just_learned(rows):
    profile = Profile()
    for row, string, day in rows:
        features = shown(row)._replace(string=hash(string) & ~15 | Kind.STRING if string else None)
        profile.learn(features, day)
        assert len(profile.counts) == len(profile.days) <= MOST_KEYS
        assert all(key in profile.counts for key in features if key is not None)


def test_what_is_seen_least_and_longest_ago_is_dropped_first():
    profile = Profile()
    home = features_of("133.11.0.1", "JP", 2500, "", "", "", "")
    for day in range(3):
        profile.learn(home, day)
    for number in range(MOST_KEYS):
        profile.learn(features_of(f"126.0.0.{number}", "JP", 2500, "", "", "", ""), 3 + number)
    assert home.address in profile.counts
    assert numbered(Kind.ADDRESS, value_of(home.address)) == home.address
    oldest = features_of("126.0.0.0", "JP", 2500, "", "", "", "").address
    newest = features_of(f"126.0.0.{MOST_KEYS - 1}", "JP", 2500, "", "", "", "").address
    assert oldest not in profile.counts and newest in profile.counts


def test_what_was_not_seen_for_half_a_year_is_forgotten():
    profile = Profile()
    profile.learn(features_of("133.11.0.1", "JP", 2500, "", "", "", ""), 0)
    profile.learn(features_of("126.0.0.1", "NO", 2119, "", "", "", ""), KEPT_DAYS + 1)
    assert {kind_of(key) for key in profile.counts} == {Kind.ADDRESS, Kind.ASN, Kind.COUNTRY}
    assert len(profile.counts) == 3 and profile.sign_ins == 2


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.none(), st.text(max_size=60)),
    st.text(max_size=5),
    st.one_of(st.none(), st.integers()),
    *[st.text(max_size=500)] * 4,
)
def test_features_of_anything_are_positive_keys_that_a_database_can_hold(
    ip, country, asn, string, browser, system, kind
):
    for place, key in enumerate(features_of(ip, country, asn, string, browser, system, kind)):
        if key is not None:
            assert 0 <= key < 1 << 63 and kind_of(key) == place


def test_nothing_known_weighs_nothing():
    profile = Profile()
    profile.learn(features_of("133.11.0.1", "JP", 2500, "x", "Chrome", "Windows", "desktop"), 1)
    weighed = weigh(profile, features_of("10.0.0.1", "", None, "", "", "", ""), Tallies(), 1)
    assert weighed.score == 0 and weighed.reasons == ["network.unknown", "device.unknown"]


def test_the_same_line_and_browser_are_familiar_and_another_country_and_device_are_not():
    profile, tallies = Profile(), Tallies()
    at_home = features_of("133.11.0.1", "JP", 2500, "(Windows) Chrome/1", "Chrome", "Windows", "desktop")
    elsewhere = features_of("126.0.0.1", "NO", 2119, "(iPhone) Safari/1", "Safari", "iOS", "mobile")
    profile.learn(at_home, 1)
    assert weigh(profile, at_home, tallies, 1).score < -2
    far = weigh(profile, elsewhere, tallies, 1)
    assert far.score > 1 and (far.network, far.device) == (NetworkSeen.NOTHING, DeviceSeen.NOTHING)


def test_ipv6_lines_are_known_by_their_prefix():
    one, same, other = (features_of(ip, "", None, "", "", "", "").address for ip in ("2400:4050:1:2::1", "2400:4050:1:2:ffff::9", "2400:4050:1:3::1"))  # fmt: skip
    assert one == same != other


def test_what_an_account_has_left_behind_is_less_usual_for_it():
    profile, tallies = Profile(), Tallies()
    old = features_of("133.11.0.1", "JP", 2500, "(Windows) Chrome/1", "Chrome", "Windows", "desktop")
    new = features_of("133.11.0.1", "JP", 2500, "(Mac) Safari/1", "Safari", "Mac OS X", "desktop")
    for day, shown_then in ((1, old), (2, old), (170, new)):
        profile.learn(shown_then, day)
    assert weigh(profile, new, tallies, 171).score < weigh(profile, old, tallies, 171).score


def test_an_updated_browser_is_less_of_a_surprise_after_a_month_than_after_a_day():
    first = features_of("133.11.0.1", "JP", 2500, "(Windows) Chrome/1", "Chrome", "Windows", "desktop")
    updated = features_of("133.11.0.1", "JP", 2500, "(Windows) Chrome/2", "Chrome", "Windows", "desktop")
    tallies = Tallies()
    for _ in range(300):
        for later, features in ((1, first), (30, updated)):
            profile = Profile()
            profile.learn(first, 1)
            tallies.add(keys_to_learn(features, weigh(profile, features, tallies, 1 + later)))
    profile = Profile()
    profile.learn(first, 1)
    assert weigh(profile, updated, tallies, 31).score < weigh(profile, updated, tallies, 2).score - 0.3
