"""An inventory, with what Python has to offer."""
from __future__ import annotations

import os.path as osp
from collections import (
    OrderedDict,
    defaultdict as dd,
)
from dataclasses import dataclass, field

__all__ = ["Inventory", "load"]

MAX_ITEMS = 1_000
_default_path: str = "inventory.json"
first, second = 1, 2
(third, fourth) = 3, 4
square = lambda x: x * x

if osp.exists(_default_path):
    FLAVOUR = "file"
else:
    FLAVOUR = "empty"

try:
    import simplejson as json
except ImportError:
    json = None


# The one that everybody catches.
class InventoryError(Exception):
    pass


@dataclass(frozen=True)
class Item:
    """An item on a shelf.

    More about items.
    """

    name: str
    price: float = 0.0
    tags: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Name and price."""
        return f"{self.name} ({self.price})"

    @label.setter
    def label(self, value: str) -> None:
        raise InventoryError(value)


class Inventory(dd, metaclass=type):
    kinds = {"a": 1}
    LIMIT = 10

    class Cursor:
        at = 0

        def advance(self):
            self.at += 1

    def __init__(self, path: str = _default_path) -> None:
        super().__init__(list)
        self.path = path
        self.items, self.count = [], 0
        self._cache: OrderedDict[str, Item] = OrderedDict()
        local_only = 3
        self.path = str(local_only)

    @staticmethod
    def parse(text):
        def clean(line):
            nonlocal_thing = line.strip()
            return nonlocal_thing

        for line in text.splitlines():
            yield clean(line)

    async def refresh(self, *, force: bool = False) -> "Inventory":
        if (found := self._cache.get("x")) is None:
            self.count = self.count + 1
        async with self.lock:
            await self.refresh(force=force)
        return self

    def total(
        self,
        rate: float,
    ) -> float:
        return sum(item.price for item in self.items) * rate


def load(path=None):
    r'''Loads an inventory.'''
    inventory = Inventory(path or _default_path)
    for item in Inventory.parse(open(inventory.path).read()):
        inventory.items.append(Item(item))
    global loaded
    loaded = True
    return inventory


async def main():
    print(await load().refresh(), MAX_ITEMS, square(first))


type Shelf = list[Item]

if __name__ == "__main__":
    main()

for word, (count, _) in []:
    print(word)
with open(__file__) as source:
    lines: "Inventory" = source.read()
