"""What is too much for Jinja: which milters Postfix asks, and how ours comes among them and out again."""

import re

MAIN = "smtpd_milters"
LOCAL = "non_smtpd_milters"
QUEUE = "unix:/var/spool/postfix/"


def milters(value):
    """The milters of a setting as they stand there: plain addresses, and those in braces."""
    return re.findall(r"\{[^}]*\}|[^\s,{}]+", value)


def address(milter):
    """The address of a milter, without braces and time-outs."""
    return re.split(r"[\s,]+", milter.strip("{} \t\n"))[0]


def setting(entry):
    """Where an entry of peekaboo_milter_also stands: of main.cf, or of a service of master.cf."""
    service = entry.get("service", "")
    return {"": MAIN, "local": LOCAL}.get(service, service + "/" + MAIN)


def postfix_name(listen):
    """Our address as Postfix calls it: a socket below the queue folder is found by its place there, chrooted or not."""
    return "unix:" + listen[len(QUEUE):] if listen.startswith(QUEUE) else listen


def settings(entries, recorded):
    """Every setting that is looked at: where ours is wanted, and where it was put before."""
    return sorted({MAIN} | {setting(one) for one in entries} | {one["setting"] for one in recorded})


def record(entries):
    """What is remembered of the wiring, so that the next run can take it out again."""
    return [{"setting": setting(one), "address": postfix_name(one["listen"])} for one in entries]


def compact(milter):
    """A milter without a blank: postconf takes none for a service."""
    return re.sub(r"[\s,]+", ",", milter.replace("{ ", "{").replace(" }", "}").strip())


def wiring(read, entries, recorded, ways):
    """For each setting what it is, what it is to be, and the milters of others in it. `read` has the values by setting."""
    ours = {(one["setting"], one["address"]) for one in recorded + record(entries)}

    def others(name, value):
        return [one for one in milters(value) if (name, address(one)) not in ours]

    general = others(MAIN, read.get(MAIN, ""))
    planned = []
    for name in settings(entries, recorded):
        before = read.get(name, "").strip()
        is_service = name.endswith("/" + MAIN)
        # A service without a list of its own has the general one, which must go on to be asked.
        theirs = others(name, before) if before or not is_service else general
        mine = ["{ %s, %s }" % (postfix_name(one["listen"]), ways[one["plug"]]) for one in entries if setting(one) == name]
        after = ", ".join(theirs + mine)
        if is_service:
            is_general = not mine and [compact(one) for one in theirs] == [compact(one) for one in general]
            after = "" if is_general else ",".join(compact(one) for one in theirs + mine)
        planned.append({
            "setting": name,
            "before": before,
            "after": after,
            "others": [address(one) for one in theirs],
            "changes": [compact(one) for one in milters(before)] != [compact(one) for one in milters(after)],
        })
    return planned


def postconf(change, folder):
    """The command that makes a change."""
    name, after = change["setting"], change["after"]
    if "/" not in name:
        return ["postconf", "-c", folder, "-e", "%s = %s" % (name, after)]
    return ["postconf", "-c", folder] + (["-P", "%s=%s" % (name, after)] if after else ["-PX", name])


def quoted(text):
    """A text as a literal of SQL."""
    return "'" + str(text).replace("\\", "\\\\").replace("'", "''") + "'"


def host_and_port(listen):
    """Host and port of inet:HOST:PORT or HOST:PORT."""
    host, _, port = re.sub("^inet:", "", listen).rpartition(":")
    return {"host": host.strip("[]"), "port": int(port)}


class FilterModule:
    """Registers the filters."""

    def filters(self):
        """Filters by name."""
        return {
            "peekaboo_settings": settings,
            "peekaboo_record": record,
            "peekaboo_wiring": wiring,
            "peekaboo_postconf": postconf,
            "peekaboo_sql": quoted,
            "peekaboo_host_and_port": host_and_port,
        }
