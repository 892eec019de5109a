--! Purpose: nothing is cut short or rounded in silence, and our statements give way to those of the application
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: none
-- MySQL. In texts only a quotation mark has to be escaped. Key 0 and odd dates arrive as they are. A session
-- whose task is gone is ended by the server, and with it its transaction. A read is ended by it before its task
-- gives it up (MySQL from 5.7.8, MariaDB): a server that still reads does not see that nobody listens any more.
set session sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES',
  session innodb_lock_wait_timeout = 2,
  session lock_wait_timeout = 60,
  session wait_timeout = 180,
  session net_read_timeout = 120,
  session net_write_timeout = 120
  /*!50708 , session max_execution_time = 40000 */
  /*M!100101 , session max_statement_time = 40 */
