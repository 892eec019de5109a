--! Purpose: what could act outside of Aspects' databases, or on what comes in from outside: a copy of it would do so a second time
--! Rerun: safe, reads only
--! Needs: right to see them, and the names of all databases
--! Parameters: :databases

select database,
       name,
       engine,
       create_table_query as definition,
       (select groupArray(name) from system.databases) as known
from system.tables
where has(:databases, database)
  and engine in ('MaterializedView', 'Kafka', 'RabbitMQ', 'NATS', 'S3Queue', 'AzureQueue', 'FileLog', 'MaterializedPostgreSQL')
order by database, name
