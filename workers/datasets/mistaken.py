"""Files that are often sent in place of the one that was meant."""


def what_it_is(head: bytes) -> str:
    """Return a clause that says what a file with these first bytes is and what to send instead, or nothing."""
    if head.lstrip()[:1] == b"<":
        return "; it is a page of HTML or XML, saved by a download that failed"
    if head.startswith(b"version https://git-lfs"):
        return "; it is a pointer of Git LFS: fetch the files themselves with `git lfs pull`"
    if head.startswith(b"\x89HDF"):
        return "; it is an HDF5 file: save its arrays with numpy.savez_compressed(file, x=…, y=…)"
    if head.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return "; it is a pickle, which is never loaded: save its arrays with numpy.savez_compressed(file, x=…, y=…)"
    if head.startswith(b"MATLAB"):
        return "; it is a MATLAB file: save its arrays with numpy.savez_compressed(file, x=…, y=…)"
    if head.startswith(b"\x1a\x45\xdf\xa3") or head[4:8] == b"ftyp":
        return "; it is a video or HEIC file: send single pictures as JPEG or PNG"
    if head.startswith((b"Rar!", b"7z\xbc\xaf")):
        return "; it is a RAR or 7z archive: pack the files as .zip or .tar"
    return ""
