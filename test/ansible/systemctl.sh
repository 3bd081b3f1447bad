#!/bin/sh
# Stands in for systemctl in a folder where systemd does not run: notes what it is asked, remembers what is enabled, and runs the command of a
# service as the unit says, as far as that goes without systemd (user, group, folders). `boot` starts what is enabled, as a host does.
state=/var/lib/systemctl
namespace=$(readlink /proc/self/ns/pid | tr -dc 0-9)
mkdir -p $state
[ "$1" = boot ] || echo "$@" >>/var/log/systemctl.calls

file() { echo "/etc/systemd/system/$1"; }
said() { sed -n "s/^$2=//p" "$(file "$1")" | tail -n 1; }
# The PID of a service of this namespace, where it lives: one that nobody has buried yet does not.
pid() {
  [ -e "$state/$1.$namespace" ] || return 1
  process=$(cat "$state/$1.$namespace")
  grep -q '^State:.[^Z]' "/proc/$process/status" 2>/dev/null && echo "$process"
}
active() {
  case "$1" in
  *.service) pid "$1" >/dev/null ;;
  *) [ -e "$state/$1.active" ] ;;
  esac
}
folder() {
  name=$(said "$1" "$2")
  mode=$(said "$1" "$2Mode")
  [ -z "$name" ] || install -d -o "$(said "$1" User)" -g "$(said "$1" Group)" -m "$mode" "$3/$name"
}
start() {
  active "$1" && return
  case "$1" in
  *.service) ;;
  *) touch "$state/$1.active" && return ;;
  esac
  folder "$1" RuntimeDirectory /run
  folder "$1" StateDirectory /var/lib
  setsid setpriv --reuid="$(said "$1" User)" --regid="$(said "$1" Group)" --init-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
    env -i PATH=/usr/bin:/bin STATE_DIRECTORY="/var/lib/$(said "$1" StateDirectory)" \
    sh -c "umask 0007; exec $(said "$1" ExecStart)" >>"/var/log/$1.log" 2>&1 </dev/null &
  echo $! >"$state/$1.$namespace"
}
stop() {
  rm -f "$state/$1.active"
  process=$(pid "$1") || return
  kill -TERM "$process"
  while pid "$1" >/dev/null; do sleep 0.1; done
  echo "ended $1" >>/var/log/systemctl.calls
}

case "$1" in
show)
  [ -e "$(file "$2")" ] || { echo LoadState=not-found; exit 0; }
  echo LoadState=loaded
  active "$2" && echo ActiveState=active || echo ActiveState=inactive
  ;;
is-active) active "$2" && echo active || { echo inactive; exit 3; } ;;
is-enabled) [ -e "$state/$2.enabled" ] && echo enabled || { echo disabled; exit 1; } ;;
enable) touch "$state/$2.enabled" ;;
disable) rm -f "$state/$2.enabled" ;;
start) start "$2" ;;
reload) kill -HUP "$(pid "$2")" ;;
stop) stop "$2" ;;
restart | boot)
  # The inspector is part of the filter, which wants it.
  # Another host with these numbers may have been here before.
  [ "$1" = boot ] && rm -f "$state"/*.service."$namespace"
  [ "$1" = boot ] && [ ! -e $state/peekaboo.service.enabled ] && exit 0
  stop peekaboo.service
  stop peekaboo-inspector.service
  start peekaboo-inspector.service
  start peekaboo.service
  ;;
esac
exit 0
