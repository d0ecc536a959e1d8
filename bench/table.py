"""Figures of all rounds as one Markdown table."""

from dataclasses import dataclass
from statistics import median

IMPORTED = 10_000
LABELS = {
    "one": "one item",
    "page": "page of 50, filtered and sorted, with count",
    "deep": "page of 50 behind 90 000 others",
    "create": "create",
    "change": "change one field",
    "list": "admin list, 50 rows",
    "form": "admin form",
    "sign_in": "sign in",
    "import": f"import of {IMPORTED:_} rows".replace("_", " "),
    "start": "start",
    "memory": "memory, all processes",
}
UNITS = {"import": "rows/s", "start": "ms", "memory": "MiB"}
LESS_IS_MORE = ("start", "memory")


@dataclass(frozen=True)
class Figure:
    """What was measured: so many a second (or ms, MiB), and CPU milliseconds of the server a request."""

    value: float
    cpu_ms: float = 0
    p99_ms: float = 0
    failed: int = 0


Figures = dict[str, Figure]


def table(runs: list[dict[str, Figures]]) -> str:
    """A row a workload. The ratio is the median of the rounds' ratios; above 1 is better than the floor."""
    names = [name for name in LABELS if name in runs[0]["floor"]]
    head = ["", "floor", "Kontor", "ratio", "ratio by CPU", "p99 ms, floor", "Kontor"]
    rows = [head, ["---"] + ["---:"] * (len(head) - 1), *(row(name, runs) for name in names)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def row(name: str, runs: list[dict[str, Figures]]) -> list[str]:
    floor, ours = [run["floor"][name] for run in runs], [run["Kontor"][name] for run in runs]
    return [
        LABELS[name],
        f"{middle(floor, 'value')} {UNITS.get(name, '/s')}",
        f"{middle(ours, 'value')} {UNITS.get(name, '/s')}",
        f"**{ratio(name, floor, ours)}**",
        cpu_ratio(floor, ours),
        middle(floor, "p99_ms"),
        middle(ours, "p99_ms"),
    ]


def ratio(name: str, floor: list[Figure], ours: list[Figure]) -> str:
    pairs = [
        (b.value, a.value) if name in LESS_IS_MORE else (a.value, b.value) for a, b in zip(ours, floor, strict=True)
    ]
    return short(median(top / bottom for top, bottom in pairs))


def cpu_ratio(floor: list[Figure], ours: list[Figure]) -> str:
    known = [b.cpu_ms / a.cpu_ms for a, b in zip(ours, floor, strict=True) if a.cpu_ms and b.cpu_ms]
    return short(median(known)) if known else ""


def middle(figures: list[Figure], name: str) -> str:
    found = median(getattr(figure, name) for figure in figures)
    return short(found) if found else ""


def short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
