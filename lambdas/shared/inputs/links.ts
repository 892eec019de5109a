// Addresses of the console, in the partition of the ARN they lead to.

/** Console page of an execution (`…:execution:…`) or a state machine (`…:stateMachine:…`). */
export function consoleLink(arn: string): string {
  const [, , , region = '', , resource] = arn.split(':');
  const page = resource === 'execution' ? 'v2/executions/details' : 'statemachines/view';
  return `https://${hostOf(region)}/states/home?region=${region}#/${page}/${arn}`;
}

function hostOf(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  return 'console.aws.amazon.com';
}
