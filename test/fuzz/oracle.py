"""Reads messages with Python's email package and tells which of their attachments begin with the bytes of argv[1] (base64).

A message is a length in four bytes, big endian, and so many bytes; its answer is one line of JSON: a list of
[policy, content type, disposition, file name, size, defects of the message] for each such attachment.
"""
import base64
import email
import email.policy
import json
import sys

MARK = base64.b64decode(sys.argv[1])
POLICIES = (("compat32", email.policy.compat32), ("default", email.policy.default))


def quiet(step, otherwise=""):
    """Parts of the package raise on what they cannot read; to whoever uses it such a part is none."""
    try:
        return step()
    except Exception:
        return otherwise


def attachments(message):
    defects = sorted({type(one).__name__ for part in message.walk() for one in part.defects})
    for part in message.walk():
        if part.is_multipart():
            continue
        name = quiet(part.get_filename) or ""
        disposition = quiet(part.get_content_disposition) or ""
        kind = quiet(part.get_content_type)
        if disposition != "attachment" and not name and kind.startswith("text/"):
            continue
        content = quiet(lambda: part.get_payload(decode=True), None)
        if content and content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(MARK):
            yield [kind, disposition, str(name), len(content), defects]


def found(raw):
    for name, policy in POLICIES:
        message = quiet(lambda: email.message_from_bytes(raw, policy=policy), None)
        if message is None:
            continue
        for one in quiet(lambda: list(attachments(message)), []):
            yield [name, *one]


source = sys.stdin.buffer
while head := source.read(4):
    raw = source.read(int.from_bytes(head, "big"))
    print(json.dumps(list(found(raw))), flush=True)
