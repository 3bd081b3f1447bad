#!/bin/sh
# Stands in for systemctl in a folder where systemd does not run: notes what it is asked, and remembers what is enabled and active.
echo "$@" >>/var/log/systemctl.calls
state=/var/lib/systemctl
mkdir -p $state
case "$1" in
show)
  [ -e "/etc/systemd/system/$2" ] || { echo LoadState=not-found; exit 0; }
  echo LoadState=loaded
  [ -e "$state/$2.active" ] && echo ActiveState=active || echo ActiveState=inactive
  ;;
is-enabled) [ -e "$state/$2.enabled" ] && echo enabled || { echo disabled; exit 1; } ;;
enable) touch "$state/$2.enabled" ;;
disable) rm -f "$state/$2.enabled" ;;
start | restart) touch "$state/$2.active" ;;
stop) rm -f "$state/$2.active" ;;
esac
