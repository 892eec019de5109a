# Stop: let it end, for it takes seconds
# What was stopped writes again: SERVICES.
right_root
if [ "$MODE" = k8s ]; then
  for service in $SERVICES; do
    kubectl --namespace "$(value K8S_NAMESPACE)" scale "deployment/$service" --replicas=1
  done
elif [ -n "$SERVICES" ]; then
  tutor "$MODE" start -d $SERVICES
fi
