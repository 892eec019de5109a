# Every service of Aspects runs, and none on an old image.
if [ "$MODE" = k8s ]; then
  for service in $(wanted_services); do
    in_cluster rollout status "deployment/$service" --timeout=5m > /dev/null 2>&1 ||
      problem "deployment $service is not rolled out"
  done
  trailer
  exit 0
fi
live=$(running_of $(wanted_services))
for service in $(wanted_services); do
  printf '%s\n' "$live" | grep -Fxq "$service" || problem "service $service does not run"
done
stale=$(stale_services)
[ -z "$stale" ] || problem "these still run on old images: $(printf '%s ' $stale)"
member services "$(js_list "$live")"
trailer
