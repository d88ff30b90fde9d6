"""What no template, sheet or script may hold: the CSP would refuse it, or nobody could read it."""

import re
from pathlib import Path

import pytest

WEBAPP = Path(__file__).parents[2] / "webapp"
TEMPLATES = sorted((WEBAPP / "templates").rglob("*.html"))
ASSETS = [
    path
    for kind in ("*.css", "*.js")
    for path in sorted((WEBAPP / "static").rglob(kind))
    if "vendor" not in path.parts
]
SPRITE = (WEBAPP / "static/img/icons.svg").read_text()

REFUSED = {
    "an inline style": re.compile(r"""\sstyle\s*=""", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"\s(?:data-)?(?:hx-)?on[a-z:-]*\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an htmx expression": re.compile(r"[\"']js:", re.IGNORECASE),
}


def shown(path: Path) -> str:
    return str(path.relative_to(WEBAPP))


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_holds_nothing_that_the_csp_refuses(path: Path) -> None:
    text = without_comments(path.read_text())
    found = [what for what, pattern in REFUSED.items() if pattern.search(text)]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<script type="module">alert(1)</script>',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a data-hx-on--load="go()">',
        '<a href="javascript:go()">',
        """<a hx-headers='js:{"a": 1}'>""",
    ],
)
def test_the_check_sees_what_it_should(text: str) -> None:
    assert any(pattern.search(text) for pattern in REFUSED.values())


@pytest.mark.parametrize("path", TEMPLATES + ASSETS, ids=shown)
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 500


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_named_icon_exists(path: Path) -> None:
    text = without_comments(path.read_text())
    named = set(re.findall(r"""icon\(\s*["']([\w-]+)["']""", text))
    named |= set(re.findall(r"""["']?icon(?:_name)?["']?\s*[:=]\s*["']([\w-]+)["']""", text))
    missing = {name for name in named if f'<symbol id="{name}"' not in SPRITE}
    assert not missing


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_french_text_keeps_its_signs_on_the_line(path: Path) -> None:
    """A no-break space (U+00A0, the font has no U+202F) before ? ! : ; and inside « »."""
    text = without_comments(path.read_text())
    sources = re.findall(r"""\b_\(\s*("[^"]*"|'[^']*')""", text)
    assert not [source for source in sources if re.search(r"\S [?!:;»]|« |\u202f", source)]


@pytest.mark.parametrize("path", ASSETS, ids=shown)
def test_an_asset_asks_nothing_of_another_site(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?://|url\(\s*[\"']?(?:data:|//)", text)


@pytest.mark.parametrize("path", [path for path in ASSETS if path.suffix == ".css"], ids=shown)
def test_a_file_named_by_a_sheet_exists(path: Path) -> None:
    for name in re.findall(r'url\("([^"]+)"\)', path.read_text()):
        assert (path.parent / name).is_file(), name


def test_the_vendored_files_have_their_licences_and_no_data_address() -> None:
    vendor = WEBAPP / "static/vendor"
    for folder in vendor.iterdir():
        assert any("LICENSE" in path.name for path in folder.iterdir()), folder.name
    assert "data:" not in (vendor / "bootstrap/bootstrap.min.css").read_text()
