"""Recognises files that are no model of ours, and says in one sentence what to send instead."""

from collections.abc import Sequence
from pathlib import Path

_EXPORT = "export it as ONNX (torch.onnx.export) or TorchScript (torch.jit.trace and .save)"
_TENSORFLOW = "convert it with tf2onnx and send the .onnx file"

#: First bytes → what such a file is and what to send.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself: run `git lfs pull` and send what it fetches"),
    (b"\x89HDF\r\n\x1a\n", f"an HDF5 file (Keras .h5): {_TENSORFLOW}"),
    (b"\x1f\x8b", "compressed by gzip: unpack it and send the model file inside"),
    (b"BZh", "compressed by bzip2: unpack it and send the model file inside"),
    (b"\xfd7zXZ", "compressed by xz: unpack it and send the model file inside"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it and send the model file inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it and send the model file inside"),
    (b"ftrt", "a TensorRT engine, which is bound to one GPU: send the ONNX file that it was built from"),
    (b"\x93NUMPY", "a NumPy array: data sets go to /v1/datasets (as .npz with x and y)"),
    (b"PAR1", "a Parquet table: data sets go to /v1/datasets"),
    (b"\x89PNG", "a picture: pictures go to /v1/datasets, in a .zip of class folders"),
    (b"\xff\xd8\xff", "a picture: pictures go to /v1/datasets, in a .zip of class folders"),
    (b"GGUF", "a GGUF file: language models are not audited"),
    (b"\x7fELF", "compiled machine code, which is never run: send the ONNX or TorchScript file that it was built from"),
    (b"MZ", "a Windows program, which is never run: send an ONNX or TorchScript file"),
)
#: Names inside an archive (whole entries, or how they end) → the same.
_INSIDE: tuple[tuple[str, str], ...] = (
    ("MAR-INF/MANIFEST.json", "a TorchServe archive: send the TorchScript file (serializedFile) inside of it"),
    ("config.pbtxt", "a Triton model repository: send the model file inside (model.onnx, or model.pt if TorchScript)"),
    ("saved_model.pb", f"a TensorFlow SavedModel: {_TENSORFLOW}"),
    ("model.weights.h5", f"a Keras 3 model: {_TENSORFLOW}, or use model.export(…, format='onnx')"),
    (
        "com.apple.CoreML/model.mlmodel",
        "a Core ML package: send the file that it was converted from",
    ),
    (".mlmodel", "a Core ML model: send the ONNX or TorchScript file that it was converted from"),
    ("pytorch_model.bin", f"a folder of a model hub: load the model in Python and {_EXPORT}"),
    (".safetensors", f"a folder with weights alone, without the network: load them into it and {_EXPORT}"),
    (".npy", "a NumPy archive: data sets go to /v1/datasets"),
    (".pt2", "an archive around a torch.export program: send the .pt2 file itself"),
    (".torchscript", "an archive around a TorchScript file: send the file itself"),
    (".pt", "an archive around a .pt file: send the file itself, if torch.jit.save wrote it"),
    (".pth", f"an archive around a checkpoint: load it into its network and {_EXPORT}"),
    (".png", "an archive of pictures: data sets go to /v1/datasets"),
    (".jpg", "an archive of pictures: data sets go to /v1/datasets"),
    (".jpeg", "an archive of pictures: data sets go to /v1/datasets"),
    (".tflite", f"an archive around a TensorFlow Lite model: {_TENSORFLOW}"),
)


def recognise_archive(names: Sequence[str]) -> str | None:
    """Return what an archive with these entries is and what to send instead, as the end of "this is …"; or None."""
    if any(name.endswith("data.pkl") or "/code/" in name for name in names):
        return None  # a file of torch's own, which has its own messages
    for end, text in _INSIDE:
        if any(name == end or name.endswith(end if end.startswith(".") else "/" + end) for name in names):
            return text
    return None


def recognise(path: Path) -> str | None:
    """Return the same for a file that is no archive, by its first bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4096)
        tar = head[257:262] == b"ustar"
    for magic, text in _MAGIC:
        if head.startswith(magic):
            return text
    if tar:
        return "a tar archive: unpack it and send the model file inside"
    if head[4:8] in (b"TFL3", b"TFL2"):
        return f"a TensorFlow Lite model: {_TENSORFLOW}"
    if _is_safetensors(head, size):
        return f"a safetensors file, which holds weights without the network: load them into it and {_EXPORT}"
    said = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if said.startswith((b"<!doctype html", b"<html")):
        return "an HTML page: a download that gave an error page or needed a login; fetch the file again and send it"
    if said.startswith(b"<?xml") and b"<net" in said:
        return "an OpenVINO network: send the ONNX file that it was converted from"
    if said.startswith(b"{"):
        return "a JSON text, not a model file (a TensorFlow.js model.json, a config?): send an ONNX or TorchScript file"
    if said.startswith((b"import ", b"from ", b"#!", b"class ", b"def ")):
        return f"source code, which is never run: load the model in Python and {_EXPORT}"
    if _is_pickle(head):
        return f"a Python pickle (an old torch.save checkpoint?), which is never loaded: {_EXPORT}"
    return None


def _is_safetensors(head: bytes, size: int) -> bool:
    """Eight bytes with the length of a JSON header, and the header."""
    length = int.from_bytes(head[:8], "little")
    return 2 <= length <= size - 8 and head[8:10] in (b'{"', b"{ ", b"{}")


def _is_pickle(head: bytes) -> bool:
    return head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
