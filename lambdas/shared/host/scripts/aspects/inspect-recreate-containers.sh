# Every service of Aspects runs, and none on an old image.
if [ "$MODE" = k8s ]; then
  namespace=$(value K8S_NAMESPACE)
  for service in $(wanted_services); do
    kubectl --namespace "$namespace" rollout status "deployment/$service" --timeout=5m > /dev/null 2>&1 ||
      problem "deployment $service is not rolled out"
  done
  trailer
  exit 0
fi
for service in $(wanted_services); do
  [ -n "$(running_of "$service")" ] || problem "service $service does not run"
done
stale=$(stale_services)
[ -z "$stale" ] || problem "these still run on old images: $(printf '%s ' $stale)"
member services "$(js_list "$(running_of $(wanted_services))")"
trailer
