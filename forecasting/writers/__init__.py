"""Tables, lists and sentences as HTML, as text and as sheets of a workbook; nothing of vehicles."""
