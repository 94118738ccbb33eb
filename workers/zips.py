"""What reading a damaged or hostile zip may raise: Python's reader lets every kind of parsing error through."""

import lzma
import struct
import zipfile
import zlib

#: ValueError covers names that are no UTF-8, RuntimeError encrypted members, KeyError members that are missing.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
)
