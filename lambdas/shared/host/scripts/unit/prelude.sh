# What every script begins with. Values come as variables; nothing here may print a secret by itself.
# No word of a value is a pattern of files.
set -euf
umask 077
export LC_ALL=C
PATH="$HOST_PATH:$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
export PATH

# Run Command fills in names in double braces, so docker's formats are put together here.
fmt() { printf '{''{%s}''}' "$1"; }

# When a process began, in a form that the clock's corrections do not touch; empty when there is none, or only
# its number is left because nobody has asked how it ended.
born_of() {
  if [ -d /proc/self ]; then
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr -d ' '
  fi
}

# Ends the script with a reason that a person can act on.
refuse() {
  printf '%s\n' "$1" >&2
  exit "${2:-1}"
}

# A value as a JSON string.
js() {
  printf '%s' "$1" | awk '
    BEGIN { printf "\"" }
    { gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); gsub(/\t/, " "); gsub(/[\001-\037\177]/, "")
      printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }
    END { printf "\"" }'
}

# Lines as a JSON list of strings, in order and without empty ones.
js_list() {
  printf '%s\n' "$1" | awk '
    BEGIN { printf "[" }
    length($0) { gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); gsub(/[\001-\037\177]/, "")
      printf "%s\"%s\"", (n++ ? "," : ""), $0 }
    END { printf "]" }'
}

# A number, or null where there is none.
js_number() { case "$1" in '' | *[!0-9]*) printf null ;; *) printf %s "$1" ;; esac; }

# The members of the trailer, one call each; `trailer` prints it as the last line.
members=
problems=
member() { members="$members,\"$1\":$2"; }
problem() { problems="${problems:+$problems; }$1"; }
trailer() {
  if [ -n "$problems" ]; then
    printf 'RUNBOOK-TRAILER {"ok":false,"problem":%s%s}\n' "$(js "$problems")" "$members"
  else
    printf 'RUNBOOK-TRAILER {"ok":true%s}\n' "$members"
  fi
}
