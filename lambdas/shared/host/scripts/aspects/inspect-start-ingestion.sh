# Each of these runs: SERVICES.
for service in $SERVICES; do
  if [ "$MODE" = k8s ]; then
    kubectl --namespace "$(value K8S_NAMESPACE)" rollout status "deployment/$service" --timeout=5m > /dev/null 2>&1 ||
      problem "deployment $service is not rolled out"
  else
    [ -n "$(running_of "$service")" ] || problem "service $service does not run"
  fi
done
trailer
