--! Purpose: nothing is cut short or rounded in silence, and our statements give way to those of the application
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: none
-- MySQL. In texts only a quotation mark has to be escaped. Key 0 and odd dates arrive as they are. A session
-- whose task is gone is ended by the server, and with it its transaction.
set session sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES',
  session innodb_lock_wait_timeout = 2,
  session lock_wait_timeout = 60,
  session wait_timeout = 180,
  session net_read_timeout = 120,
  session net_write_timeout = 120
