// The console's API answers as the original does: statuses and messages stand here to the letter.

import { PIPELINE, PROJECT, World } from './world';

const NOT_MODIFIED = [{ msg: 'Not Modified.' }];
let world: World;

beforeAll(async () => {
  world = await World.start('clickstream-pipeline-upgrade');
});
afterAll(() => world.stop());

it('refuses who has no token, or another', async () => {
  expect((await world.upgrade({ authorization: '' })).status).toBe(401);
  expect((await world.upgrade({ authorization: 'Bearer of-somebody' })).status).toBe(401);
});

it('refuses a request without an id, and an id it has seen', async () => {
  const missing = await world.upgrade({ 'x-click-stream-request-id': '' });
  expect(missing).toMatchObject({
    status: 400,
    body: { success: false, message: 'Parameter verification failed.' },
  });
  const once = { 'x-click-stream-request-id': 'the-same' };
  await world.upgrade(once);
  expect(await world.upgrade(once)).toMatchObject({
    status: 400,
    body: { message: 'Parameter verification failed.', error: NOT_MODIFIED },
  });
  await world.minutes(11);
  expect((await world.upgrade(once)).body.error).not.toEqual(NOT_MODIFIED);
});

it('knows one pipeline', async () => {
  const path = `/api/pipeline/${PIPELINE}/upgrade?pid=another`;
  expect(await world.ask('POST', path, {})).toMatchObject({
    status: 404,
    body: { message: 'Pipeline resource does not exist.' },
  });
  const { body } = await world.ask('GET', `/api/pipeline?pid=${PROJECT}&version=latest`);
  expect(body.data).toMatchObject({ totalCount: 1 });
});

it('wants a time zone of each application, which is final', async () => {
  expect(await world.upgrade()).toMatchObject({
    status: 400,
    body: {
      message:
        'To upgrade the pipeline, please specify a reporting time zone for the app(s): shop,order registered in this pipeline.',
    },
  });
  expect((await world.setZone('shop')).status).toBe(201);
  expect(await world.setZone('shop', 'Asia/Tokyo')).toEqual({
    status: 400,
    body: { success: true, message: 'Timezone not allowed to be modified.' },
  });
  expect((await world.upgrade()).body.message).toContain('app(s): order registered');
});

it('starts the upgrade, and refuses the next one until it is over', async () => {
  await world.setZone('order');
  expect(await world.upgrade()).toEqual({
    status: 201,
    body: { success: true, message: 'Pipeline upgraded.', data: { id: PIPELINE } },
  });
  expect(await world.upgrade()).toMatchObject({
    status: 400,
    body: { message: 'The pipeline current status does not allow upgrade.' },
  });
  expect(await world.pipeline()).toMatchObject({
    statusType: 'Updating',
    executionDetail: { name: expect.stringMatching(new RegExp(`^main-${PIPELINE}-\\d{13}$`)) },
  });
  await world.until(async () => (await world.pipeline()).statusType === 'Active');
  expect(await world.upgrade()).toMatchObject({
    status: 400,
    body: { message: 'Pipeline is already the latest version.' },
  });
  const path = `/api/pipeline/${PIPELINE}/retry?pid=${PROJECT}`;
  expect((await world.ask('POST', path, {})).status).toBe(400);
});

it('tells how the schemas of the applications are', async () => {
  const path = `/api/pipeline/${PIPELINE}/extend?pid=${PROJECT}`;
  await world.minutes(10);
  const { body } = await world.ask('GET', path);
  expect(body.data).toMatchObject({
    createApplicationSchemasStatus: [
      { appId: 'shop', status: 'FAILED' },
      { appId: 'order', status: 'FAILED' },
    ],
  });
});
