-- Two messages on one connection, the first with every edit, an abort between them, and an unknown command.

local function check(isSo, what)
  if not isSo then
    mt.echo("FAIL " .. what)
    error(what)
  end
end

local conn = mt.connect("inet:" .. port .. "@127.0.0.1", 40, 0.25)
check(conn ~= nil, "cannot connect")
check(mt.conninfo(conn, "client.test", "127.0.0.1") == nil, "connect")
check(mt.helo(conn, "client.test") == nil, "helo")

mt.macro(conn, SMFIC_MAIL, "i", "QUEUEID1")
check(mt.mailfrom(conn, "<eom-edits@src.test>", "SIZE=100") == nil, "mail")
check(mt.rcptto(conn, "<b@dst.test>") == nil, "rcpt")
check(mt.data(conn) == nil, "data")
check(mt.header(conn, "Subject", "original") == nil, "header")
check(mt.header(conn, "X-Old", "old") == nil, "header")
check(mt.eoh(conn) == nil, "eoh")
check(mt.bodyrandom(conn, 100000) == nil, "body")
check(mt.eom(conn) == nil, "eom")
check(mt.getreply(conn) == SMFIR_CONTINUE, "final reply of the first message")
check(mt.eom_check(conn, MT_HDRADD, "X-Added", "at the end"), "added header")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Top", "above", 0), "inserted header")
check(mt.eom_check(conn, MT_HDRCHANGE, "Subject", "changed\n\tand folded"), "changed header")
check(mt.eom_check(conn, MT_HDRDELETE, "X-Old"), "deleted header")
check(mt.eom_check(conn, MT_RCPTADD, "<added@dst.test>"), "added recipient")
check(mt.eom_check(conn, MT_RCPTDELETE, "<b@dst.test>"), "removed recipient")
check(mt.eom_check(conn, MT_BODYCHANGE, "a new body\r\n"), "new body")

check(mt.mailfrom(conn, "<plain@src.test>") == nil, "mail of the aborted message")
check(mt.abort(conn) == nil, "abort")
check(mt.unknown(conn, "REFUSE this") == nil, "unknown command")
check(mt.getreply(conn) == SMFIR_REJECT, "reply to an unknown command")

check(mt.mailfrom(conn, "<eom-text@src.test>") == nil, "second mail")
check(mt.rcptto(conn, "<b@dst.test>") == nil, "second rcpt")
check(mt.header(conn, "Subject", "original") == nil, "second header")
check(mt.eoh(conn) == nil, "second eoh")
check(mt.eom(conn) == nil, "second eom")
check(mt.getreply(conn) == SMFIR_REPLYCODE, "final reply of the second message")
check(mt.eom_check(conn, MT_SMTPREPLY, "550", "5.7.1", "not wanted"), "text of the refusal")
check(not mt.eom_check(conn, MT_HDRADD, "X-Added"), "an edit leaked into the second message")

check(mt.mailfrom(conn, "<eom-quarantine@src.test>") == nil, "third mail")
check(mt.rcptto(conn, "<b@dst.test>") == nil, "third rcpt")
check(mt.eoh(conn) == nil, "third eoh")
check(mt.eom(conn) == nil, "third eom")
check(mt.eom_check(conn, MT_QUARANTINE, "suspicious"), "quarantine")
check(mt.getreply(conn) == SMFIR_ACCEPT, "final reply of the quarantined message")
mt.disconnect(conn)
mt.echo("session checked")
