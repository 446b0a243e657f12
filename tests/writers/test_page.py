"""What a page keeps of much that was printed."""

from pathlib import Path

import pytest

from forecasting.writers import page


def test_of_very_much_that_was_printed_the_beginning_and_the_end_are_shown() -> None:
    end = page.MAX_PRINT_END
    whole = "a" * end + "b" * end
    assert page._shortened(whole) == whole
    told = "… 1,000 more characters are in the notebook …"
    assert (
        page._shortened("a" * end + "x" * 1000 + "b" * end) == f"{'a' * end}\n{told}\n{'b' * end}"
    )
    assert "… 1 more characters" in page._shortened(whole + "b")


def test_pictures_of_prose_are_within_the_page_and_heads_have_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.png").write_bytes(b"a picture")
    prose = page._markdown("## Cars\n\n![a](a.png)")
    assert '<img src="data:image/png;base64,YSBwaWN0dXJl" alt="a"' in prose
    assert "anchor-link" not in prose
