"""What a page keeps of much that was printed."""

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
