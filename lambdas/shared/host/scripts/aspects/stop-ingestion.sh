# Stop: let it end, for it takes seconds
# What writes into ClickHouse rests while tables are filled: rows that come in between would be missing. The
# LMS keeps its tracking logs, and tasks that fail are tried again or replayed. SERVICES.
right_root
if [ "$MODE" = k8s ]; then
  for service in $SERVICES; do
    kubectl --namespace "$(value K8S_NAMESPACE)" scale "deployment/$service" --replicas=0
  done
else
  now=$(running_of $SERVICES)
  [ -z "$now" ] || tutor "$MODE" stop $now
fi
