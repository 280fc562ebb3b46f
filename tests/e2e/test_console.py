"""The console in headless Chromium, as a person uses it. Its pictures are in out/screenshots/ (docs/console.md)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from sandbox.console.desk import Desk
from sandbox.console.server import Console
from sandbox.coupa.sample import sample_contract
from sandbox.demo.signatures import covering_signatures
from sandbox.provider_side import DOORS
from sandbox.world import World

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCREENSHOTS = Path(__file__).parents[2] / "out" / "screenshots"
PATIENCE = 60_000.0  # milliseconds; a busy machine needs several seconds for a function's first call
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 812}
ANNA, BEN = "Anna Peeters", "Ben Holt"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="There is no Chromium on this machine (Debian: apt-get install chromium)."
    ),
]


@pytest.fixture(scope="module")
def console(world: World) -> Iterator[str]:
    """Its address."""
    with Desk(world, list(DOORS)) as desk, Console(desk, 0) as running:
        yield running.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, console: str) -> Iterator[Page]:
    """At the list. Nothing may be asked of anybody but this machine, and no script may fail."""
    context = browser.new_context(viewport=DESKTOP, base_url=console, reduced_motion="reduce", color_scheme="light")
    context.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    context.on("request", lambda asked: None if is_here(asked.url) else wrong.append(asked.url))
    context.on("weberror", lambda failed: wrong.append(str(failed.error)))
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()
    assert wrong == []


def is_here(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def elsewhere(work: Callable[..., int], *given: object) -> int:
    """In a thread: pyHanko runs a loop of its own, and this thread has Playwright's."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work, *given).result()


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def fill_new(page: Page, door: str, name: str) -> None:
    """The form of a new contract, with the two people that it offers."""
    page.goto(f"/new/{door}")
    page.get_by_label("Name", exact=True).fill(name)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send for signature").click()
    page.wait_for_url("**/contracts/**")


def badge(page: Page, text: str) -> Locator:
    return page.locator("#state .badge").get_by_text(text, exact=True)


def row(page: Page, person: str) -> Locator:
    return page.locator("#people li").filter(has_text=person)


def listed(page: Page, name: str) -> Locator:
    return page.locator("#contracts tbody tr").filter(has_text=name)


def open_signing_page(page: Page, person: str) -> Page:
    with page.expect_popup() as opened:
        row(page, person).get_by_role("link", name="Open signing page").click()
    opened.value.wait_for_load_state()
    return opened.value


def sign(page: Page, person: str) -> None:
    room = open_signing_page(page, person)
    room.get_by_role("button", name="Sign").click()
    expect(room.get_by_text("Thank you.")).to_be_visible(timeout=PATIENCE)
    room.close()


def is_at(page: Page, status: str) -> None:
    expect(badge(page, status)).to_be_visible(timeout=PATIENCE)


