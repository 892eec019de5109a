read_log
logged 'Done!' || problem 'the downgrade did not come to its end'
! logged "Can't locate revision" || problem 'the plugin that is installed does not know the revision: install the new one first'
trailer
