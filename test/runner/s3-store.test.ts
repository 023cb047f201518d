import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sign } from 'aws4';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../runner/hash.ts';
import { sharedBucket } from '../../runner/s3-store.ts';
import { SMALL } from './command-line.ts';
import { project, projectThatRan } from './project.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'reader', AWS_SECRET_ACCESS_KEY: 'open sesame', AWS_REGION: 'eu-central-1' };
const ADDRESS = 's3://results/study.v1';

/** In the place of an answer: none, and the connection ends. */
const CUT_OFF = 0;

interface Bucket {
  readonly environment: Readonly<Record<string, string>>;
  readonly objects: Map<string, Buffer>;
  readonly requests: string[];
  /** Answers that come first, in the place of what would be said. */
  readonly faults: number[];
}

/** A bucket as S3 has it, behind a check of every signature by another implementation than the one that signs. */
async function bucket(): Promise<Bucket> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const faults: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = '', url = '' } = request;
      requests.push(`${method} ${url}`);
      const answer = (status: number, content: string | Buffer = '') =>
        response.writeHead(status).end(method === 'HEAD' ? '' : content);
      const fault = faults.shift();
      if (fault === CUT_OFF) return request.socket.destroy();
      if (fault !== undefined) return answer(fault);
      if (!isSigned(request)) return answer(403, '<Code>SignatureDoesNotMatch</Code>');
      if (!url.startsWith('/results/')) return answer(404, '<Code>NoSuchBucket</Code>');
      if (method === 'PUT') {
        if (request.headers['x-amz-content-sha256'] !== sha256(body)) return answer(400);
        objects.set(url, body);
        return answer(200);
      }
      const object = objects.get(url);
      return object === undefined ? answer(404, '<Code>NoSuchKey</Code>') : answer(200, object);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { environment: { ...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}/` }, objects, requests, faults };
}

function isSigned({ method, url, headers }: IncomingMessage): boolean {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const request = {
    ...{ method, path: url, service: 's3', region: KEYS.AWS_REGION },
    headers: Object.fromEntries(signed.map((name) => [name, headers[name] as string])),
  };
  const { headers: expected } = sign(request as Parameters<typeof sign>[0], {
    accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
    secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
  });
  return expected?.['Authorization'] === headers.authorization;
}

describe('a shared store in a bucket', () => {
  it('gives what another cache put there', async () => {
    const { environment, objects } = await bucket();
    const small = project(SMALL);
    await small.runWith({ shared: sharedBucket(ADDRESS, false, environment) });
    expect([...objects.keys()].map((name) => name.replace(/[0-9a-f]{64}/, '')).sort()).toEqual([
      '/results/study.v1/objects/',
      '/results/study.v1/objects/',
      '/results/study.v1/receipts/.json',
      '/results/study.v1/receipts/.json',
    ]);
    const other = project(SMALL);
    const { executed, events } = await other.runWith({ shared: sharedBucket(ADDRESS, true, environment) });
    expect(executed).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'borrowed')).toHaveLength(2);
    expect(other.edition()).toBe(small.edition());
  });

  it('is sent nothing where it may only be read, and nothing that it has', async () => {
    const { environment, requests } = await bucket();
    const sent = () => requests.filter((request) => request.startsWith('PUT') && request.includes('/objects/')).length;
    const runInNewCache = async (cache: string, readOnly: boolean) => {
      await project(SMALL).runWith({ cache, shared: sharedBucket(ADDRESS, readOnly, environment) });
    };
    await runInNewCache('one', true);
    expect(sent()).toBe(0);
    await runInNewCache('two', false);
    await runInNewCache('three', false);
    expect(sent()).toBe(2);
  });

  it('is not believed: an object that is not what its name says is as good as none', async () => {
    const { environment, objects } = await bucket();
    const small = project(SMALL);
    await small.runWith({ shared: sharedBucket(ADDRESS, false, environment) });
    for (const name of objects.keys()) if (name.includes('/objects/')) objects.set(name, Buffer.from('damaged'));
    const { executed } = await project(SMALL).runWith({ shared: sharedBucket(ADDRESS, true, environment) });
    expect(executed.toSorted()).toEqual(['numbers', 'words']);
  });

  it('is asked again where it is busy, and says what it answers where that does not help', async () => {
    const { environment, objects, faults } = await bucket();
    const store = sharedBucket(ADDRESS, false, environment);
    const file = project({ 'a.txt': 'content' }).path('a.txt');
    const hash = sha256(readFileSync(file));
    faults.push(503, 500, CUT_OFF);
    await store.put(hash, file);
    expect(objects.get(`/results/study.v1/objects/${hash}`)).toEqual(Buffer.from('content'));
    expect(await store.has(hash)).toBe(true);
    expect(await store.has(sha256('else'))).toBe(false);
    faults.push(403);
    await expect(store.has(hash)).rejects.toThrow(/^127\.0\.0\.1:\d+ answers HEAD objects\/[0-9a-f]{64} with 403$/);
    const elsewhere = sharedBucket('s3://other', false, environment);
    await expect(elsewhere.receipt('k' as never)).rejects.toThrow(/answers GET receipts\/k\.json with 404$/);
    const stranger = sharedBucket(ADDRESS, false, { ...environment, AWS_SECRET_ACCESS_KEY: 'guessed' });
    await expect(stranger.has(hash)).rejects.toThrow(/with 403$/);
  });

  it('that cannot be reached is told of, and is no failure of the run', async () => {
    const shared = sharedBucket(ADDRESS, false, { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    const small = await projectThatRan(SMALL);
    small.edit('pipeline.yaml', 'total: 24', 'total: 25');
    const { outcome, events } = await small.runWith({ shared });
    expect(outcome).toEqual({ ok: true });
    const told = events.find(({ kind }) => kind === 'not-shared');
    expect(told).toMatchObject({ store: ADDRESS, problem: expect.stringContaining('cannot be reached: ') as string });
  });

  it.each([
    ['s3://', KEYS, 'is no bucket of S3'],
    ['s3://results/a/../b', KEYS, 'is no bucket of S3'],
    ['s3://Results', KEYS, 'is no bucket of S3'],
    ['gs://results', KEYS, 'is no bucket of S3'],
    ['s3://results', {}, 'cannot be used without AWS_ACCESS_KEY_ID.\n  Set it in the environment.'],
  ])('is refused before anything runs: %s, with %o', (address, environment, message) => {
    expect(() => sharedBucket(address, false, environment)).toThrow(message);
  });
});
