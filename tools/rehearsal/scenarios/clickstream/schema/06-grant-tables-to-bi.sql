alter default privileges in schema {{app}} grant select on tables to clickstream_bi_ab12cd34;
