"""The modules of the business: folders found, not listed."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from types import ModuleType

# Where modules lie; who builds on Kontor may add a package of their own, as the tests do.
PACKAGES = ["backend.modules"]


def names() -> list[str]:
    """The folders of every package, in alphabetical order of their paths."""
    packages = (importlib.import_module(each) for each in PACKAGES)
    return sorted(f"{each.__name__}.{found.name}" for each in packages for found in pkgutil.iter_modules(each.__path__))


def parts(step: str) -> Iterator[ModuleType]:
    """The modules' files of that name, such as `resources` or `seed`, where they have one."""
    for name in names():
        path = f"{name}.{step}"
        if importlib.util.find_spec(path) is not None:
            yield importlib.import_module(path)


def in_order(step: str) -> list[ModuleType]:
    """The files of that name, each after those of the modules it names in `AFTER`."""
    waiting = {module.__name__.split(".")[-2]: module for module in parts(step)}
    ordered: list[ModuleType] = []
    while waiting:
        ready = [name for name, module in waiting.items() if not set(getattr(module, "AFTER", ())) & waiting.keys()]
        if not ready:
            raise RuntimeError(f"The modules {', '.join(waiting)} wait for each other in AFTER.")
        ordered += [waiting.pop(name) for name in ready]
    return ordered
