import { isTransient } from '../../../../lambdas/shared/errors';
import { type AccessDeps, openCluster } from '../../../../lambdas/shared/kubernetes/access';
import { KubernetesApi, selectorText } from '../../../../lambdas/shared/kubernetes/api';
import { callHttps } from '../../../../lambdas/shared/kubernetes/https';
import type { Pod } from '../../../../lambdas/shared/kubernetes/objects';
import { ApiServer, PLACE } from '../../../support/kubernetes/api-server';
import { STRANGER } from '../../../support/kubernetes/certificates';

const REF = { namespace: 'rdw', name: 'migrate' };
const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const deps = (over: Partial<AccessDeps> = {}): AccessDeps => ({
  secret: async () => undefined,
  credentials: async () => KEYS,
  now: () => Date.UTC(2026, 0, 1),
  ...over,
});

let server: ApiServer;
beforeEach(async () => {
  server = await new ApiServer().start();
});
afterEach(() => server.stop());

const open = (over: object = {}, access?: Partial<AccessDeps>) =>
  openCluster({ ...server.cluster, ...over }, deps(access));
const answer = (status: number, message: string) => () => ({ status, body: { message } });

describe('a Deployment', () => {
  it('is read with a fresh token that names the cluster', async () => {
    const api = await open();
    await expect(api.deployment(REF)).resolves.toMatchObject({ spec: { replicas: 2 } });
    const [{ method, url, authorization }] = server.seen as [(typeof server.seen)[number]];
    expect([method, url]).toEqual(['GET', PLACE]);
    const token = authorization!.replace(/^Bearer k8s-aws-v1\./, '');
    const signed = new URL(Buffer.from(token, 'base64url').toString());
    expect(signed.origin).toBe('https://sts.us-west-2.example.com');
    expect(Object.fromEntries(signed.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      'X-Amz-Expires': '60',
      'X-Amz-Credential': 'AKIATEST/20260101/us-west-2/sts/aws4_request',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    });
  });

  // Both signatures were computed apart from this code, after the documentation of Signature Version 4.
  it.each([
    [undefined, 'e22a767863a384341f9d016662095785af3c22c04b5f5ea9b0c91e8e674496af'],
    ['a+b/c==', '45e23997c655892874c65afe8faf48e96116c2b946bad0735fc80a554a493b19'],
  ])('is read with a signature that STS accepts: session %j', async (sessionToken, signature) => {
    const api = await open({}, { credentials: async () => ({ ...KEYS, sessionToken }) });
    await api.deployment(REF);
    const token = server.seen[0]!.authorization!.replace(/^Bearer k8s-aws-v1\./, '');
    const { searchParams } = new URL(Buffer.from(token, 'base64url').toString());
    expect(searchParams.get('X-Amz-Signature')).toBe(signature);
    expect(searchParams.get('X-Amz-Security-Token') ?? undefined).toBe(sessionToken);
  });

  it('is scaled only as it was looked at, and by name', async () => {
    const api = await open();
    await expect(api.scale(REF, 0, '99')).resolves.toBe(false);
    await expect(api.scale(REF, 0, '100')).resolves.toBe(true);
    expect(server.replicas).toBe(0);
    expect(server.patches.at(-1)).toMatchObject({
      url: `${PLACE}/scale?fieldManager=upgrade-runbooks`,
      contentType: 'application/merge-patch+json',
      body: '{"metadata":{"resourceVersion":"100"},"spec":{"replicas":0}}',
    });
  });

  it('that is not there is nothing to read, and an error to scale', async () => {
    server.exists = false;
    const api = await open();
    await expect(api.deployment(REF)).resolves.toBeUndefined();
    await expect(api.scale(REF, 0, '1')).rejects.toMatchObject({
      name: 'KubernetesNotFoundError',
      message: expect.stringMatching(/migrate in namespace rdw is gone.*redrive/),
    });
  });

  it('has its pods listed by all conditions of its selector, page by page', async () => {
    const page = (name: string, next?: string) => () => ({
      status: 200,
      body: { metadata: { continue: next }, items: [{ metadata: { name } }] as Pod[] },
    });
    server.next = [page('a', 'more'), page('b')];
    const selector = { matchLabels: { app: 'migrate', tier: 'x' } };
    const api = await open();
    const pods = await api.pods(REF, {
      metadata: { name: 'm', resourceVersion: '1' },
      spec: { selector },
    });
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    const queries = server.seen.map(({ url }) => new URL(url, server.endpoint).searchParams);
    expect(queries.map((query) => [query.get('labelSelector'), query.get('continue')])).toEqual([
      ['app=migrate,tier=x', null],
      ['app=migrate,tier=x', 'more'],
    ]);
  });

  it('may be selected by expressions', () => {
    const matchExpressions = [
      { key: 'a', operator: 'In', values: ['x', 'y'] },
      { key: 'b', operator: 'NotIn', values: ['z'] },
      { key: 'c', operator: 'Exists' },
      { key: 'd', operator: 'DoesNotExist' },
    ] as const;
    expect(selectorText({ matchExpressions })).toBe('a in (x,y),b notin (z),c,!d');
  });
});

