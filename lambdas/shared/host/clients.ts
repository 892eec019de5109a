import { perRegion } from '../clients';
import { SystemsManager } from './ssm';

/** Run Command of a region. */
export const runCommandIn = perRegion(({ region }) => new SystemsManager(region));
