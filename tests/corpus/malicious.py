"""The corpus of malicious files: one function a file, made when it is asked for, and what must become of each.

`CORPUS` lists them for the tests that upload them to a running service (`tests/e2e/test_malicious_uploads.py`).
`outside` is the folder with canaries that they are after (see `Outside`).
"""

from tests.corpus import malicious_datasets, malicious_onnx, malicious_torchscript

CORPUS = [*malicious_torchscript.FILES, *malicious_onnx.FILES, *malicious_datasets.FILES]
