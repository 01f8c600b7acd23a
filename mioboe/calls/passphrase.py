"""Two words that the agent says first, so that nobody falls for a false caller. Chosen to be told apart by ear."""

import secrets

_JAPANESE = (
    ("あおい", "あかい", "しろい", "まるい", "ながい", "ちいさな", "しずかな", "ひかる", "とおい", "やさしい"),
    ("りんご", "かもめ", "とけい", "やかん", "つくえ", "すずめ", "みかん", "でんしゃ", "ゆきだるま", "ひまわり"),
)
_ENGLISH = (
    ("amber", "quiet", "silver", "round", "distant", "gentle", "crimson", "little", "shining", "northern"),
    ("kettle", "harbour", "apple", "sparrow", "lantern", "violin", "meadow", "button", "train", "sunflower"),
)


def new_passphrase(language: str) -> str:
    """Two words in the customer's language."""
    first, second = _JAPANESE if language.startswith("ja") else _ENGLISH
    return f"{secrets.choice(first)} {secrets.choice(second)}"
