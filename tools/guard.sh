#!/bin/sh
# Ends what a supervisor started when the supervisor itself is gone, even by kill -9.
#
# Standard input is a pipe whose other end only the supervisor holds; it sends lines:
#   watch ORDER PID SIGNAL SECONDS   PID leads a process group; end it by SIGNAL, after SECONDS by KILL
#   forget PID                       it has ended
#   remove DIRECTORY                 throw-away; delete it at the end
#   keep DIRECTORY
# When the pipe closes, everything still watched is ended in ORDER. A shell, not node: it costs a
# megabyte and outlives somebody ending every node process.
trap '' INT TERM HUP
newline='
'
watched=''
folders=''

without() { # lines of $1 that do not match the pattern $2
  printf '%s' "$1" | grep -v -- "$2"
}

lives() { # an orphan that ended may wait as a zombie for somebody to collect it
  kill -0 "$1" 2>/dev/null || return 1
  stat=''
  [ -r "/proc/$1/stat" ] && read -r stat <"/proc/$1/stat"
  case $stat in *') Z '*) return 1 ;; esac
}

while IFS= read -r line; do
  case $line in
    'watch '*) watched="$watched${line#watch }$newline" ;;
    'forget '*) watched="$(without "$watched" "^[0-9]* ${line#forget } ")$newline" ;;
    'remove '*) folders="$folders${line#remove }$newline" ;;
    'keep '*) folders="$(printf '%s' "$folders" | grep -v -x -F -- "${line#keep }")$newline" ;;
  esac
done

printf '%s' "$watched" | sort -n | while read -r _order pid signal seconds; do
  [ -n "$pid" ] || continue
  kill -s "$signal" "$pid" 2>/dev/null || continue
  left=$((seconds * 10))
  while [ "$left" -gt 0 ] && lives "$pid"; do
    sleep 0.1
    left=$((left - 1))
  done
  kill -s KILL -- "-$pid" 2>/dev/null
done

printf '%s' "$folders" | while IFS= read -r folder; do
  case $folder in
    /*/*) rm -rf -- "$folder" ;;
  esac
done
