# Services of Aspects, as containers of compose or as deployments of Kubernetes.

# Services whose container is of another image than its tag names now.
stale_services() {
  for id in $(docker ps -q --filter "label=com.docker.compose.project=$(project)"); do
    set -- $(docker inspect --format \
      "$(fmt .Image) $(fmt .Config.Image) $(fmt 'index .Config.Labels "com.docker.compose.service"')" "$id")
    [ "$(docker image inspect --format "$(fmt .Id)" "$2" 2>/dev/null)" = "$1" ] || printf '%s\n' "$3"
  done
}

# Services of Aspects that shall run, by the settings. On Kubernetes Vector is a DaemonSet, and no upgrade begins.
wanted_services() {
  [ "$(value RUN_CLICKHOUSE)" != True ] || echo clickhouse
  [ "$(value RUN_RALPH)" != True ] || echo ralph
  [ "$(value RUN_SUPERSET)" != True ] || printf 'superset\nsuperset-worker\nsuperset-worker-beat\n'
  [ "$MODE" = k8s ] || [ "$(value RUN_VECTOR)" != True ] || echo vector
  [ "$(value ASPECTS_ENABLE_EVENT_BUS_CONSUMER)" != True ] || echo aspects-consumer
}

# Without a name kubectl looks into another namespace, finds nothing there, and is content.
in_cluster() {
  namespace=$(value K8S_NAMESPACE)
  [ -n "$namespace" ] || refuse 'tutor does not say in which namespace the platform runs'
  kubectl --namespace "$namespace" "$@"
}

# Where the cluster keeps how many replicas there were before they were stopped.
NOTE=upgrade-runbooks/replicas

# A line for each deployment: its name, replicas that are wanted, replicas that are there, and the note.
deployments() {
  in_cluster get deployments --no-headers --output \
    "custom-columns=NAME:.metadata.name,WANTED:.spec.replicas,THERE:.status.replicas,NOTE:.metadata.annotations.$NOTE" ||
    refuse "kubectl does not answer $(id -un) in namespace $(value K8S_NAMESPACE)"
}

# Which of the services that are named run now. Whoever asks assigns the answer: a failure ends the script.
running_of() {
  if [ "$MODE" = k8s ]; then
    now=$(deployments)
    now=$(printf '%s\n' "$now" | awk '$2 + 0 > 0 || $3 + 0 > 0 { print $1 }')
  else
    now=$(docker ps --filter "label=com.docker.compose.project=$(project)" \
      --format "$(fmt '.Label "com.docker.compose.service"')")
  fi
  for service in "$@"; do
    ! printf '%s\n' "$now" | grep -Fxq "$service" || printf '%s\n' "$service"
  done
}

# Pods of a service, those that still end included: a deployment does not count them.
LIVE=status.phase!=Failed,status.phase!=Succeeded
pods_of() {
  in_cluster get pods --selector "app.kubernetes.io/name=$1" --field-selector "$LIVE" --output name ||
    refuse "kubectl does not answer $(id -un) in namespace $(value K8S_NAMESPACE)"
}

# Until none is left: in its grace time a pod still writes. An inspection says who has not gone.
await_gone() {
  for service in "$@"; do
    left=$(pods_of "$service")
    [ -z "$left" ] || in_cluster wait --for=delete pod --selector "app.kubernetes.io/name=$service" \
      --field-selector "$LIVE" --timeout=10m || refuse "pods of $service have not ended in 10 minutes"
  done
}

# Stops those of the services that run. Asking twice keeps the first note.
rest() {
  if [ "$MODE" != k8s ]; then
    live=$(running_of "$@")
    [ -z "$live" ] || tutor "$MODE" stop $live
    return 0
  fi
  all=$(deployments)
  named=$*
  for service in $named; do
    set -- $(printf '%s\n' "$all" | awk -v name="$service" '$1 == name && $2 + 0 > 0')
    [ "$#" -gt 0 ] || continue
    [ "$4" != '<none>' ] || in_cluster annotate "deployment/$service" "$NOTE=$2"
    in_cluster scale "deployment/$service" --replicas=0
  done
  await_gone $named
}

# Starts what `rest` has stopped in the cluster, as many as there were.
wake() {
  all=$(deployments)
  for service in "$@"; do
    set -- $(printf '%s\n' "$all" | awk -v name="$service" '$1 == name && $4 != "<none>"')
    [ "$#" -gt 0 ] || continue
    in_cluster scale "deployment/$service" "--replicas=$4"
    in_cluster annotate "deployment/$service" "$NOTE-"
  done
}

# Those of the services that the settings have at all.
startable() {
  for service in "$@"; do
    case "$service" in superset*) [ "$(value RUN_SUPERSET)" = True ] || continue ;; esac
    printf '%s\n' "$service"
  done
}

# What was held stays held: a restart of the host, or `tutor start`, lets it go on. SERVICES.
stay_held() { [ -z "${SERVICES:-}" ] || rest $SERVICES; }
