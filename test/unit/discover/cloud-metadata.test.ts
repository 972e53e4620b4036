import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CloudMetadata } from '../../../src/discover/cloud-metadata.ts';

let root: string;
let server: Server;
let asked: string[];
/** By method and path, as the clouds document their answers; a function may refuse. */
let answers: Record<string, string | ((request: IncomingMessage) => string | undefined)>;

beforeEach(async () => {
  root = `${mkdtempSync(join(tmpdir(), 'cloud-'))}/`;
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    const what = `${request.method} ${request.url}`;
    asked.push(what);
    const answer = answers[what];
    const text = typeof answer === 'function' ? answer(request) : answer;
    response.statusCode = text === undefined ? 404 : 200;
    response.end(text ?? 'no');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  rmSync(root, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

function machine(firmware: Readonly<Record<string, string>>, timeoutMs = 5000): CloudMetadata {
  mkdirSync(`${root}sys/class/dmi/id`, { recursive: true });
  for (const [file, text] of Object.entries(firmware)) writeFileSync(`${root}sys/class/dmi/id/${file}`, `${text}\n`);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new CloudMetadata({ timeoutMs, startIntervalMs: 10, maxIntervalMs: 20, root, origin });
}

const ec2Firmware = { sys_vendor: 'Amazon EC2', board_asset_tag: 'i-0123456789abcdef0' };
const identity = {
  accountId: '123456789012',
  region: 'eu-west-1',
  availabilityZone: 'eu-west-1b',
  instanceId: 'i-0123456789abcdef0',
  imageId: 'ami-5fb8c835',
  instanceType: 'm5.large',
  kernelId: null,
};

function ec2(): void {
  answers['PUT /latest/api/token'] = 'token';
  answers['GET /latest/dynamic/instance-identity/document'] = ({ headers }) =>
    headers['x-aws-ec2-metadata-token'] === 'token' ? JSON.stringify(identity) : undefined;
}

test('a machine of no cloud asks nobody', async () => {
  const cloud = machine({ sys_vendor: 'QEMU', product_name: 'Standard PC' });
  expect(cloud.known).toEqual({});
  expect(await cloud.ask()).toBeUndefined();
  expect(asked).toEqual([]);
});

test('EC2 tells who the machine is, and its firmware the id before that', async () => {
  ec2();
  const cloud = machine(ec2Firmware);
  expect(cloud.known).toEqual({ 'host.id': identity.instanceId });
  expect(await cloud.ask()).toEqual({
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_ec2',
    'cloud.account.id': identity.accountId,
    'cloud.region': 'eu-west-1',
    'cloud.availability_zone': 'eu-west-1b',
    'host.id': identity.instanceId,
    'host.image.id': 'ami-5fb8c835',
    'host.type': 'm5.large',
  });
});

test('GCP tells it, whose ids are larger than a number can hold', async () => {
  const values = {
    'project/project-id': 'shop',
    'instance/id': '6123456789012345679',
    'instance/zone': 'projects/1/zones/europe-west1-b',
    'instance/machine-type': 'projects/1/machineTypes/e2-small',
    'instance/name': 'web-1',
  };
  for (const [path, value] of Object.entries(values)) {
    answers[`GET /computeMetadata/v1/${path}`] = ({ headers }) =>
      headers['metadata-flavor'] === 'Google' ? value : undefined;
  }
  expect(await machine({ product_name: 'Google Compute Engine' }).ask()).toEqual({
    'cloud.provider': 'gcp',
    'cloud.platform': 'gcp_compute_engine',
    'cloud.account.id': 'shop',
    'cloud.region': 'europe-west1',
    'cloud.availability_zone': 'europe-west1-b',
    'host.id': '6123456789012345679',
    'host.type': 'e2-small',
    'gcp.gce.instance.name': 'web-1',
  });
});

test('Azure tells it', async () => {
  const compute = {
    subscriptionId: 's',
    location: 'westeurope',
    vmId: 'id',
    vmSize: 'B1s',
    resourceId: '/r',
    name: 'x',
  };
  answers['GET /metadata/instance/compute?api-version=2021-02-01&format=json'] = ({ headers }) =>
    headers['metadata'] === 'true' ? JSON.stringify(compute) : undefined;
  expect(await machine({ chassis_asset_tag: '7783-7084-3265-9085-8269-3286-77' }).ask()).toEqual({
    'cloud.provider': 'azure',
    'cloud.platform': 'azure_vm',
    'cloud.account.id': 's',
    'cloud.region': 'westeurope',
    'cloud.resource_id': '/r',
    'host.id': 'id',
    'host.type': 'B1s',
  });
});

test('a service that is not there yet is asked again', async () => {
  let refusals = 3;
  ec2();
  answers['PUT /latest/api/token'] = () => (refusals-- > 0 ? undefined : 'token');
  expect(await machine(ec2Firmware).ask()).toMatchObject({ 'cloud.region': 'eu-west-1' });
  expect(asked.filter((what) => what.startsWith('PUT'))).toHaveLength(4);
});

test('a service that does not answer is given up', async () => {
  expect(await machine(ec2Firmware, 100).ask()).toBeUndefined();
  expect(asked.length).toBeGreaterThan(2);
});

test('an agent that stops does not wait for it', async () => {
  const cloud = machine(ec2Firmware, 60_000);
  const answer = cloud.ask();
  cloud.stop();
  expect(await answer).toBeUndefined();
});
