-- Grain: as landed. The input has to be read and written once, whatever is asked of it.
create schema floor;
create table floor.customers as select * from raw_custom_billing.customers;
create table floor.subscription_lines as select * from raw_custom_billing.subscription_lines;
