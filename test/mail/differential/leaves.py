"""Tells what the package email of Python sees in messages: for each message on standard input (length in four bytes, then
its bytes) one line with the leaves of the parser's tree, as pairs of SHA-256 and decoded bytes in base64."""

import base64
import email.parser
import email.policy
import hashlib
import json
import sys
import warnings

warnings.simplefilter("ignore")
POLICIES = {"default": email.policy.default, "compat32": email.policy.compat32}


def leaves(raw, policy):
    found = []
    for part in email.parser.BytesParser(policy=policy).parsebytes(raw).walk():
        if part.is_multipart():
            continue
        try:
            content = part.get_payload(decode=True)
        except Exception as error:  # the parser's own fault: it shows nothing of this part
            found.append(["fault", type(error).__name__])
            continue
        if content:
            found.append([hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode()])
    return found


def main():
    policy = POLICIES[sys.argv[1]]
    while head := sys.stdin.buffer.read(4):
        raw = sys.stdin.buffer.read(int.from_bytes(head, "big"))
        try:
            found = leaves(raw, policy)
        except Exception as error:
            found = [["fault", type(error).__name__]]
        print(json.dumps(found))


main()
