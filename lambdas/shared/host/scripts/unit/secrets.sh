# Writes every secret of config.yml, and of what tutor renders, one a line and the longest first. Only the
# user can read the file; it stays on the host.
write_secrets() {
  config="$TUTOR_ROOT/config.yml"
  # A file that cannot be read would make an empty list, with which everything passes.
  [ ! -f "$config" ] || [ -r "$config" ] || refuse "$(id -un) cannot read $config"
  {
    # What was a secret stays one: config.yml may be half written at this moment.
    [ ! -f "$1" ] || cat "$1"
    if [ -f "$config" ]; then
      awk '
        function put(text) {
          sub(/^[ \t]+/, "", text); sub(/[ \t\r]+$/, "", text); sub(/,$/, "", text)
          print text
          bare = text
          if (bare ~ /^".*"$/ || bare ~ /^\047.*\047$/) bare = substr(bare, 2, length(bare) - 2)
          print bare
          plain = bare
          gsub(/\047\047/, "\047", plain); print plain
          plain = bare
          gsub(/\\"/, "\"", plain); gsub(/\\\\/, "\\", plain); print plain
        }
        # Lines that are indented deeper belong to the key above: blocks, lists, keys of certificates.
        /^[ \t]*(- )?[A-Za-z0-9_.-]+:([ \t]|$)/ {
          match($0, /^[ \t]*(- )?/); depth = RLENGTH
          key = $0; sub(/:.*/, "", key)
          if (inside && depth > indent) { value = $0; sub(/^[^:]*:/, "", value); put(value); next }
          inside = toupper(key) ~ /PASSWORD|SECRET|KEY|TOKEN/
          indent = depth
          if (inside) { value = $0; sub(/^[^:]*:/, "", value); put(value) }
          next
        }
        inside { value = $0; sub(/^[ \t]*-[ \t]+/, "", value); put(value) }
      ' "$config"
    fi
    # What is not in config.yml, or is a template there, only tutor can say.
    for name in $SECRET_NAMES; do
      if ! grep -q "^$name:" "$config" 2>/dev/null || grep -q "^$name:.*[{]" "$config"; then
        tutor config printvalue "$name" 2>/dev/null || true
      fi
    done
  } | awk '
    # Words that are no secret would make every log unreadable.
    { text = $0; sub(/^[ \t]+/, "", text); sub(/[ \t\r]+$/, "", text) }
    text == "" || tolower(text) ~ /^([|>][+-]?|true|false|yes|no|null|none|~|[[][]]|[{][}]|""|\047\047)$/ { next }
    !seen[text]++ {
      print text
      coded = text
      gsub(/\\/, "\\\\", coded); gsub(/"/, "\\\"", coded)
      if (coded != text && !seen[coded]++) print coded
      coded = ""
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        coded = coded (c ~ /[A-Za-z0-9_.~-]/ ? c : (c in hex ? hex[c] : c))
      }
      if (coded != text && !seen[coded]++) print coded
    }
    BEGIN { for (i = 32; i < 127; i++) hex[sprintf("%c", i)] = sprintf("%%%02X", i) }
  ' | awk '{ printf "%d\t%s\n", length($0), $0 }' | sort -rn | cut -f2- > "$1.new"
  mv "$1.new" "$1"
}
SECRET_NAMES='MYSQL_ROOT_PASSWORD OPENEDX_MYSQL_PASSWORD OPENEDX_SECRET_KEY CLICKHOUSE_ADMIN_PASSWORD
ASPECTS_CLICKHOUSE_LRS_PASSWORD ASPECTS_CLICKHOUSE_VECTOR_PASSWORD ASPECTS_CLICKHOUSE_REPORT_PASSWORD
ASPECTS_CLICKHOUSE_CMS_PASSWORD RALPH_ADMIN_PASSWORD RALPH_LMS_PASSWORD SUPERSET_DB_PASSWORD
SUPERSET_SECRET_KEY SUPERSET_OAUTH2_CLIENT_SECRET SUPERSET_ADMIN_PASSWORD SUPERSET_LMS_PASSWORD DBT_SSH_KEY'
write_secrets "$unit/secrets"
