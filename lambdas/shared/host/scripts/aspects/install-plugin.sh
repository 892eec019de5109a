# Stop: let it end, for pip replaces files one by one
# Installs the wanted version and holds Tutor where it is: VERSION, TUTOR_VERSION.
right_root
now=$(tutor_version)
[ "$now" = "$TUTOR_VERSION" ] || refuse "Tutor is $now now and was $TUTOR_VERSION when the way was decided"
set -- "tutor-contrib-aspects==$VERSION" "tutor==$TUTOR_VERSION"
# From 2.2 on the plugin asks for tutor-mfe, whose newest version would take Tutor with it.
case "$VERSION" in 1.* | 2.0.* | 2.1.*) ;; *) set -- "$@" "tutor-mfe==${TUTOR_VERSION%%.*}.*" ;; esac
python -m pip install --disable-pip-version-check --no-input "$@"
