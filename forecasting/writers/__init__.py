"""Tables, lists and sentences as HTML, as text and as sheets of a workbook; pages and documents of
notebooks; nothing of vehicles.
"""
