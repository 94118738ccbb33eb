"""Logs rotate while a process writes."""

from pathlib import Path

from service.embedded.rotation import rotate


def test_a_large_log_is_moved_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("ab", buffering=0) as output:  # as a child's standard error is
        for number in range(5):
            output.write(b"%d" % number * 100)
            assert rotate(log, largest=50, kept=3)
            assert log.stat().st_size == 0
        output.write(b"new")
        assert not rotate(log, largest=50, kept=3)
    assert log.read_bytes() == b"new", "no hole before it"
    assert [(tmp_path / f"api.log.{n}").read_bytes()[:1] for n in (1, 2, 3)] == [b"4", b"3", b"2"]
    assert not (tmp_path / "api.log.4").exists()
