"""The pages that people read: the README, which is the product's face, and the guide that it leads to."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "deploy" / "guide"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "deploy" / "SCALING.md", *sorted(GUIDE.glob("*.md"))]

#: README and guide, one after the other.
TEXT = "\n".join(page.read_text() for page in [README, *sorted(GUIDE.glob("*.md"))])
