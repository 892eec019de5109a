# The importer exits 0 after an error of validation, with the old dashboards gone.
read_log
logged 'Done!' || problem 'the import did not come to its end'
! logged 'An error occurred:' || problem 'the import swallowed an error: "An error occurred:"'
trailer
