--! Purpose: make the table that closed orders are copied to
--! Rerun: safe, an existing table stays as it is
--! Needs: orders
--! Parameters: none

create table if not exists {{id:schema}}.orders_archive (like {{id:schema}}.orders);
