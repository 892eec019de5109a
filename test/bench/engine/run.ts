// One size: prints its figures as JSON. Started by measure.ts.

import { VirtualClock } from '../../../tools/rehearsal/clock';
import { Engine } from '../../../tools/rehearsal/engine';

const items = Number(process.argv[2]);
const LOOKS = 25;
const collect = globalThis.gc!;

let invocations = 0;
let heap = 0;
const every = Math.ceil(items / LOOKS);

function look(): void {
  collect();
  heap = Math.max(heap, process.memoryUsage().heapUsed);
}

const engine = new Engine({
  clock: new VirtualClock(Date.UTC(2026, 0, 5, 9)),
  region: 'us-east-1',
  account: '000000000000',
  partition: 'aws',
  publish: () => undefined,
  authorize: () => undefined,
  invoker: {
    invoke: async () => {
      if (invocations++ % every === 0) look();
      return { done: true };
    },
  },
});

/** Three states: what a waiting task and the question behind it are in our machines. */
const States = {
  Work: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    TimeoutSeconds: 900,
    Next: 'Done?',
  },
  'Done?': {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.done %}', Next: 'End' }],
    Default: 'Work',
  },
  End: { Type: 'Succeed', Output: 1 },
};

async function main(): Promise<void> {
  const stateMachineArn = engine.createStateMachine({
    name: 'bench',
    roleArn: 'arn:aws:iam::000000000000:role/machine',
    definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'For each',
      States: {
        'For each': {
          Type: 'Map',
          Items: `{% $range(1, ${items}, 1) %}`,
          ItemSelector: { item: '{% $states.context.Map.Item.Value %}' },
          MaxConcurrency: 100,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Work',
            States,
          },
          End: true,
        },
      },
    },
  });
  const began = performance.now();
  const { executionArn } = engine.start({ stateMachineArn });
  const { status, cause } = await engine.finished(executionArn);
  const seconds = (performance.now() - began) / 1000;
  look();
  if (status !== 'SUCCEEDED') throw new Error(`${status}: ${cause}`);
  const transitions = 1 + items * Object.keys(States).length;
  const rssMb = process.resourceUsage().maxRSS / 1024;
  engine.close();
  console.log(JSON.stringify({ items, seconds, transitions, heapMb: heap / 2 ** 20, rssMb }));
}

void main();
