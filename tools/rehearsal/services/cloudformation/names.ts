// Names as CloudFormation makes them: stack, logical id, random letters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html

import { createHash } from 'node:crypto';

/** The letters are the same for the same resource: a rehearsal can be repeated. */
export function generatedName(stack: string, logicalId: string): string {
  const hash = createHash('md5').update(`${stack} ${logicalId}`).digest('hex');
  const letters = BigInt(`0x${hash}`).toString(36).toUpperCase().padStart(12, '0').slice(-12);
  return `${stack}-${logicalId}-${letters}`;
}
