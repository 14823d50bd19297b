"""What axe-core says of the page, in the states a reader meets."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import opened

STATES = {
    "first": ("", {}),
    "explained in a week": ("#at=company%3Aford&week=8", {}),
    "difference in the dark": ("#scenario=difference&theme=dark", {}),
    "narrow": ("#at=company%3Aford", {"viewport": {"width": 390, "height": 844}}),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(browser, files, state):
    fragment, context = STATES[state]
    with opened(browser, files["small"], fragment, **context) as page:
        page.click("text=Filters")
        page.fill("#search", "a")
        found = Axe().run(page.page).response
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
        assert len(found["passes"]) > 20
        assert page.evaluate("document.documentElement.lang") == "en"
