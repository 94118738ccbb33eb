"""What a user wrote, and what of it can be found wrong before a service starts or a byte is sent."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from pydantic import BaseModel, ValidationError

from openapi.attack_ids import attack_ids, check_file_names
from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest, check_read
from openapi.metrics import metric_errors
from openapi.problems import FieldError, InvalidField
from openapi.samples import check_choice
from service.cli.client import Json, UploadKind
from service.cli.exits import CommandFailed, Exit
from service.cli.uploads import METADATA
from service.fields import field_errors, read_strictly

M = TypeVar("M", bound=BaseModel)

#: In the place of an id that only the upload will give.
_LATER = "later"


class Given(NamedTuple):
    """An option's value as it was written, and as the request holds it."""

    text: str
    body: Any


def read_by(read: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that reads an option's value, or each of its values; errors then name the option."""

    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(Given(text, read(text)) for text in value)
        return None if value is None else Given(str(value), read(value))

    return callback


class Sources:
    """Which option, as it was written, each part of the request comes from."""

    def __init__(self, **options: str) -> None:
        self._texts = {f"/{field}": text for field, text in options.items()}

    def add(self, pointer: str, text: str) -> None:
        """The part at `pointer` comes from what `text` says."""
        self._texts[pointer] = text

    def add_all(self, pointer: str, option: str, given: Sequence[Given], first: int = 0) -> None:
        """The items at ``pointer/first`` and on come from the values of a repeated option."""
        for i, item in enumerate(given, first):
            self.add(f"{pointer}/{i}", f"{option} {item.text!r}")

    def name(self, pointer: str) -> str:
        """What to call the part at `pointer` when something is wrong with it."""
        begun = (p for p in self._texts if pointer == p or pointer.startswith(f"{p}/"))
        known = max(begun, key=len, default="")
        rest = pointer[len(known) :].strip("/").replace("/", ".")
        return ": ".join(filter(None, (self._texts.get(known, ""), rest)))


def usage(errors: Sequence[FieldError], sources: Sources) -> click.UsageError:
    """One message for all that is wrong."""
    return click.UsageError("\n".join(": ".join(filter(None, (sources.name(e.pointer), e.detail))) for e in errors))


def check(model: type[M], body: Mapping[str, Any], sources: Sources) -> M:
    """Check a body as the service would."""
    try:
        return read_strictly(model, body)
    except ValidationError as error:
        raise usage(field_errors(error, body, model=model), sources) from error


def check_audit(body: Json, sources: Sources) -> None:
    """Check an audit's request, whose ids are not known yet, with its attacks' names and its policy's metrics."""
    ids = {"model_id": _LATER, "dataset_id": _LATER}
    harden = {"harden": {**body["harden"], "train_dataset_id": _LATER}} if body.get("harden") else {}
    request = check(AuditRequest, {**body, **harden, **ids}, sources)
    _check_ids(request, sources)
    try:
        check_choice(request.samples, request.max_samples, "/samples", "/max_samples")
        if request.harden is not None:
            check_read(request.harden, "/harden")
    except InvalidField as error:
        raise usage(error.errors or (), sources) from error
    if errors := metric_errors(request):
        raise usage(errors, sources)


def check_hardening(body: Json, sources: Sources, *, held_out: bool) -> None:
    """Check a hardening's request, whose ids are not known yet; `held_out`: whether it will have data to compare on."""
    ids = {"model_id": _LATER, "train_dataset_id": _LATER, **({"eval_dataset_id": _LATER} if held_out else {})}
    request = check(HardeningRequest, {**body, **ids}, sources)
    _check_ids(request, sources)
    try:
        check_read(request, "")
    except InvalidField as error:
        raise usage(error.errors or (), sources) from error


def _check_ids(request: AuditRequest | HardeningRequest, sources: Sources) -> None:
    try:
        attack_ids(request.attacks or ())
        check_file_names(request.attacks or ())
    except InvalidField as error:
        raise usage(error.errors or (), sources) from error


def check_metadata(kind: UploadKind, body: Json, sources: Sources) -> None:
    """Check what is said of an upload."""
    check(METADATA[kind], body, sources)


def model_metadata(input_: Given | None, about: Given | None) -> Json:
    """What `--input` and `--model-options` say of the model. `UsageError` names each field that is wrong."""
    sources = Sources(**({"input": "--input"} if input_ else {}))
    sources.add("", "--model-options")
    body: Json = {"input": {}, **(about.body if about else {}), **({"input": input_.body} if input_ else {})}
    check_metadata("models", body, sources)
    return body


def data_metadata(about: Given | None) -> Json:
    """What `--data-options` says of the data sets. `UsageError` names each field that is wrong."""
    sources = Sources()
    sources.add("", "--data-options")
    body: Json = about.body if about else {}
    check_metadata("datasets", body, sources)
    return body


def check_files(*paths: Path | None) -> None:
    """See that the files can be sent, and again if need be. An empty one is no model and no data set."""
    for path in paths:
        if path is None:
            continue
        if not path.is_file():
            raise click.UsageError(f"{path} is no regular file: it could be read only once")
        if path.stat().st_size == 0:
            raise CommandFailed(Exit.UPLOAD_REJECTED, f"{path}: the file is empty")


def check_folder(out: Path) -> None:
    """Make the folder for the results, and see that files can be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
        taken = [name for name in ("report.json", "report.html") if (out / name).is_dir()]
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise click.BadParameter(f"nothing can be written into {out}: {reason}", param_hint="--out") from error
    if taken:
        raise click.BadParameter(f"{out / taken[0]} is a folder", param_hint="--out")
