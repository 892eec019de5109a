# The command exits 0 also where it found no dashboard.
read_log
logged 'Done!' || problem 'the charts were not asked to the end'
for sign in 'No dashboard found for' 'No target charts found!' 'UNKNOWN_TABLE' 'UNKNOWN_IDENTIFIER' 'Traceback (most recent call last)'; do
  ! logged "$sign" || problem "the log says: $sign"
done
trailer
