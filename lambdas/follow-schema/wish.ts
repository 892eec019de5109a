// What is asked of the solution's machine for one application, and what its failures mean.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { ForeignExecutionError } from '../shared/errors';
import type { ForeignAttempt } from '../shared/foreign-attempts';
import { describeExecution, type ForeignWish } from '../shared/foreign-executions';
import { reasonOf, type Trouble } from '../shared/foreign-trouble';
import { editedInput } from './edited-input';
import { sqlsOf } from './find';
import type { FollowSchemaPayload } from './payload';

/** Redshift's words when it is given a function in Python. */
const PYTHON = /plpython|create function is not supported for language/i;

/** An attempt goes through the list without Python functions. */
const isEdited = ({ about }: ForeignAttempt): boolean => about.edited === 'yes';

export function schemaWish(
  { machineArn, appId, functions }: FollowSchemaPayload,
  sfn: Pick<SFNClient, 'send'>,
  readObject: (uri: string) => Promise<string>,
): ForeignWish {
  const inputOf = async (arn: string): Promise<string> => {
    const input = (await describeExecution(sfn, arn))?.input;
    if (input !== undefined) return input;
    throw new ForeignExecutionError(
      `application ${appId}: Step Functions knows execution ${arn} no more, whose list is to be run. Retry the upgrade in the ` +
        'web console, then redrive',
    );
  };
  return {
    machineArn,
    // All of the solution's SQL may be run again.
    async input(attempt) {
      const { origin } = attempt.about;
      const input = await inputOf(origin ?? attempt.arn);
      return isEdited(attempt) ? editedInput(sqlsOf(input), functions, readObject) : input;
    },
    next: ({ about, arn }) => (about.origin === undefined ? { origin: arn } : about),
    refuses: (trouble, attempt) =>
      !isEdited(attempt) && trouble.texts.some((text) => PYTHON.test(text)),
    describe(trouble, attempt, status) {
      const { index } = trouble;
      const list = isEdited(attempt) ? 'schema’s edited SQL' : "schema's SQL";
      const where = index === undefined ? `the ${list}` : `element ${index} of the ${list}`;
      return `application ${appId}: ${where} failed in ${attempt.arn}, which ended ${status}: ${reasonOf(trouble)}`;
    },
  };
}

/** Text of a failure that was refused, for the report. */
export const refusedText = (appId: string, { texts, index }: Trouble): string =>
  `application ${appId}: Redshift refused a function in Python at element ${index ?? 'unknown'} of the schema's SQL (${texts[0]}): ` +
  'external functions stand for them, and the list goes on without them';
