# Takes every secret out of what passes through, and colours. Without a list of secrets nothing passes.
redact() {
  if [ ! -f "$1" ]; then
    cat > /dev/null
    return 0
  fi
  esc=$(printf '\033')
  tr '\r' '\n' | sed "s/$esc\[[0-9;?]*[A-Za-z]//g" | awk -v list="$1" '
    BEGIN { while ((getline text < list) > 0) secret[++n] = text; close(list) }
    function word(c) { return c ~ /[A-Za-z0-9_]/ }
    function clean(line, s,   out, at, before, after, short) {
      short = length(s) < 6
      out = ""
      while ((at = index(line, s)) > 0) {
        before = at > 1 ? substr(line, at - 1, 1) : ""
        after = substr(line, at + length(s), 1)
        # Three letters that happen to be a password are one only where they stand alone.
        if (short && (word(before) || word(after))) {
          out = out substr(line, 1, at + length(s) - 1)
        } else {
          out = out substr(line, 1, at - 1) "[redacted]"
        }
        line = substr(line, at + length(s))
      }
      return out line
    }
    { line = $0; for (i = 1; i <= n; i++) if (index(line, secret[i])) line = clean(line, secret[i]); print line }'
}

# The last bytes of a log, whole lines, without secrets: cut only after they are gone.
clean_tail() { [ -f "$1" ] && tail -n 200 "$1" | redact "$2" | grep -v '^RUNBOOK-' | tail -c "$3" || true; }
