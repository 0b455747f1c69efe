"""The built book in headless Chromium, with no network: phone, dark mode, keyboard, screen reader.

Run by `make check-book` after `make book`. Without a built book the tests skip; without Chromium
too, unless KDLAB_NO_SKIP=1.
"""

import functools
import http.server
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from building.chapters import pages
from building.vendor import download
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "book" / "_build" / "html"
PAGES = [*pages(ROOT / "book" / "_toc.yml"), "search"]
# All that is asked of a page is asked by one process, which opened it once.
each_page = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PAGES]
)
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]

# Said on every page by the theme, and by the widget manager, whose icons no chapter uses.
NOISE = re.compile(
    r"THEBE_JS_URL.*already been declared|invalid theme mode"
    r"|404.*@jupyter-widgets/(html-manager/dist/)?\w+\.(woff2?|ttf)"
)

# axe-core findings that are the theme's or docutils', each looked at once.
NOT_OURS = {
    "label-content-name-mismatch",  # theme: header buttons named by their tooltip
    "region",  # theme: logo of the side bar stands outside the landmarks
    "aria-required-children",  # docutils: role="list" around the list of references
    "aria-allowed-role",  # the same list
    "aria-deprecated-role",  # docutils: doc-biblioentry
}

pytestmark = pytest.mark.skipif(not SITE.exists(), reason="no built book; run `make book` first")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The built site, served on this machine only."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Silent, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None
    )
    if program is None:
        reason = "no chromium on this machine"
        if os.environ.get("KDLAB_NO_SKIP") == "1":
            pytest.fail(f"{reason}, and KDLAB_NO_SKIP=1 forbids the skip")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=QUIET)


class Visit:
    """One page, opened; what it asked of other hosts and what it said in the console."""

    def __init__(self, browser: Browser, address: str, name: str, theme: str, width: int) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        modes = "".join(f"localStorage.setItem('{key}', '{theme}');" for key in ("mode", "theme"))
        context.add_init_script(modes)
        context.route("**/*", functools.partial(self.answer, address))
        self.page: Page = context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complain(str(error)))
        self.page.goto(f"{address}{name}.html", wait_until="networkidle")
        self.page.evaluate("document.fonts.ready.then(() => true)")  # or a wider one is measured

    def answer(self, address: str, route: object) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def hear(self, message: object) -> None:
        if message.type == "error":
            self.complain(f"{message.text} {message.location.get('url', '')}")

    def complain(self, text: str) -> None:
        if not NOISE.search(text):
            self.errors.append(text)


@pytest.fixture
def visit(browser, address):
    """Open a page anew, to be used; closed at the end."""
    opened = []

    def open_page(name: str) -> Visit:
        opened.append(Visit(browser, address, name, "light", 1280))
        return opened[-1]

    yield open_page
    for one in opened:
        one.page.context.close()


@pytest.fixture(scope="module")
def look(browser, address):
    """A page that is only looked at, so opened once for all tests that do; closed when another page
    is asked for, since thirty open ones keep a machine busy."""
    opened: dict[tuple[str, str, int], Visit] = {}

    def open_page(name: str, theme: str = "light", width: int = 1280) -> Visit:
        for key in [key for key in opened if key[0] != name]:
            opened.pop(key).page.context.close()
        which = (name, theme, width)
        if which not in opened:
            opened[which] = Visit(browser, address, name, theme, width)
        return opened[which]

    return open_page


@each_page
def test_a_page_asks_no_other_host_and_logs_no_error(look, name):
    seen = look(name)
    assert (seen.outside, seen.errors) == ([], [])


@each_page
def test_images_have_alternative_text_that_is_no_file_name(look, name):
    images = look(name).page.locator("article img").all()
    texts = [image.get_attribute("alt") or "" for image in images]
    assert [text for text in texts if not text or re.search(r"\.(png|svg|jpg)$", text)] == []


@each_page
def test_a_phone_need_not_scroll_sideways(look, name):
    page = look(name, width=390).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(scope="module")
def axe() -> str:
    """The accessibility checker's script, kept in .cache after the first time."""
    kept = ROOT / ".cache" / "axe.min.js"
    if not kept.exists():
        import io
        import tarfile

        pinned = json.loads((ROOT / "package.json").read_text("utf-8"))
        version, sum_ = pinned["devDependencies"]["axe-core"], pinned["integrity"]["axe-core"]
        archive = io.BytesIO(download("axe-core", version, sum_))
        with tarfile.open(fileobj=archive) as tar:
            script = tar.extractfile("package/axe.min.js").read()
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(script)
    return str(kept)


@pytest.mark.parametrize("theme", ["light", "dark"])
@each_page
def test_no_serious_accessibility_finding_is_ours(look, axe, name, theme):
    page = look(name, theme).page
    assert page.locator("html").get_attribute("data-theme") == theme
    page.add_script_tag(path=axe)
    found = page.evaluate("axe.run(document)")["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    ours = {one["id"]: one["nodes"][0]["html"] for one in serious if one["id"] not in NOT_OURS}
    assert ours == {}


@each_page
def test_arrow_keys_move_every_slider_and_what_it_shows(visit, name):
    page = visit(name).page
    for handle in page.locator(".noUi-handle").all():
        box = handle.locator("xpath=ancestor::*[contains(@class, 'cell_output')][1]")
        before = (handle.get_attribute("aria-valuetext"), box.inner_text())
        handle.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
        after = (handle.get_attribute("aria-valuetext"), box.inner_text())
        assert before[0] != after[0] and before[1] != after[1]


@each_page
def test_each_widget_is_drawn_once(look, name):
    page = look(name).page
    asked = page.locator("script[type='application/vnd.jupyter.widget-view+json']").count()
    drawn = page.locator(".cell_output > .output > .jupyter-widgets, .cell_output .lm-Widget")
    assert bool(asked) == bool(drawn.count())


@each_page
def test_replies_to_a_prediction_show_only_after_a_choice(visit, name):
    page = visit(name).page
    for box in page.locator("fieldset.predict").all():
        assert not box.locator("details").first.is_visible()
        box.locator("label").first.click()
        assert box.locator("details").first.is_visible()


@pytest.mark.parametrize("query", ["distillation", "แล้ว"])
def test_search_finds_thai_and_english(visit, address, query):
    page = visit("search").page
    page.goto(f"{address}search.html?q={query}", wait_until="networkidle")
    page.locator("#search-results li").first.wait_for(timeout=10_000)
    assert page.locator("#search-results li").count() >= 1


@each_page
def test_thai_is_set_in_the_webfont_that_comes_with_the_book(look, name):
    page = look(name).page
    if page.locator("article :lang(th)").count():
        loaded = "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
        assert any("Noto Sans Thai" in family for family in page.evaluate(loaded))


@each_page
def test_a_chapter_opens_as_a_notebook_that_exists_and_no_other_page_does(look, name):
    links = look(name).page.locator("a[href*='colab.research.google.com']").all()
    paths = [link.get_attribute("href").split("/main/")[-1] for link in links]
    assert bool(paths) == name.startswith("chapters/")
    assert all((ROOT / path).exists() for path in paths)
