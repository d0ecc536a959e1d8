"""A declaration that cannot work is refused at boot, with every fault and its way out."""

import pytest

from backend.core.registry import TAKEN, DeclarationError, Registry
from backend.core.resource import Field, Reference, Resource, View
from backend.core.rights import anyone
from backend.models import Account, Product


def test_every_fault_is_named_at_once() -> None:
    registry = Registry()
    registry.register(
        Resource(
            model=Product,
            fields={"nonsense": Field()},
            references={"nonsense": Reference()},
            columns=("nonsense",),
            search=("price",),
            sort=("-nonsense",),
            natural_key=("nonsense",),
            views={"short": View(fields=("nonsense",))},
            rights={"publish": anyone},
        )
    )
    with pytest.raises(DeclarationError) as caught:
        registry.freeze()
    faults = str(caught.value).splitlines()
    assert len(faults) >= 8
    assert all(fault.startswith("products: ") for fault in faults)


@pytest.mark.parametrize("key", [*sorted(TAKEN), "_hidden"])
def test_addresses_of_the_machine_are_taken(key: str) -> None:
    with pytest.raises(DeclarationError, match="taken"):
        Registry().register(Resource(model=Product, key=key))


def test_two_resources_of_one_name_are_refused() -> None:
    registry = Registry()
    registry.register(Resource(model=Product, key="things"))
    with pytest.raises(DeclarationError, match="another `key`"):
        registry.register(Resource(model=Account, key="things"))


def test_what_comes_after_the_boot_comes_too_late() -> None:
    registry = Registry()
    registry.freeze()
    with pytest.raises(DeclarationError, match="too late"):
        registry.register(Resource(model=Product))
