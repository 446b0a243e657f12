"""What a forked notebook's shell sends up its pipe, without a fork."""

from forecasting.runs.execute.shell import READ_BYTES, PipeSession, Stream


def test_text_is_held_until_it_is_much_or_is_asked_for():
    sent = []
    stream = Stream("stdout", lambda kind, content: sent.append((kind, content)), 1)
    stream.flush()
    assert stream.write("one ") == 4
    stream.write("two")
    assert sent == []
    stream.flush()
    assert sent == [("stream", {"name": "stdout", "text": "one two"})]
    stream.write("x" * (READ_BYTES - 1))
    assert len(sent) == 1
    stream.write("y")
    assert sent[1][1]["text"] == "x" * (READ_BYTES - 1) + "y"
    stream.flush()
    assert len(sent) == 2
    assert (stream.name, stream.fileno()) == ("<stdout>", 1)


def test_a_message_is_sent_by_its_type_whole_or_in_parts():
    sent = []
    session = PipeSession(key=b"", to=lambda kind, content: sent.append((kind, content)))
    session.send(None, "display_data", {"data": 1})
    session.send(None, {"header": {"msg_type": "clear_output"}, "content": {"wait": True}})
    assert sent == [("display_data", {"data": 1}), ("clear_output", {"wait": True})]
