// Addresses of the console, in the partition of the ARN they lead to.

const HOSTS: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Console page of an execution (`…:execution:…`) or a state machine (`…:stateMachine:…`). */
export function consoleLink(arn: string): string {
  const [, partition = 'aws', , region = '', , resource] = arn.split(':');
  const host = HOSTS[partition] ?? 'console.aws.amazon.com';
  const page = resource === 'execution' ? 'v2/executions/details' : 'statemachines/view';
  return `https://${host}/states/home?region=${region}#/${page}/${arn}`;
}
