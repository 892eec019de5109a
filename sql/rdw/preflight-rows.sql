--! Purpose: the alt scores a tenant has in Redshift before the back-fill, by school year
--! Rerun: safe, reads only
--! Needs: exam_alt_score
--! Parameters: :start

select school_year,
       cast(count(*) as varchar(40)) as n,
       cast(sum(case when updated < cast(:start as timestamptz) then 1 else 0 end) as varchar(40))
         as before_start,
       to_char(min(updated) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as first_updated,
       to_char(max(updated) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as last_updated
from {{id:schema}}.exam_alt_score
group by school_year
order by school_year;
