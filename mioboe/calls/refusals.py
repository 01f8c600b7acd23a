"""Why a verb about calls was not done."""


class TooLate(Exception):
    """The callback or the agent has moved on; somebody was faster."""


class AlreadyWaiting(Exception):
    """A live callback for this case or this number is there already."""
