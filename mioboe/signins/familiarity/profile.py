"""What one account has shown before: at most 96 keys, each with how often and on which day last."""

from dataclasses import dataclass, field

from mioboe.signins.familiarity.features import Features

MOST_KEYS = 96
# History older than this adds nothing, and is not kept.
KEPT_DAYS = 183


@dataclass(slots=True)
class Profile:
    sign_ins: int = 0
    counts: dict[int, int] = field(default_factory=dict)  # key → sign-ins
    days: dict[int, int] = field(default_factory=dict)  # key → last day, counted from any fixed day

    @property
    def last_day(self) -> int:
        """The day of the last sign-in that is kept; 0 before the first."""
        return max(self.days.values(), default=0)

    def learn(self, features: Features, day: int) -> None:
        """Adds one sign-in of the owner's. Keys unseen for half a year go; when there are still too many, those seen least,
        of these the ones unseen for longest; never what was learned just now."""
        self.sign_ins += 1
        fresh = [key for key in features if key is not None]
        for key in fresh:
            self.counts[key] = self.counts.get(key, 0) + 1
            self.days[key] = max(day, self.days.get(key, day))
        for key in [key for key, last in self.days.items() if last < day - KEPT_DAYS]:
            self._forget(key)
        if len(self.counts) > MOST_KEYS:
            others = sorted(self.counts.keys() - set(fresh), key=lambda key: (self.counts[key], self.days[key], key))
            for key in others[: len(self.counts) - MOST_KEYS]:
                self._forget(key)

    def _forget(self, key: int) -> None:
        del self.counts[key], self.days[key]
