# Stop: let it end, for it would leave the platform half down
# Containers of the new images. `restart` keeps the old ones, and `do` does not replace a server that runs.
right_root
if [ "$MODE" = k8s ]; then
  tutor k8s start
  # Superset may rest since its database was brought back; a start leaves the number of replicas as it is.
  wake superset superset-worker superset-worker-beat
  exit 0
fi
tutor "$MODE" start -d
stale=$(stale_services)
[ -z "$stale" ] || tutor "$MODE" dc up -d --no-deps --force-recreate $stale
