"""What templates put out is escaped as ever, but not wrapped piece by piece: only the whole of a page is one.

Jinja makes a `Markup` of each of the hundreds of texts of a page and joins them right away: a tenth of a form's cost.
"""

from typing import Any

from flask import Flask
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner, escape

# Text as it stands on a page, and plain: the public one wraps what this answers.
escaped = _escape_inner


def install(app: Flask) -> None:
    """Let the templates of the application be compiled so."""
    app.jinja_env.code_generator_class = Compiler
    app.jinja_env.put_out = put_out  # type: ignore[attr-defined]  # our compiled templates ask for it


def put_out(value: Any) -> str:
    """The value as a page holds it: markup as it is, everything else escaped."""
    kind = type(value)
    if kind is str:
        return escaped(value)
    return value if kind is Markup else escape(value)


class Compiler(CodeGenerator):
    """Jinja's own, but for what escapes a text that is put out."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.put_out(")
        if finalize.src is not None:
            self.write(finalize.src)
