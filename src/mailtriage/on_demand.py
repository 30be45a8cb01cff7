"""Packages whose names are imported when they are asked for: what a poll starts with is a budget."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def on_demand(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """A module's `__getattr__` (PEP 562), which finds a name in the module of the package that defines it.

    Args:
        package: the package's own name.
        modules: its modules, each with the names that they define, apart by blanks.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def found(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, value)  # so that it is looked for only once
        return value

    return found
