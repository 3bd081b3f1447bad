"""The filter of the differential test on libmilter: what it answers is in what it is told.

A name STAGE-REPLY (the client's host name, the HELO name, or the local part of the sender) makes it answer REPLY at
STAGE. scripted-filter.ts is the same on our library.
"""

import sys

import Milter
import milter

REPLIES = {
    "continue": Milter.CONTINUE,
    "accept": Milter.ACCEPT,
    "reject": Milter.REJECT,
    "tempfail": Milter.TEMPFAIL,
    "discard": Milter.DISCARD,
    "skip": Milter.SKIP,
}


class Peer(Milter.Base):
    def __init__(self):
        self.plan = ""

    def answer(self, stage):
        wanted, _, reply = self.plan.partition("-")
        if wanted != stage:
            return Milter.CONTINUE
        if reply == "text":
            self.setreply("550", "5.7.1", "not wanted")
            return Milter.REJECT
        if reply == "later":
            self.setreply("451", "4.7.1", "come again")
            return Milter.TEMPFAIL
        return REPLIES.get(reply, Milter.CONTINUE)

    def connect(self, hostname, family, hostaddr):
        self.plan = hostname
        return self.answer("connect")

    def hello(self, hostname):
        self.plan = hostname
        return self.answer("helo")

    def envfrom(self, sender, *args):
        self.plan = sender.strip("<>").partition("@")[0]
        return self.answer("mail")

    def envrcpt(self, recipient, *args):
        return self.answer("rcpt")

    def data(self):
        return self.answer("data")

    def unknown(self, command):
        if command.startswith("REFUSE"):
            return Milter.REJECT
        return Milter.CONTINUE

    def header(self, name, value):
        return self.answer("header")

    def eoh(self):
        return self.answer("eoh")

    def body(self, chunk):
        return self.answer("body")

    def eom(self):
        if self.plan == "eom-edits":
            self.edit()
        if self.plan == "eom-quarantine":
            self.quarantine("suspicious")
            return Milter.ACCEPT
        if self.plan == "eom-progress":
            self.progress()
            self.progress()
        return self.answer("eom")

    def edit(self):
        self.chgfrom("<new@src.test>")
        self.addrcpt("<added@dst.test>")
        self.delrcpt("<b@dst.test>")
        self.chgheader("Subject", 1, "changed\n\tand folded")
        self.chgheader("X-Old", 1, "")
        self.addheader("X-Added", "at the end")
        self.addheader("X-Top", "above", 0)
        self.replacebody(b"a new body\r\n")


def announced_main(main):
    def announce():
        print("ready", flush=True)
        main()

    return announce


milter.main = announced_main(milter.main)
Milter.factory = Peer
Milter.set_flags(
    Milter.ADDHDRS + Milter.CHGBODY + Milter.ADDRCPT + Milter.DELRCPT + Milter.CHGHDRS + Milter.QUARANTINE + Milter.CHGFROM
)
Milter.runmilter("peer", "inet:%s@127.0.0.1" % sys.argv[1], 60)
