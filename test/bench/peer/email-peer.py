"""The filter that one writes in an afternoon: python3-milter, the email package, hashlib and SQLite.

It walks each message, takes the SHA-256 of every attachment, looks the digests up and inserts the new ones, and accepts.
Nothing is answered before the end of the message. When told to end it prints how much it saw.

  email-peer.py unix:/PATH DATABASE
"""
import email
import email.policy
import hashlib
import sqlite3
import sys
import threading

import Milter

counts = {"messages": 0, "attachments": 0}
counting = threading.Lock()
# libmilter has a thread for each connection; one database connection for all is cheaper than one for each.
database = sqlite3.connect(sys.argv[2], check_same_thread=False)
using = threading.Lock()


def attachments(message):
    """Bytes of every part that has a name or says that it is an attachment."""
    for part in message.walk():
        if not part.is_multipart() and (part.get_filename() or part.get_content_disposition() == "attachment"):
            yield part.get_payload(decode=True) or b""


class EmailFilter(Milter.Base):
    @Milter.noreply
    def envfrom(self, sender, *words):
        self.pieces = []
        return Milter.CONTINUE

    @Milter.noreply
    def header(self, name, value):
        self.pieces.append(f"{name}: {value}\n".encode("utf-8", "surrogateescape"))
        return Milter.CONTINUE

    @Milter.noreply
    def eoh(self):
        self.pieces.append(b"\n")
        return Milter.CONTINUE

    @Milter.noreply
    def body(self, chunk):
        self.pieces.append(chunk)
        return Milter.CONTINUE

    def eom(self):
        message = email.message_from_bytes(b"".join(self.pieces))
        self.pieces = []
        digests = [hashlib.sha256(content).digest() for content in attachments(message)]
        if digests:
            remember(digests)
        with counting:
            counts["messages"] += 1
            counts["attachments"] += len(digests)
        return Milter.ACCEPT


def remember(digests):
    with using, database as transaction:
        unique = sorted(set(digests))
        marks = ",".join("?" * len(unique))
        known = {row[0] for row in transaction.execute(f"SELECT digest FROM seen WHERE digest IN ({marks})", unique)}
        new = [(digest,) for digest in unique if digest not in known]
        if new:
            transaction.executemany("INSERT OR IGNORE INTO seen VALUES (?)", new)


def main():
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE IF NOT EXISTS seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")
    Milter.factory = EmailFilter
    Milter.setbacklog(1024)
    Milter.runmilter("email-peer", sys.argv[1], 300)
    print('{"messages":%d,"attachments":%d}' % (counts["messages"], counts["attachments"]), flush=True)


main()
