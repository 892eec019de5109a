// Stand-ins for the administration of a warehouse: its IAM roles, its snapshots, its capacity.
// https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/
// https://docs.aws.amazon.com/redshift/latest/APIReference/

export { RedshiftService } from './provisioned';
export { RedshiftServerlessService } from './serverless';
