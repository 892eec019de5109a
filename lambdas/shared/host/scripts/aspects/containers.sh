# Services whose container is of another image than its tag names now.
stale_services() {
  for id in $(docker ps -q --filter "label=com.docker.compose.project=$(project)"); do
    set -- $(docker inspect --format \
      "$(fmt .Image) $(fmt .Config.Image) $(fmt 'index .Config.Labels "com.docker.compose.service"')" "$id")
    [ "$(docker image inspect --format "$(fmt .Id)" "$2" 2>/dev/null)" = "$1" ] || printf '%s\n' "$3"
  done
}

# Services of Aspects that shall run, by the settings.
wanted_services() {
  [ "$(value RUN_CLICKHOUSE)" != True ] || echo clickhouse
  [ "$(value RUN_RALPH)" != True ] || echo ralph
  [ "$(value RUN_SUPERSET)" != True ] || printf 'superset\nsuperset-worker\nsuperset-worker-beat\n'
  [ "$(value RUN_VECTOR)" != True ] || echo vector
  [ "$(value ASPECTS_ENABLE_EVENT_BUS_CONSUMER)" != True ] || echo aspects-consumer
}

# Which of the services that are named run now.
running_of() {
  now=$(docker ps --filter "label=com.docker.compose.project=$(project)" \
    --format "$(fmt '.Label "com.docker.compose.service"')")
  for service in "$@"; do
    ! printf '%s\n' "$now" | grep -Fxq "$service" || printf '%s\n' "$service"
  done
}
