# What the scripts of Aspects share. MODE is local, dev or k8s.
tutor_version() { tutor --version 2>/dev/null | awk '{ print $NF }'; }
plugin_version() { python -m pip show tutor-contrib-aspects 2>/dev/null | awk '$1 == "Version:" { print $2 }'; }
value() { tutor config printvalue "$1" 2>/dev/null || true; }
project() { [ "$MODE" = dev ] && echo tutor_dev || echo tutor_local; }

# Under another root `config save` makes a new project with new passwords, and exits 0.
right_root() {
  root=$(tutor config printroot 2>/dev/null || true)
  [ "$root" = "$TUTOR_ROOT" ] || refuse "tutor works in ${root:-no folder}, not in $TUTOR_ROOT"
  [ -f "$TUTOR_ROOT/config.yml" ] || refuse "there is no $TUTOR_ROOT/config.yml: this is not the root of the platform"
  # `tutor dev` stops a local platform on the same host.
  if [ "$MODE" = dev ] && [ -n "$(containers_of tutor_local)" ]; then
    refuse 'a local platform runs on this host: tutor dev would stop it'
  fi
}

containers_of() { docker ps --filter "label=com.docker.compose.project=$1" --format "$(fmt .Names)" 2>/dev/null; }

# Names of jobs that still run. Two dbt runs beside each other exchange the same tables.
jobs_now() {
  if [ "$MODE" = k8s ]; then
    in_cluster get pods --selector app.kubernetes.io/component=job \
      --field-selector status.phase=Running --output name
  else
    docker ps --filter name=-job-run- --format "$(fmt .Names)"
  fi
}

no_jobs() {
  jobs=$(jobs_now)
  [ -z "$jobs" ] || refuse "a job still runs on this host: $(printf '%s ' $jobs). Wait until it has ended, then redrive" 75
  : > "$unit/has-jobs"
}

# Whether a word stands in the log of the unit.
logged() { grep -Fq -- "$1" "$unit/log.plain"; }

# IMAGES as this mode runs them: dev has one of its own for the platform.
own_images() {
  for image in $IMAGES; do
    if [ "$MODE" = dev ] && [ "$image" = openedx ]; then image=openedx-dev; fi
    printf '%s\n' "$image"
  done
}

# Of each secret of config.yml its name and a hash: whoever compares sees whether one has changed, and nobody
# sees which it is. `config save` writes the same value in other quotes and without its comment.
secret_hashes() {
  awk -v sq="'" '
    /^[A-Z0-9_]*(PASSWORD|SECRET|KEY|TOKEN)[A-Z0-9_]*:/ {
      name = $0; sub(/:.*/, "", name)
      text = $0; sub(/^[^:]*:[ \t]*/, "", text); sub(/[ \t\r]+$/, "", text)
      if (match(text, "^" sq "([^" sq "]|" sq sq ")*" sq)) {
        text = substr(text, 2, RLENGTH - 2); gsub(sq sq, sq, text)
      } else if (match(text, /^"([^"\\]|\\.)*"/)) {
        text = substr(text, 2, RLENGTH - 2); gsub(/\\"/, "\"", text); gsub(/\\\\/, "\\", text)
      } else sub(/[ \t]+#.*$/, "", text)
      print name " " text
    }' "$TUTOR_ROOT/config.yml" | while read -r name text; do
    printf '%s %s\n' "$name" "$(printf '%s' "$text" | sha256sum | cut -c 1-64)"
  done
}

# The unit's log without colours; an inspection reads it, each a copy of its own.
read_log() {
  esc=$(printf '\033')
  [ -f "$UNIT_FOLDER/log" ] || refuse "there is no log of the command in $UNIT_FOLDER"
  tr '\r' '\n' < "$UNIT_FOLDER/log" | sed "s/$esc\[[0-9;?]*[A-Za-z]//g" > "$unit/log.plain"
}
