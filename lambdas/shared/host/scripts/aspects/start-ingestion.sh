# Stop: let it end, for it takes seconds
# What was stopped writes again, in a cluster with as many replicas as before: SERVICES.
right_root
SERVICES=$(startable $SERVICES)
if [ "$MODE" = k8s ]; then
  wake $SERVICES
elif [ -n "$SERVICES" ]; then
  tutor "$MODE" start -d $SERVICES
fi
