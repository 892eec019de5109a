# None of these runs: SERVICES.
still=$(running_of $SERVICES)
[ -z "$still" ] || problem "these still write: $(printf '%s ' $still)"
member stopped "$(js_list "$(printf '%s\n' $SERVICES)")"
trailer