def test_a_contract_goes_from_an_upload_to_its_signed_file_in_the_browser(page, world, tmp_path):
    paper = tmp_path / "frame-contract.pdf"
    paper.write_bytes(sample_contract())
    page.get_by_role("link", name=re.compile("contract", re.IGNORECASE)).last.click()
    page.get_by_role("link", name="API v3").click()
    page.get_by_label("Name", exact=True).fill("Frame contract 2027")
    page.get_by_label("A PDF of yours").check()
    page.locator("#file").set_input_files(paper)
    shoot(page, "new", whole=True)
    send(page)
    is_at(page, "Out for signature")
    room = open_signing_page(page, ANNA)
    expect(room.get_by_role("img").first).to_be_visible()
    room.wait_for_function("[...document.images].slice(0, 1).every((one) => one.complete && one.naturalWidth > 500)")
    shoot(room, "signing-page")
    room.close()
    expect(row(page, BEN).get_by_role("link")).to_have_count(0)
    sign(page, ANNA)
    expect(row(page, BEN).get_by_role("link", name="Open signing page")).to_be_visible(timeout=PATIENCE)
    shoot(page, "contract", whole=True)
    sign(page, BEN)
    is_at(page, "Complete")
    signed = page.locator("#files li").filter(has_text="Signed document")
    with page.expect_download() as download:
        signed.get_by_role("link", name="Download").click()
    content = download.value.path().read_bytes()
    assert elsewhere(covering_signatures, content, world.side.authority()) == 2
    assert download.value.suggested_filename.endswith(".pdf")
    expect(page.locator("#files li").filter(has_text="Audit trail")).not_to_have_count(0)
    expect(page.locator("#files li").filter(has_text="Manifest")).to_have_count(1)
    expect(page.locator("#heard li").filter(has_text="package.completed")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#heard .badge.bad")).to_have_count(0)
    shoot(page, "complete", whole=True)


def test_a_signer_declines_and_coupa_reads_why(page):
    fill_new(page, "connective", "Purchase of <b>bolts</b> & nuts")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Purchase of <b>bolts</b> & nuts")
    room = open_signing_page(page, ANNA)
    room.locator("summary").click()
    room.get_by_label("Reason").fill("The price in schedule A is last year's.")
    room.get_by_role("button", name="Decline").click()
    expect(room.get_by_text("You have declined.")).to_be_visible()
    room.close()
    is_at(page, "Declined")
    expect(row(page, ANNA)).to_contain_text("The price in schedule A is last year's.")
    expect(page.locator("#heard li").filter(has_text="package.declined")).to_be_visible(timeout=PATIENCE)
    shoot(page, "declined", whole=True)
    page.goto("/")
    page.locator("#by-status").get_by_role("link", name="Ended otherwise").click()
    expect(listed(page, "Purchase of")).to_contain_text("Declined")
    page.locator("#by-status").get_by_role("link", name="Complete").click()
    expect(listed(page, "Purchase of")).to_have_count(0)


def test_while_coupas_endpoint_is_down_a_contract_goes_on_and_is_told_afterwards(page):
    page.goto("/faults")
    page.get_by_role("switch", name="Coupa's endpoint is down").click()
    expect(page.get_by_text("Bad luck is switched on.")).to_be_visible()
    fill_new(page, "connective", "Nobody listens when it is signed")
    send(page)
    expect(page.locator("#heard .badge.bad").first).to_be_visible(timeout=PATIENCE)
    shoot(page, "fault", whole=True)
    page.get_by_role("button", name="Switch all off").click()
    expect(page.get_by_text("Bad luck is switched on.")).to_have_count(0)
    page.go_back()
    expect(page.locator("#heard .badge.good").first).to_be_visible(timeout=PATIENCE)


def test_a_service_that_is_down_leaves_a_draft_that_says_so_and_can_be_sent_again(page):
    page.goto("/faults")
    service = page.locator("section").filter(has_text="Connective eSignatures API v3")  # others may be running
    service.get_by_role("switch", name="Service is down").click()
    fill_new(page, "connective", "Sent in a bad moment")
    send(page)
    is_at(page, "Draft")
    expect(page.get_by_role("alert")).to_contain_text("The connector refused.")
    page.get_by_role("button", name="Switch all off").click()
    page.goto("/?show=draft")
    page.get_by_role("link", name="Sent in a bad moment").click()
    page.get_by_role("button", name="Send for signature").click()
    is_at(page, "Out for signature")
    page.locator("#actions summary").click()
    page.get_by_label("Why is it withdrawn?").fill("The deal is off.")
    page.get_by_role("button", name="Withdraw the contract").click()
    is_at(page, "Withdrawn")


def test_what_is_wrong_stands_beside_its_field_and_the_file_is_kept(page, tmp_path):
    paper = tmp_path / "kept.pdf"
    paper.write_bytes(sample_contract())
    fill_new(page, "connective", "With mistakes")
    page.get_by_label("A PDF of yours").check()
    page.locator("#file").set_input_files(paper)
    page.get_by_label("E-mail").first.fill("anna")
    page.get_by_role("button", name="Send for signature").click()
    email = page.get_by_label("E-mail").first
    expect(email).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
    expect(page.get_by_text("kept.pdf")).to_be_visible()
    shoot(page, "mistakes", whole=True)
    email.fill("anna.peeters@supplier.example")
    send(page)
    expect(page.locator("#files")).to_contain_text("kept.pdf")


def test_a_provider_that_makes_documents_from_templates_offers_its_template(page):
    fill_new(page, "contract-signatures", "Mutual non-disclosure")
    expect(page.get_by_text("The provider's own template")).to_be_visible()
    expect(page.locator("#file")).to_have_count(0)
    send(page)
    sign(page, ANNA)
    expect(row(page, ANNA)).to_contain_text("Signed", timeout=PATIENCE)
    page.goto("/")
    shoot(page, "list")
    page.goto("/?provider=contract-signatures")
    expect(page.locator("#contracts tbody tr")).to_have_count(1)
    expect(listed(page, "Mutual non-disclosure")).to_contain_text("Contract Signatures")


def test_on_a_phone_nothing_is_wider_than_the_screen(page):
    page.set_viewport_size(PHONE)
    for address in ("/new", "/new/connective", "/faults", "/?show=open"):
        page.goto(address)
        fits(page)
    open_a_contract(page)
    fits(page)
    shoot(page, "phone")
    room = open_signing_page(page, ANNA)
    room.set_viewport_size(PHONE)
    fits(room)
    expect(room.get_by_role("button", name="Sign")).to_be_in_viewport()
    shoot(room, "phone-signing-page")
    room.close()


def open_a_contract(page: Page) -> None:
    """One that Anna may sign: one of those that are there, else a new one."""
    waiting = page.locator("#contracts tr").filter(has_text="Nobody listens")
    if waiting.count():
        waiting.first.get_by_role("link").click()
    else:
        fill_new(page, "connective", "Signed on a phone")
        send(page)
    expect(row(page, ANNA).get_by_role("link", name="Open signing page")).to_be_visible(timeout=PATIENCE)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_the_api_can_be_read_without_the_internet(page):
    page.goto("/docs")
    expect(page.get_by_text("/v1/packages/{packageId}/send")).to_be_visible()
    shoot(page, "docs")
