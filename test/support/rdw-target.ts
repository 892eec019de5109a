/** Two tenants of an instance in one bucket, as a target's file has them; one has no prefix. */
export const RDW = {
  tenants: [
    {
      id: 'PA',
      warehouseSchema: 'warehouse_pa',
      migrateSchema: 'migrate_olap_pa',
      reportingSchema: 'reporting_pa',
      pathPrefix: 'pa',
    },
    {
      id: 'TS_S001',
      warehouseSchema: 'warehouse_ts_s001',
      migrateSchema: 'migrate_olap_ts_s001',
      reportingSchema: 'reporting_ts_s001',
    },
  ],
  source: { host: 'aurora.example', user: 'rdw_ingest' },
  warehouse: { type: 'provisioned', cluster: 'rdw-qa', database: 'opus' },
  copyRoleArn: 'arn:aws:iam::000000000000:role/rdw-redshift',
  bucket: 'archive',
  kubernetes: {
    clusterName: 'rdw-qa',
    endpoint: 'https://kubernetes.example',
    certificateAuthority: 'QUJD',
  },
  vpc: {
    vpcId: 'vpc-0a1b2c3d',
    subnetIds: ['subnet-0a1b2c3d'],
    securityGroupIds: ['sg-0a1b2c3d'],
  },
};
