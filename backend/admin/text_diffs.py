"""Two long texts side by side: only where they differ, with a few words round it."""

LONG, AROUND = 80, 24
LEFT_OUT = "…"


def differing(before: str, after: str) -> tuple[str, str]:
    """What differs of two texts, with … for what is alike; short ones as they are."""
    if not before or not after or max(len(before), len(after)) <= LONG:
        return before, after
    begin = _alike(before, after)
    end = _alike(before[begin:][::-1], after[begin:][::-1])
    return _part(before, begin, len(before) - end), _part(after, begin, len(after) - end)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def _part(text: str, begin: int, end: int) -> str:
    """The text from `begin` to `end` with whole words round it."""
    start, stop = max(begin - AROUND, 0), min(end + AROUND, len(text))
    if start:
        start = text.find(" ", start, begin) + 1 or start
    if stop < len(text):
        stop = max(text.rfind(" ", end, stop), end) if " " in text[end:stop] else stop
    return f"{LEFT_OUT if start else ''}{text[start:stop]}{LEFT_OUT if stop < len(text) else ''}"
