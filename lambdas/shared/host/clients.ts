import { SSMClient } from '@aws-sdk/client-ssm';
import { perRegion } from '../clients';
import { SystemsManager } from './ssm';

/** Run Command of a region. */
export const runCommandIn = perRegion((settings) => new SystemsManager(new SSMClient(settings)));
