"""Routes that are ready at once: what builds an address from a route is compiled when somebody first asks for one.

Werkzeug compiles two builders a route when it is added, a millisecond each; a resource has nine routes and its pages
write their addresses themselves.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

Built = tuple[str, str]
Build = Callable[..., Built]


def install(app: Flask) -> None:
    """Make every route added from now on a lazy one, and its view one that is called as it is."""
    app.url_rule_class = LazyRule
    # No view of ours is a coroutine; Flask would look anew at each function of each request.
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]


def _as_it_is(function: Any) -> Any:
    return function


class LazyRule(Rule):
    """A route whose builders wait for the first `url_for`."""

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        @cache
        def compiled() -> Build:
            return super(LazyRule, self)._compile_builder(append_unknown)

        def build(rule: Rule, **values: Any) -> Built:
            return compiled()(rule, **values)

        return build