describe('refusals say what to do', () => {
  it.each([
    [401, 'KubernetesUnauthorizedError', /create-access-entry.*redrive/],
    [403, 'KubernetesForbiddenError', /no way.*patch on deployments\/scale.*redrive/],
    [422, 'KubernetesRefusedError', /no way \(status 422\).*redrive/],
    [429, 'TryAgainError', /no way \(status 429\)/],
    [503, 'TryAgainError', /no way \(status 503\)/],
  ])('status %i is %s', async (status, name, message) => {
    server.next = [answer(status, 'no way')];
    const refused = (await open()).deployment(REF);
    await expect(refused).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it('an address nobody listens at, and a certificate of somebody else', async () => {
    const late = await open();
    const strange = (await open({ certificateAuthority: STRANGER })).deployment(REF);
    await expect(strange).rejects.toMatchObject({
      name: 'KubernetesUnreachableError',
      message: expect.stringMatching(/certificate is not accepted.*describe-cluster/),
    });
    await server.stop();
    const refused = await late.deployment(REF).catch((e: Error) => e);
    expect(refused).toMatchObject({
      name: 'KubernetesUnreachableError',
      message: expect.stringMatching(/takes no connection \(ECONNREFUSED\).*redrive/),
    });
    expect(isTransient(refused)).toBe(false);
    server = await new ApiServer().start();
  });

  it('a connection that breaks, a late answer and one that is no JSON are tried again', async () => {
    const impatient: typeof callHttps = (call) => callHttps(call, { connectMs: 900, answerMs: 50 });
    const connection = { endpoint: server.endpoint, inVpc: false, token: async () => 'x' };
    const { certificateAuthority } = server.cluster;
    const ca = Buffer.from(certificateAuthority!, 'base64').toString();
    const api = new KubernetesApi({ ...connection, ca }, impatient);
    server.next = [() => 'hang up', () => 'silence'];
    await expect(api.deployment(REF)).rejects.toMatchObject({ name: 'TryAgainError' });
    await expect(api.deployment(REF)).rejects.toThrow('no answer in 0.05 s');
    const html = new KubernetesApi(connection, async () => ({ status: 200, body: '<html>' }));
    await expect(html.deployment(REF)).rejects.toThrow('the API server answers no JSON');
    const page = new KubernetesApi(connection, async () => ({ status: 403, body: '<html>' }));
    await expect(page.deployment(REF)).rejects.toThrow('<html>');
  });
});

describe('the cluster', () => {
  const ARN = 'arn:aws:secretsmanager:us-west-2:1:secret:x';

  it('may be described by a secret, which counts before the configuration', async () => {
    const { endpoint, certificateAuthority } = server.cluster;
    const value = JSON.stringify({ endpoint, certificateAuthority, token: 'abc' });
    const api = await open(
      { secretArn: ARN, endpoint: 'https://elsewhere.example', certificateAuthority: undefined },
      { secret: async () => value },
    );
    await api.deployment(REF);
    expect(server.seen[0]!.authorization).toBe('Bearer abc');
  });

  it('signs as the role that is configured', async () => {
    const asked: unknown[] = [];
    const credentials = async (...of: unknown[]) => {
      asked.push(of);
      return KEYS;
    };
    await (await open({ roleArn: 'arn:role' }, { credentials })).deployment(REF);
    expect(asked).toEqual([['arn:role', 'us-west-2']]);
  });

  it.each([[undefined], ['nonsense'], ['"text"'], ['{"token": "a b"}'], ['{"endpoint": 7}']])(
    'refuses a secret of %j without showing it',
    async (value) => {
      await expect(open({ secretArn: ARN }, { secret: async () => value })).rejects.toMatchObject({
        name: 'KubernetesUnauthorizedError',
        message: expect.not.stringContaining('a b'),
      });
    },
  );

  it.each([[undefined], ['http://10.0.0.1'], ['https://']])(
    'refuses address %j',
    async (endpoint) => {
      await expect(open({ endpoint })).rejects.toThrow(/set endpoint in the configuration/);
    },
  );
});
