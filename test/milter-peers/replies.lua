-- Every reply at every stage that miltertest can read: the sender's local part says where and what.

local function fail(what)
  mt.echo("FAIL " .. what)
  error(what)
end

local function open()
  local conn = mt.connect("inet:" .. port .. "@127.0.0.1", 40, 0.25)
  if conn == nil then fail("cannot connect") end
  return conn
end

local function expect(conn, err, reply, what)
  if err ~= nil then fail(what .. ": " .. err) end
  if mt.getreply(conn) ~= reply then fail(what .. ": got " .. mt.getreply(conn) .. ", not " .. reply) end
end

local replies = {
  accept = SMFIR_ACCEPT, reject = SMFIR_REJECT, tempfail = SMFIR_TEMPFAIL, discard = SMFIR_DISCARD,
  text = SMFIR_REPLYCODE, later = SMFIR_REPLYCODE,
}

local stages = { "mail", "rcpt", "data", "header", "eoh", "body", "eom" }

local function walk(conn, plan, last)
  local err = mt.mailfrom(conn, "<" .. plan .. "@src.test>")
  if last == "mail" then return err end
  expect(conn, err, SMFIR_CONTINUE, plan .. " at mail")
  err = mt.rcptto(conn, "<b@dst.test>")
  if last == "rcpt" then return err end
  expect(conn, err, SMFIR_CONTINUE, plan .. " at rcpt")
  err = mt.data(conn)
  if last == "data" then return err end
  expect(conn, err, SMFIR_CONTINUE, plan .. " at data")
  err = mt.header(conn, "Subject", "x")
  if last == "header" then return err end
  expect(conn, err, SMFIR_CONTINUE, plan .. " at header")
  err = mt.eoh(conn)
  if last == "eoh" then return err end
  expect(conn, err, SMFIR_CONTINUE, plan .. " at eoh")
  err = mt.bodystring(conn, "hello\r\n")
  if last == "body" then return err end
  expect(conn, err, SMFIR_CONTINUE, plan .. " at body")
  return mt.eom(conn)
end

local count = 0
for _, stage in ipairs(stages) do
  for name, reply in pairs(replies) do
    local conn = open()
    expect(conn, mt.conninfo(conn, "client.test", "127.0.0.1"), SMFIR_CONTINUE, "connect")
    expect(conn, mt.helo(conn, "client.test"), SMFIR_CONTINUE, "helo")
    expect(conn, walk(conn, stage .. "-" .. name, stage), reply, stage .. "-" .. name)
    mt.disconnect(conn)
    count = count + 1
  end
end
mt.echo("checked " .. count .. " replies")
