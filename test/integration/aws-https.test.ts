import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '#adapters/store/dynamodb/client.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not there';

test('over TLS: one connection for many requests, and none where the name is not proven', { skip }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'twinleg-tls-'));
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const certificate = ['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-newkey', 'rsa:2048'];
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', [...certificate, ...names], { stdio: 'ignore' });
  const [key, cert] = [readFileSync(keyFile), readFileSync(certFile, 'utf8')];
  rmSync(directory, { recursive: true });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  const ports = new Set<number | undefined>();
  const server = createServer({ key, cert }, (request, response) => {
    ports.add(request.socket.remotePort);
    response.end('{"Table":{"TableName":"t"}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = (host: string) =>
    createDynamoClient({ table: 't', region: 'ap-northeast-2', endpoint: `https://${host}:${port}` }, 5000);
  const [client, misnamed] = [open('localhost'), open('127.0.0.1')];
  const asked = new DescribeTableCommand({ TableName: 't' });
  try {
    await assert.rejects(client.send(asked), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    setDefaultCACertificates([cert]);
    for (let i = 0; i < 3; i++) assert.equal((await client.send(asked)).Table?.TableName, 't');
    assert.equal(ports.size, 1);
    await assert.rejects(misnamed.send(asked), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  } finally {
    client.destroy();
    misnamed.destroy();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});
