# Who works: the agent is root and knows no profile, so user, home and project are always said.
home_of() {
  home=$(getent passwd "$HOST_USER" 2>/dev/null | cut -d: -f6) || home=
  printf %s "${home:-/home/$HOST_USER}"
}

as_user() {
  if [ "$(id -un)" = "$HOST_USER" ]; then "$@"; else runuser -u "$HOST_USER" -- "$@"; fi
}

give_to_user() { [ "$(id -un)" = "$HOST_USER" ] || chown -R "$HOST_USER" "$@"; }

# What a unit or an inspection is made of; the folder is the user's and nobody else's.
write_files() {
  { write_values; printf "export HOME='%s'\nunit='%s'\n" "$(home_of)" "$1"; } > "$1/values"
  { printf '. "$1"\n'; write_prelude; write_script; } > "$1/script.sh"
  { printf '. "$1"\n'; write_prelude; write_secrets_script; } > "$1/secrets.sh"
  date +%s > "$1/started"
}

# True while the process of a unit lives: a number alone may be another's after a restart.
lives() {
  [ -s "$1/pid" ] || return 1
  read -r pid born < "$1/pid"
  [ -n "$born" ] && [ "$(born_of "$pid")" = "$born" ]
}

# The list of secrets is as new as config.yml; making it asks tutor, as the user who may read the file.
fresh_secrets() {
  list="$1/secrets"
  if [ ! -f "$list" ] || [ -n "$(find "$TUTOR_ROOT/config.yml" -newer "$list" 2>/dev/null)" ]; then
    as_user /bin/sh "$1/secrets.sh" "$1/values" > /dev/null 2>&1 || rm -f "$list"
  fi
}
