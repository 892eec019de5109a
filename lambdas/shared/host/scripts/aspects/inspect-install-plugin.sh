# pip exits 0 also when it has installed another version, or nothing: VERSION, TUTOR_VERSION, DBT_BRANCH.
plugin=$(plugin_version)
[ "$plugin" = "$VERSION" ] || problem "pip shows tutor-contrib-aspects ${plugin:-in no version}, not $VERSION"
now=$(tutor_version)
[ "${now%%.*}" = "${TUTOR_VERSION%%.*}" ] || problem "Tutor has become $now, it was $TUTOR_VERSION"
tutor plugins list 2>/dev/null | awk '$1 == "aspects" && /enabled/ { found = 1 } END { exit !found }' ||
  problem 'the plugin aspects is not enabled: tutor plugins enable aspects'
branch=$(value DBT_BRANCH)
if [ -n "${DBT_BRANCH:-}" ] && [ "$branch" != "$DBT_BRANCH" ]; then
  problem "DBT_BRANCH is ${branch:-empty}, $VERSION comes with $DBT_BRANCH: a value in config.yml hides it, or the plugin is another one"
fi
member plugin "$(js "$plugin")"
member tutor "$(js "$now")"
member dbtBranch "$(js "$branch")"
trailer
