"""What the page is made of: vendored files as published, types, a policy that lets nothing else in."""

import base64
import hashlib
import html
import json
import re
from pathlib import PurePosixPath

import httpx

from service.keys.sessions import SessionInfo
from service.ui.files import MEDIA_TYPES, NAMED, ROOT, files, files_of
from service.ui.shell import document, policy
from tests.page.tools import PACKAGES, node
from tests.service.analyses.conftest import Place


def test_vendored_files_are_those_that_were_published() -> None:
    listed = json.loads((ROOT / "vendor" / "vendor.json").read_text())
    assert {entry["file"] for entry in listed} == {path.name for path in (ROOT / "vendor").glob("*.js")}
    for entry in listed:
        ours = (ROOT / "vendor" / entry["file"]).read_bytes()
        package = PACKAGES / entry["package"]
        assert hashlib.sha256(ours).hexdigest() == entry["sha256"]
        assert (package / entry["from"]).read_bytes() == ours
        assert json.loads((package / "package.json").read_text())["version"] == entry["version"]
        license = (ROOT / "vendor" / entry["license_file"]).read_bytes()
        assert license == (package / "LICENSE").read_bytes()


def test_every_module_is_typed() -> None:
    done = node("node_modules/typescript/bin/tsc", "--project", "tsconfig.json")
    assert (done.returncode, done.stdout) == (0, "")


def test_types_are_checked_at_all() -> None:
    """The same checker finds what is wrong in a module that is wrong."""
    done = node("node_modules/typescript/bin/tsc", "--project", "tsconfig.wrong.json")
    assert done.returncode != 0
    assert "wrong.js" in done.stdout
    assert "TS2345" in done.stdout  # a number where a text is wanted


SIGNED_IN = SessionInfo(auth="keys", signed_in=True, name='"><script>alert(1)</script>')


def test_modules_import_each_other_or_what_is_vendored() -> None:
    found = files()
    named = set(json.loads(_import_map(document(found, SIGNED_IN)))["imports"])
    for name, data in found.contents.items():
        if not name.endswith(".js") or name.startswith("vendor/"):
            continue
        text = data.decode()
        for wanted in re.findall(r'(?:from|import)\s+"([^"]+)"', text):
            parts = (PurePosixPath(name).parent / wanted).parts
            path = "/".join(part for i, part in enumerate(parts) if part != ".." and parts[i + 1 : i + 2] != ("..",))
            assert wanted in named or path in found.contents, f"{name} imports {wanted}"
        assert len(text.splitlines()) < 300, f"{name} is one idea too many"


def _import_map(page: str) -> str:
    found = re.search(r'<script type="importmap">(.*?)</script>', page)
    assert found is not None
    return found[1]


def test_the_policy_allows_this_map_and_nothing_else_inline() -> None:
    found = files()
    digest = base64.b64encode(hashlib.sha256(_import_map(document(found, SIGNED_IN)).encode()).digest()).decode()
    said = policy(found)
    assert f"script-src 'self' 'sha256-{digest}';" in said
    assert "unsafe" not in said
    assert "http" not in said
    rest = document(found, SIGNED_IN).replace(_import_map(document(found, SIGNED_IN)), "")
    assert not re.search(r"<script[^>]*>[^<]|\son\w+=|\sstyle=|<style", rest)
    told = re.search(r'data-session="([^"]*)"', rest)
    assert told is not None
    assert SessionInfo.model_validate_json(html.unescape(told[1])) == SIGNED_IN


def test_the_document_names_every_module_that_is_needed() -> None:
    found = files()
    told = re.findall(r'<link rel="modulepreload" href="([^"]+)">', document(found, SIGNED_IN))
    assert told == [found.address(name) for name in found.modules]
    alone = {name for name in found.contents if name.startswith("vendor/")} - set(NAMED.values()) | {"ahead.js"}
    assert set(found.modules) == {name for name in found.contents if name.endswith(".js")} - alone


def test_files_of_a_version_are_not_looked_for_again() -> None:
    assert files_of(files().version) is files()
    assert files_of("0" * 16) is files()


def test_addresses_and_headers(place: Place) -> None:
    api = place.api
    for path in ("/", "/ui", "/ui/audits/aud_1", "/ui/anything/else"):
        found = api.get(path)
        assert found.status_code == 200
        assert found.headers["content-security-policy"] == policy(files())
        assert found.headers["content-type"] == "text/html; charset=utf-8"
    for address in re.findall(r'(?:src|href)="(/ui/assets/[^"]+)"', found.text):
        asset = api.get(address)
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith(MEDIA_TYPES[PurePosixPath(address).suffix])
        assert "immutable" in asset.headers["cache-control"]
        _no_such_file(api, address.replace(files().version, "0" * 16))
    _no_such_file(api, f"/ui/assets/{files().version}/../controller.py")
    _no_such_file(api, f"/ui/assets/{files().version}/%2e%2e/controller.py")


def _no_such_file(api: httpx.Client, path: str) -> None:
    assert api.get(path).status_code in (200, 404)
    assert "class PageController" not in api.get(path).text
    if "controller" not in path:
        assert api.get(path).status_code == 404
