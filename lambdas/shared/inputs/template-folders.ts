// Where the templates of Clickstream Analytics on AWS are published, by partition. Pure values.

export const BASE_URLS: Readonly<Record<string, string>> = {
  aws: 'https://solutions-reference.s3.amazonaws.com/clickstream-analytics-on-aws',
  'aws-cn': 'https://aws-gcr-solutions.s3.cn-north-1.amazonaws.com.cn/clickstream-analytics-on-aws',
};

/** A folder of a bucket. */
export interface BucketFolder {
  readonly bucket: string;
  readonly folder: string;
}

/** The published templates as folders of their buckets: of one partition, or of all. */
export const publishedFolders = (partition?: string): BucketFolder[] =>
  Object.entries(BASE_URLS)
    .filter(([name]) => partition === undefined || name === partition)
    .map(([, base]) => {
      const { hostname, pathname } = new URL(base);
      return { bucket: hostname.split('.s3.')[0]!, folder: pathname.slice(1) };
    });
