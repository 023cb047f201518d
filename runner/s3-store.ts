import { createWriteStream, openAsBlob } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { MistakeError } from './diagnostic.ts';
import { sha256, type Sha256 } from './hash.ts';
import type { SharedStore } from './shared-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** Called with what stands below the prefix; null: there is nothing of that name. */
type Ask = (name: string, request?: RequestInit) => Promise<Response | null>;

const RETRIES = 3;

/**
 * A store in a bucket of S3, or of anything that speaks its protocol, with the layout of a cache below the prefix. An object
 * of S3 is there whole or not at all. The sha256 of all that is sent is signed with it, so that the server refuses what arrives
 * damaged.
 *
 * @param address `s3://bucket` or `s3://bucket/prefix`
 * @param environment who asks, and where, by the names that the tools of AWS know
 */
export function sharedBucket(address: string, readOnly: boolean, environment: Environment = process.env): SharedStore {
  const ask = openBucket(address, environment);
  const send = async (name: string, hash: Sha256, body: Blob | string) => {
    await ask(name, { method: 'PUT', body, headers: { 'x-amz-content-sha256': hash } });
  };
  const objectName = (hash: Sha256) => `objects/${hash}`;
  return {
    name: address,
    readOnly,
    doubted: new Set(),
    receipt: async (key) => (await (await ask(`receipts/${key}.json`))?.text()) ?? null,
    fetch: async (hash, path) => {
      const response = await ask(objectName(hash));
      if (response === null) return false;
      await pipeline(response.body ?? [], createWriteStream(path));
      return true;
    },
    has: async (hash) => (await ask(objectName(hash), { method: 'HEAD' })) !== null,
    put: async (hash, path) => send(objectName(hash), hash, await openAsBlob(path)),
    putReceipt: (key, text) => send(`receipts/${key}.json`, sha256(text), text),
  };
}

/** Throws a MistakeError if the address or the environment does not say enough. */
function openBucket(address: string, environment: Environment): Ask {
  const place = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]+)(?<prefix>(?:\/[\w.-]+)*)\/?$/.exec(address)?.groups;
  if (place === undefined || /\/\.\.?(?:\/|$)/.test(address))
    throw new MistakeError(
      `${address} is no bucket of S3.\n  Write s3://BUCKET/PREFIX: letters, digits, \`-\`, \`_\`, \`.\`.`,
    );
  const required = (name: string): string => {
    const value = environment[name];
    if (value) return value;
    throw new MistakeError(`${address} cannot be used without ${name}.\n  Set it in the environment.`);
  };
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || 'us-east-1';
  const endpoint =
    environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || `https://s3.${region}.amazonaws.com`;
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    accessKeyId: required('AWS_ACCESS_KEY_ID'),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken ? { sessionToken } : {}),
    service: 's3',
    region,
    retries: RETRIES,
  });
  const base = `${endpoint.replace(/\/+$/, '')}/${place['bucket']}${place['prefix']}`;
  return async (name, request = {}) => {
    const response = await reach(client, `${base}/${name}`, request);
    if (response.ok) return response;
    if (response.status === 404 && !(await response.text()).includes('NoSuchBucket')) return null;
    throw new Error(`${new URL(base).host} answers ${request.method ?? 'GET'} ${name} with ${response.status}`);
  };
}

/** What stands in the way of a request is in the cause of what `fetch` throws. The client tries again where the server asks for it only. */
async function reach(client: AwsClient, url: string, request: RequestInit): Promise<Response> {
  for (let left = RETRIES; ; left--) {
    try {
      return await client.fetch(url, request);
    } catch (error) {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      if (left === 0) throw new Error(`${new URL(url).host} cannot be reached: ${why}`, { cause: error });
      await sleep(50 * 2 ** (RETRIES - left));
    }
  }
}
