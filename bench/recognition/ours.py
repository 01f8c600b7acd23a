"""Our score, fed with rows: what the product does, without its database."""

from mioboe.signins.familiarity import Features, Profile, Tallies, features_of, keys_to_learn, weigh

from bench.recognition.rows import Row, family

DAY = 86400.0
FIRST_ADDRESS = int.from_bytes([11, 0, 0, 0])


def features(row: Row) -> Features:
    """The generators' addresses are made up: each is moved to where addresses are somebody's own."""
    known = features_of(None, row.country, row.asn, row.user_agent, family(row.browser), family(row.system), row.type)
    return known._replace(address=hash(row.ip) & (1 << 58) - 1 << 4)


class Ours:
    def __init__(self) -> None:
        self.tallies = Tallies()
        self.profiles: dict[int, Profile] = {}

    def score(self, user: int, shown: Features) -> float:
        return weigh(self.profiles[user], shown, self.tallies).score

    def learn(self, user: int, shown: Features, at: float) -> None:
        profile = self.profiles.setdefault(user, Profile())
        weighed = weigh(profile, shown, self.tallies) if profile.sign_ins else None
        self.tallies.add(keys_to_learn(shown, weighed))
        profile.learn(shown, int(at / DAY))
