# Each of these runs: SERVICES.
SERVICES=$(startable $SERVICES)
live=$(running_of $SERVICES)
for service in $SERVICES; do
  if ! printf '%s\n' "$live" | grep -Fxq "$service"; then
    problem "service $service does not run"
  elif [ "$MODE" = k8s ]; then
    in_cluster rollout status "deployment/$service" --timeout=5m > /dev/null 2>&1 ||
      problem "deployment $service is not rolled out"
  fi
done
trailer
