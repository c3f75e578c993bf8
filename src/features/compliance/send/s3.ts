import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { outboundRequest, schemesFor } from '#kernel/outbound.ts'
import type * as schema from '../schema.ts'
import { noteOf, placeOf } from '../line.ts'
import type { Arrival, Shipment } from './shipment.ts'

export interface S3Way {
  readonly settings: schema.S3Settings
  readonly secretAccessKey: string
  readonly exceptions: readonly string[]
  /** ms */
  readonly now: number
}

/** Puts the file and its note into the bucket. The same file has the same key, so once more changes nothing. */
export async function toS3(way: S3Way, { file, text }: Shipment): Promise<Arrival> {
  const key = `${way.settings.prefix}${placeOf(file)}`
  const put: Arrival =
    file.deleted_at === null
      ? await putObject(way, `${key}.jsonl`, text, 'application/x-ndjson')
      : { ok: true }
  return put.ok ? putObject(way, `${key}.json`, noteOf(file), 'application/json') : put
}

/**
 * One object, path-style, which every S3-compatible store understands. Signed with AWS Signature Version 4 over the body's
 * hash, so that what arrives is what was sent.
 */
export async function putObject(
  { settings, secretAccessKey, exceptions, now }: S3Way,
  key: string,
  body: string,
  type: string,
): Promise<Arrival> {
  const { endpoint, bucket, region, accessKeyId } = settings
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/')
  const url = `${endpoint.replace(/\/+$/, '')}/${path}`
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' })
  const signed = await client.sign(url, {
    method: 'PUT',
    headers: {
      'content-type': type,
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    },
    body,
    aws: { datetime: new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '') },
  })
  const result = await outboundRequest(url, {
    method: 'PUT',
    headers: Object.fromEntries(signed.headers),
    body,
    exceptions,
    schemes: schemesFor(url, exceptions),
    timeoutMs: 60_000,
    maxBytes: 1_000_000,
  })
  if (!result.ok) return { ok: false, message: `${result.message} ${result.remedy}` }
  if (result.status >= 200 && result.status < 300) return { ok: true }
  return { ok: false, message: refusal(result.status, new TextDecoder().decode(result.body)) }
}

/** Stores answer errors in XML with a code of S3's own list. */
function refusal(status: number, body: string): string {
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1]
  const said = code === undefined ? '' : ` (${code})`
  const todo =
    status === 403
      ? ' Check the access key, and that it may put objects there.'
      : status === 404
        ? ' Check the name of the bucket and the endpoint.'
        : ''
  return `The bucket answered ${status}${said}.${todo}`
}
