--! Purpose: what a serverless warehouse used since an instant, in RPU seconds, and the most it had, in RPU
--! Rerun: safe, reads only
--! Needs: sys_serverless_usage (superuser or role sys:monitor; refused to others)
--! Parameters: :since

select cast(sum(compute_seconds) as varchar(64)) as used,
       cast(max(compute_capacity) as varchar(64)) as capacity
from sys_serverless_usage
where start_time >= :since::timestamp;
