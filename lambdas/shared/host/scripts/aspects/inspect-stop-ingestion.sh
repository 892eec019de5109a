# None of these runs: SERVICES. Where tutor does not answer nobody knows.
right_root
still=$(running_of $SERVICES)
if [ "$MODE" = k8s ]; then
  for service in $SERVICES; do
    left=$(pods_of "$service")
    [ -z "$left" ] || still="$still $service"
  done
fi
still=$(printf '%s\n' $still | sort -u)
member still "$(js_list "$still")"
[ -z "$still" ] || problem "these still write: $(printf '%s ' $still)"
member stopped "$(js_list "$(printf '%s\n' $SERVICES)")"
trailer
