"""A small picture of how much was written each day, drawn on the server."""

from collections.abc import Sequence

WIDTH, HEIGHT = 120, 28


def picture(numbers: Sequence[int]) -> str:
    """The path of a line through the numbers, for an SVG of 120 by 28; empty where nothing ever happened."""
    highest = max(numbers, default=0)
    if len(numbers) < 2 or not highest:  # a line has two ends
        return ""
    across, up = WIDTH / (len(numbers) - 1), (HEIGHT - 4) / highest
    points = (f"{place * across:.1f} {HEIGHT - 2 - number * up:.1f}" for place, number in enumerate(numbers))
    return f"M{' L'.join(points)}"
