# Looks at everything of the host that decides the way: versions, settings without secrets, images, space.
root=$(tutor config printroot 2>/dev/null || true)
version=$(tutor_version)
[ -n "$version" ] || problem "there is no program tutor in $HOST_PATH that runs"
[ "$root" = "$TUTOR_ROOT" ] || problem "tutor works in ${root:-no folder}, not in $TUTOR_ROOT"
[ -f "$TUTOR_ROOT/config.yml" ] || problem "there is no $TUTOR_ROOT/config.yml: this is not the root of the platform"
member tutor "$(js "$version")"
member python "$(js "$(python -V 2>&1 | awk '{ print $2 }')")"
member root "$(js "$root")"
member plugin "$(js "$(plugin_version)")"
member mfe "$(js "$(python -m pip show tutor-mfe 2>/dev/null | awk '$1 == "Version:" { print $2 }')")"
member plugins "$(js_list "$(tutor plugins list 2>/dev/null | awk '/enabled/ { print $1 }')")"
if [ -n "$problems" ]; then
  trailer
  exit 0
fi

settings=
for name in DBT_BRANCH DBT_REPOSITORY ASPECTS_VERSION CLICKHOUSE_CLUSTER_NAME CLICKHOUSE_HOST CLICKHOUSE_HOST_HTTP_PORT \
  CLICKHOUSE_SECURE_CONNECTION ASPECTS_XAPI_DATABASE ASPECTS_EVENT_SINK_DATABASE ASPECTS_VECTOR_DATABASE \
  DBT_PROFILE_TARGET_DATABASE ASPECTS_RAW_XAPI_TABLE ASPECTS_DATA_TTL_EXPRESSION EVENT_SINK_MODELS_ENABLED ASPECTS_ENABLE_PII \
  RUN_CLICKHOUSE RUN_RALPH RUN_SUPERSET RUN_VECTOR ASPECTS_ENABLE_EVENT_BUS_CONSUMER RUN_MYSQL SUPERSET_DB_NAME \
  SUPERSET_DB_HOST SUPERSET_DASHBOARD_LOCALES CLICKHOUSE_K8S_VOLUME_SIZE ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS; do
  if text=$(tutor config printvalue "$name" 2>/dev/null); then
    settings="$settings${settings:+,}\"$name\":$(js "$(printf '%s' "$text" | tr '\n' ' ' | cut -c 1-200)")"
  fi
done
member settings "{$settings}"

# A value in config.yml wins over a new plugin's default.
member pins "$(js_list "$(grep -oE '^(DBT_BRANCH|DBT_REPOSITORY|ASPECTS_VERSION|DOCKER_IMAGE_[A-Z_]+|SUPERSET_DASHBOARD_LOCALES|EVENT_SINK_MODELS_ENABLED|ASPECTS_DATA_TTL_EXPRESSION)' \
  "$TUTOR_ROOT/config.yml" || true)")"
member patches "$(js_list "$(tutor config patches list 2>/dev/null | awk '{ print $1 }' |
  grep -E '^(superset-|clickhouse-|dbt-)' | sort -u | head -n 40 || true)")"

docker_version=$(docker version --format "$(fmt .Server.Version)" 2>/dev/null || true)
[ -n "$docker_version" ] || [ "$MODE" = k8s ] || problem "docker does not answer user $(id -un)"
member docker "{\"server\":$(js "$docker_version"),\"compose\":$(js "$(docker compose version --short 2>/dev/null || true)"),\"buildx\":$(js "$(docker buildx version 2>/dev/null | awk '{ print $2 }' || true)")}"
local_now=$(containers_of tutor_local | wc -l | tr -d ' ')
dev_now=$(containers_of tutor_dev | wc -l | tr -d ' ')
member containers "{\"local\":$(js_number "$local_now"),\"dev\":$(js_number "$dev_now")}"
# In a cluster nobody runs them in docker: its deployments are asked.
services=$(running_of clickhouse ralph vector superset superset-worker superset-worker-beat aspects-consumer mysql \
  lms cms lms-worker cms-worker 2>/dev/null) || services=
if [ "$MODE" = k8s ] && ! (deployments) > /dev/null 2>&1; then
  problem "kubectl does not answer user $(id -un) in namespace $(value K8S_NAMESPACE)"
fi
member running "$(js_list "$services")"
member jobs "$(js_list "$(jobs_now | head -n 10)")"

images=
for image in $(IMAGES='openedx aspects aspects-superset' own_images); do
  tag=$(tutor images printtag "$image" 2>/dev/null | head -n 1 || true)
  [ -n "$tag" ] || continue
  id=$(docker image inspect --format "$(fmt .Id)" "$tag" 2>/dev/null | cut -c 1-19 || true)
  images="$images${images:+,}\"$image\":{\"tag\":$(js "$tag"),\"id\":$(js "$id")}"
done
member images "{$images}"

free_bytes() { df -Pk "$1" 2>/dev/null | awk 'NR == 2 { printf "%.0f", $4 * 1024 }'; }
docker_root=$(docker info --format "$(fmt .DockerRootDir)" 2>/dev/null || true)
member disk "{\"docker\":$(js_number "$(free_bytes "${docker_root:-/}")"),\"root\":$(js_number "$(free_bytes "$TUTOR_ROOT")")}"
member memoryBytes "$(js_number "$(awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 }' /proc/meminfo 2>/dev/null || true)")"
trailer
