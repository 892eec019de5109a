# None of these runs: SERVICES.
if [ "$MODE" = k8s ]; then
  now=$(for service in $SERVICES; do
    kubectl --namespace "$(value K8S_NAMESPACE)" get "deployment/$service" \
      --output 'jsonpath={.status.replicas}' 2>/dev/null | grep -q '[1-9]' && echo "$service"
  done || true)
else
  now=$(running_of $SERVICES)
fi
[ -z "$now" ] || problem "these still write: $(printf '%s ' $now)"
member stopped "$(js_list "$(printf '%s\n' $SERVICES)")"
trailer
