/**
 * Resource types whose replacement or removal loses data, users or keys. Prefixes end in `::`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const STATEFUL_TYPES: readonly string[] = [
  'AWS::ApiGateway::ApiKey',
  'AWS::Backup::BackupVault',
  'AWS::Cassandra::',
  'AWS::CodeCommit::Repository',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::IdentityPool',
  'AWS::DAX::Cluster',
  'AWS::DocDB::',
  'AWS::DynamoDB::',
  'AWS::EC2::EIP',
  'AWS::EC2::Volume',
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::ElastiCache::',
  'AWS::Elasticsearch::Domain',
  'AWS::FSx::',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::Kinesis::Stream',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::KMS::Key',
  'AWS::KMS::ReplicaKey',
  'AWS::Logs::LogGroup',
  'AWS::MSK::',
  'AWS::MemoryDB::',
  'AWS::Neptune::',
  'AWS::OpenSearchService::Domain',
  'AWS::OpenSearchServerless::Collection',
  'AWS::QuickSight::DataSource',
  'AWS::RDS::',
  'AWS::Redshift::',
  'AWS::RedshiftServerless::',
  'AWS::Route53::HostedZone',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
  'AWS::Timestream::',
];

/** True for a type of the list. */
export const isStateful = (type: string): boolean =>
  STATEFUL_TYPES.some((known) => (known.endsWith('::') ? type.startsWith(known) : type === known));
