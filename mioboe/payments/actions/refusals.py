class TooMuch(Exception):
    """More would be taken, released or given back than is there, or nothing of that kind is there (any more)."""
