# Plays systemd for one service: opens a TCP and a unix socket, keeps them, and hands them to each process that it is told to start.
# stdin: "start", one line each. stdout: what the processes say, and lines of its own as JSON with "keeper".
import json
import os
import socket
import sys

path, argv = sys.argv[1], sys.argv[2:]
tcp = socket.create_server(('127.0.0.1', 0), backlog=256)
unix = socket.socket(socket.AF_UNIX)
unix.bind(path)
unix.listen(256)


def say(**fields):
    os.write(1, (json.dumps({'keeper': True, **fields}) + '\n').encode())


def start():
    pid = os.fork()
    if pid == 0:
        kept = [os.dup(one.fileno()) for one in (tcp, unix)]
        for place, fd in enumerate(kept):
            os.dup2(fd, 103 + place)
        for place in range(len(kept)):
            os.dup2(103 + place, 3 + place)
        os.closerange(5, 200)
        env = {**os.environ, 'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '2', 'LISTEN_FDNAMES': 'mx:submission'}
        os.execve(argv[0], argv, env)
    return pid


say(port=tcp.getsockname()[1])
for line in sys.stdin:
    pid = start()
    say(pid=pid)
    _, status = os.waitpid(pid, 0)
    say(ended=pid, code=os.waitstatus_to_exitcode(status))
