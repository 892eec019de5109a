--! Purpose: create the database of the new table (MySQL)
--! Rerun: safe, a database that is there stays as it is
--! Needs: the right CREATE
--! Parameters: :character_set, :collation

create database if not exists {{id:database}} character set :character_set collate :collation;
