read_log
logged 'Done!' || problem 'the replay did not come to its end'
! logged 'Traceback (most recent call last)' || problem 'the replay met an error'
trailer
