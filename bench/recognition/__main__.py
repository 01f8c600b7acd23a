"""script/bench recognition replay | speed | store: what each does stands in run_replay.py, run_speed.py, run_store.py."""

import sys
from importlib import import_module

PARTS = ("replay", "speed", "store")


def main() -> None:
    part, *rest = sys.argv[1:] or [""]
    if part not in PARTS:
        sys.exit(f"which one? {', '.join(PARTS)}")
    import_module(f"bench.recognition.run_{part}").main(rest)


if __name__ == "__main__":
    main()
