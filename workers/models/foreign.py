"""Recognises files that are no model of ours, and says in one sentence what to send instead."""

from collections.abc import Sequence
from pathlib import Path

_EXPORT = "export it as ONNX (torch.onnx.export) or TorchScript (torch.jit.trace and .save)"
_TENSORFLOW = "convert it with tf2onnx and send the .onnx file"
_PADDLE = "convert it with paddle2onnx and send the .onnx file"
_CAFFE = "convert it to ONNX and send the .onnx file"
_ONNX_DATA = "a file of weights that an exporter wrote beside an .onnx file: send both files in one .zip"

#: As much of a file is searched for what stands far behind its beginning.
_MOST_SEARCHED = 16 * 2**20
#: First bytes → what such a file is and what to send.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself: run `git lfs pull` and send what it fetches"),
    (b"\x89HDF\r\n\x1a\n", f"an HDF5 file (Keras .h5): {_TENSORFLOW}"),
    (b"\x1f\x8b", "compressed by gzip: unpack it and send the model file inside"),
    (b"BZh", "compressed by bzip2: unpack it and send the model file inside"),
    (b"\xfd7zXZ", "compressed by xz: unpack it and send the model file inside"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it and send the model file inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it and send the model file inside"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it and send the model file inside"),
    (b"\x04\x22\x4d\x18", "compressed by lz4: unpack it and send the model file inside"),
    (b"ftrt", "a TensorRT engine, which is bound to one GPU: send the ONNX file that it was built from"),
    (b"\x93NUMPY", "a NumPy array: data sets go to /v1/datasets (as .npz with x and y)"),
    (b"PAR1", "a Parquet table: data sets go to /v1/datasets"),
    (b"\x89PNG", "a picture: pictures go to /v1/datasets, in a .zip of class folders"),
    (b"\xff\xd8\xff", "a picture: pictures go to /v1/datasets, in a .zip of class folders"),
    (b"GIF8", "a picture: pictures go to /v1/datasets, in a .zip of class folders"),
    (b"%PDF", "a PDF document: send an ONNX or TorchScript file"),
    (b"GGUF", "a GGUF file: language models are not audited"),
    (b"\x12\x01\0\0\0\0\0\0", "an MXNet parameter file: export the network as ONNX and send the .onnx file"),
    (b"tree\nversion=", "a LightGBM model: decision trees are not audited, networks and linear models are"),
    (b"ir_version:", "an ONNX model as text: save it with onnx.save as a binary file and send that"),
    (b"\x7fELF", "compiled machine code, which is never run: send the ONNX or TorchScript file that it was built from"),
    (b"MZ", "a Windows program, which is never run: send an ONNX or TorchScript file"),
)
#: The same for FlatBuffers, whose first bytes are an offset: what stands behind it.
_MAGIC_AT_4: tuple[tuple[bytes, str], ...] = (
    (b"TFL", f"a TensorFlow Lite model: {_TENSORFLOW}"),
    (b"ORTM", "a model in onnxruntime's own .ort format: send the .onnx file that it was converted from"),
    (b"ET1", "an ExecuTorch program: send the .pt2 file that it was lowered from (torch.export.save)"),
)
#: How a file may be called whose content tells nothing → the same.
_NAMED: tuple[tuple[tuple[str, ...], str], ...] = (
    ((".onnx.data", ".onnx_data", ".data"), _ONNX_DATA),
    ((".pdmodel", ".pdiparams"), f"a part of a PaddlePaddle model: {_PADDLE}"),
    ((".caffemodel", ".prototxt"), f"a part of a Caffe model: {_CAFFE}"),
    ((".weights",), f"a file of weights without the network: load them into it and {_EXPORT}"),
    ((".bin",), f"a file of weights without the network: load them into it and {_EXPORT}"),
    ((".msgpack",), f"a Flax checkpoint: {_TENSORFLOW} (after jax2tf)"),
    ((".ckpt", ".index", ".pb"), f"a part of a TensorFlow model: {_TENSORFLOW}"),
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
    (".onnx.data", _ONNX_DATA),
    (".onnx_data", _ONNX_DATA),
    (".pdmodel", f"a PaddlePaddle model: {_PADDLE}"),
    (".caffemodel", f"a Caffe model: {_CAFFE}"),
    (".data/python_version", f"a torch.package, whose code is never run: load it in Python and {_EXPORT}"),
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
    for magic, text in _MAGIC_AT_4:
        if head[4:].startswith(magic):
            return text
    if _is_saved_model(head, path):
        return f"the saved_model.pb of a TensorFlow SavedModel: {_TENSORFLOW}"
    if head.startswith(b"\x0a") and (b"Placeholder" in head or b"\x12\x05Const" in head):
        return f"a frozen TensorFlow graph: {_TENSORFLOW}"
    if b"\xa6params" in head[:64]:
        return f"a Flax checkpoint (msgpack), which holds weights without the network: {_TENSORFLOW} (after jax2tf)"
    if _is_safetensors(head, size):
        return f"a safetensors file, which holds weights without the network: load them into it and {_EXPORT}"
    said = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if said.startswith((b"<!doctype html", b"<html")):
        return "an HTML page: a download that gave an error page or needed a login; fetch the file again and send it"
    if said.startswith(b"<?xml") and b"<net" in said:
        return "an OpenVINO network: send the ONNX file that it was converted from"
    if said.startswith(b"<?xml") and b"<pmml" in said:
        return "a PMML document: export the model as ONNX (skl2onnx) and send the .onnx file"
    if said.startswith(b"name:") and b"layer" in said:
        return f"a Caffe network as text: {_CAFFE}"
    if said.startswith(b"[net]"):
        return "a Darknet configuration: convert it with its weights to ONNX and send the .onnx file"
    if said.startswith(b"{"):
        return "a JSON text, not a model file (a TensorFlow.js model.json, a config?): send an ONNX or TorchScript file"
    if said.startswith((b"import ", b"from ", b"#!", b"class ", b"def ")):
        return f"source code, which is never run: load the model in Python and {_EXPORT}"
    if _is_pickle(head):
        return f"a Python pickle (an old torch.save checkpoint?), which is never loaded: {_EXPORT}"
    return None


def recognise_name(filename: str) -> str | None:
    """Return the same for a file whose content says nothing, by its name alone."""
    return next((text for ends, text in _NAMED if filename.lower().endswith(ends)), None)


def _is_saved_model(head: bytes, path: Path) -> bool:
    """A SavedModel's first fields are those of an ONNX file of 2017; its tag is ``serve``."""
    if not head.startswith(b"\x08\x01\x12"):
        return False
    with path.open("rb") as file:
        return b"\x22\x05serve" in file.read(_MOST_SEARCHED)


def _is_safetensors(head: bytes, size: int) -> bool:
    """Eight bytes with the length of a JSON header, and the header."""
    length = int.from_bytes(head[:8], "little")
    return 2 <= length <= size - 8 and head[8:10] in (b'{"', b"{ ", b"{}")


def _is_pickle(head: bytes) -> bool:
    return head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
