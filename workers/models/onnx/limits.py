"""What an uploaded ONNX file may hold: far above any image classifier, far below what hurts a worker."""

#: Size of the file itself; protobuf ends at 2 GiB.
MAX_FILE_BYTES = 2 * 2**30 - 1
#: Protobuf messages in the file; each costs hundreds of bytes once parsed, so that few megabytes can hold gigabytes.
MAX_MESSAGES = 400_000
#: Depth of nested messages (graphs in attributes in nodes in graphs).
MAX_DEPTH = 64
#: Nodes of the main graph, its branches and all functions, once every function call is expanded.
MAX_NODES = 9_000
#: Elements that one tensor of the file declares, and bytes of all of them.
MAX_TENSOR_ELEMENTS = 2**29
MAX_CONSTANT_BYTES = 4 * 2**30
#: Elements of a constant that is computed while the graph is translated (shapes, indices).
MAX_HOST_ELEMENTS = 2**20
#: Elements of one intermediate value for one image (1 GiB of float32).
MAX_VALUE_ELEMENTS = 2**28
#: Dimensions of a value; torch stops at 64, ONNX models at 6.
MAX_RANK = 16
