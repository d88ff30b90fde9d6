"""Sentences about the house that import-linter cannot say. Each function is one rule: it gives the
places where the rule is broken, and is shown a breach to prove that it sees one."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[1]
MOST_LINES = 500
VAGUE = {"utils", "helpers", "misc", "common", "util", "helper"}

Rule = Callable[[Path, ast.Module], Iterator[int]]


def tracked(*endings: str) -> list[Path]:
    """Our own files, as git knows them."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    paths = [
        ROOT / name for name in names if name and name.endswith(endings) and "/vendor/" not in name
    ]
    return sorted(path for path in paths if path.exists())


PYTHON = tracked(".py")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def layer(path: Path) -> str:
    """The first two parts of a module's path: ``webapp/views``."""
    return "/".join(path.relative_to(ROOT).with_suffix("").parts[:2])


def breaches(rule: Rule) -> list[str]:
    return [
        f"{shown(path)}:{line}"
        for path in PYTHON
        if path.relative_to(ROOT).parts[0] in {"webapp", "scheduler"}
        for line in rule(path, ast.parse(path.read_text()))
    ]


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the dotted text of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def reads_the_clock(path: Path, tree: ast.Module) -> Iterator[int]:
    """Only clock.py asks what time it is."""
    if layer(path) == "webapp/clock":
        return
    for name, call in _calls(tree):
        if re.search(r"\b(datetime|date)\.(now|utcnow|today)$|^time\.time(_ns)?$", name):
            yield call.lineno


def reads_the_environment(path: Path, tree: ast.Module) -> Iterator[int]:
    """Only config.py reads settings from the environment."""
    if layer(path) == "webapp/config":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in {
            "os.environ",
            "os.getenv",
            "environ",
            "getenv",
        }:
            yield node.lineno


def loads_past_the_gate(path: Path, tree: ast.Module) -> Iterator[int]:
    """Views load rows through ``scoped`` or ``load``, never by themselves."""
    if layer(path) != "webapp/views":
        return
    for name, call in _calls(tree):
        of_a_model = call.args and ast.unparse(call.args[0])[0].isupper()
        if (name == "select" and of_a_model) or re.search(
            r"db\.session\.(get|get_one|query)$", name
        ):
            yield call.lineno


def sees_the_request(path: Path, tree: ast.Module) -> Iterator[int]:
    """Below the views nobody imports what belongs to one request."""
    if layer(path) in {"webapp/views", "webapp/forms", "webapp/cli"}:
        return
    of_a_request = {"request", "session", "g", "has_request_context"}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "flask"
            and of_a_request & {alias.name for alias in node.names}
        ):
            yield node.lineno


def swallows(path: Path, tree: ast.Module) -> Iterator[int]:
    """No error is caught and forgotten."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and all(
            isinstance(step, ast.Pass)
            or (isinstance(step, ast.Expr) and ast.unparse(step) == "...")
            for step in node.body
        ):
            yield node.lineno


RULES: dict[Rule, tuple[str, str]] = {
    reads_the_clock: ("webapp/services/x.py", "datetime.now(UTC)"),
    reads_the_environment: ("webapp/services/x.py", "import os\nos.environ['HOME']"),
    loads_past_the_gate: ("webapp/views/x.py", "db.session.scalars(select(Group))"),
    sees_the_request: ("webapp/services/x.py", "from flask import request"),
    swallows: ("webapp/services/x.py", "try:\n    f()\nexcept KeyError:\n    pass"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_here_breaks_the_rule(rule: Rule) -> None:
    assert not breaches(rule), rule.__doc__


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_sees_a_breach(rule: Rule) -> None:
    path, code = RULES[rule]
    assert list(rule(ROOT / path, ast.parse(code)))


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    ours = tracked(".py", ".html", ".css", ".js", ".mjs", ".sh")
    long = {
        shown(path): lines
        for path in ours
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
        and path.parent != ROOT / "migrations/versions"  # written by Alembic
    }
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [shown(path) for path in PYTHON if VAGUE & set(path.with_suffix("").parts)]


def test_the_top_level_holds_what_was_agreed() -> None:
    allowed = {
        *("pyproject.toml", "webapp", "scheduler", "migrations", "tests", "instance", "README.md"),
        *("Makefile", ".ci", ".gitignore", "requirements.lock", "requirements-test.lock"),
        *("requirements-bench.lock", "package.json", "package-lock.json"),
    }
    assert {path.relative_to(ROOT).parts[0] for path in tracked("")} <= allowed


def test_every_view_says_who_may_come(app: Flask) -> None:
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "allowed_roles")
    ]
    assert not silent


def test_every_template_that_is_named_exists(app: Flask) -> None:
    named = {
        (shown(path), name)
        for path in tracked(".py", ".html")
        if path.is_relative_to(ROOT / "webapp")
        for name in re.findall(
            r"""(?:render_template\(|render_template_string\(|extends|include|from|import)\s*["']([\w/]+\.html)["']""",
            path.read_text(),
        )
    }
    assert len(named) > 20
    known = set(app.jinja_env.list_templates())
    assert not {(where, name) for where, name in named if name not in known}


def test_every_endpoint_that_a_template_or_view_names_exists(app: Flask) -> None:
    named = {
        (shown(path), name)
        for path in tracked(".py", ".html")
        if path.is_relative_to(ROOT / "webapp")
        for name in re.findall(r"""url_for\(\s*["']([\w.]+)["']""", path.read_text())
    }
    assert len(named) > 10
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not {(where, name) for where, name in named if name not in known}
