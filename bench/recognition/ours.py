"""Our score, fed with rows: what the product does, without its database."""

from bench.recognition.rows import Row, family
from mioboe.signins.familiarity import Features, Profile, Tallies, features_of, keys_to_learn, weigh
from mioboe.signins.familiarity.keys import Kind, digested

DAY = 86400.0


def features(row: Row) -> Features:
    """Generators write versions after a space, real browsers after a slash; their addresses are made up, and taken as they are."""
    string = row.user_agent.replace(row.browser, f"{family(row.browser)}/{row.browser.split()[-1]}")
    shown = features_of(None, row.country, row.asn, string, family(row.browser), family(row.system), row.type)
    return shown._replace(address=digested(Kind.ADDRESS, row.ip))


class Ours:
    def __init__(self) -> None:
        self.tallies = Tallies()
        self.profiles: dict[int, Profile] = {}

    def score(self, user: int, shown: Features, at: float) -> float:
        return weigh(self.profiles[user], shown, self.tallies, int(at / DAY)).score

    def learn(self, user: int, shown: Features, at: float) -> None:
        profile = self.profiles.setdefault(user, Profile())
        weighed = weigh(profile, shown, self.tallies, int(at / DAY)) if profile.sign_ins else None
        self.tallies.add(keys_to_learn(shown, weighed))
        profile.learn(shown, int(at / DAY))
