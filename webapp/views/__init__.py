"""One blueprint a file; a module of this package with a ``blueprint`` is registered."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from flask import Blueprint


def blueprints() -> Iterator[Blueprint]:
    """Yield the blueprints of this package, by name of their module."""
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        blueprint = getattr(import_module(module.name), "blueprint", None)
        if blueprint is not None:
            yield blueprint
