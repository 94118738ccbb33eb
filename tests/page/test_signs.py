"""Every sign that the page writes is in the font of a browser that has no other: readers see no empty boxes."""

import re

from service.ui.files import files
from tests.page.conftest import Tab

#: Which of some signs are drawn as one that no font has.
_MISSING = """
(signs) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const drawn = (sign) => {
    pen.clearRect(0, 0, 40, 40);
    pen.font = "20px sans-serif";
    pen.fillText(sign, 8, 28);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const box = drawn("\\uffff");
  return [...signs].filter((sign) => drawn(sign) === box);
}
"""
_COMMENTS = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)


def test_every_sign_has_a_glyph(tab: Tab) -> None:
    ours = {
        name: data.decode() for name, data in files().contents.items() if name.endswith(".js") and "vendor" not in name
    }
    signs = {sign for text in ours.values() for sign in _COMMENTS.sub("", text) if ord(sign) > 127}
    assert {"σ", "′", "≥"} <= signs
    page = tab.open("/")
    page.locator("h1").wait_for()
    assert page.evaluate(_MISSING, "".join(sorted(signs))) == []
    assert page.evaluate(_MISSING, "σ\u2208") == ["\u2208"]
