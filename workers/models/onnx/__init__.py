"""ONNX files: admission, translation to torch, and the operators that it knows."""
