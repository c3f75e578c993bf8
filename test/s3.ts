import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Bucket {
  readonly endpoint: string
  /** For GATEHOUSE_OUTBOUND_EXCEPTIONS. */
  readonly host: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** What was put and rightly signed, by its path below the bucket. */
  readonly objects: ReadonlyMap<string, string>
  /** Answers everything with this status and code of S3 from now on; undefined: as it should. */
  readonly refuse: (status?: number, code?: string) => void
  readonly close: () => Promise<void>
}

/** A small store of objects on loopback that takes a PUT when its signature is right, by a computation of its own. */
export async function openBucket(bucket: string, region: string): Promise<Bucket> {
  const accessKeyId = 'GKTESTACCESSKEY'
  const secretAccessKey = 'test-secret-access-key/of+the=bucket'
  const objects = new Map<string, string>()
  let refusal: { status: number; code: string } | undefined
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const wrong = refusal ?? complaint(request, body)
      if (wrong) {
        response.writeHead(wrong.status).end(`<Error><Code>${wrong.code}</Code></Error>`)
        return
      }
      objects.set((request.url ?? '').slice(bucket.length + 2), body.toString('utf8'))
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  function complaint(request: IncomingMessage, body: Buffer) {
    const { headers, method = '', url = '' } = request
    if (method !== 'PUT' || !url.startsWith(`/${bucket}/`))
      return { status: 404, code: 'NoSuchBucket' }
    if (headers['x-amz-content-sha256'] !== sha256(body))
      return { status: 400, code: 'XAmzContentSHA256Mismatch' }
    const expected = authorization(request, { accessKeyId, secretAccessKey, region })
    return headers.authorization === expected
      ? undefined
      : { status: 403, code: 'SignatureDoesNotMatch' }
  }
  return {
    endpoint: `http://${host}`,
    host,
    accessKeyId,
    secretAccessKey,
    objects,
    refuse: (status, code = 'SlowDown') => {
      refusal = status === undefined ? undefined : { status, code }
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()

/** What the header must say, after "Signature calculations for the Authorization header" of the S3 API reference. */
function authorization(
  { headers, method = '', url = '' }: IncomingMessage,
  key: { accessKeyId: string; secretAccessKey: string; region: string },
): string {
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? ''
  const canonical = [
    method,
    url,
    '',
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    String(headers['x-amz-content-sha256']),
  ].join('\n')
  const at = String(headers['x-amz-date'])
  const scope = `${at.slice(0, 8)}/${key.region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')
  const signing = [at.slice(0, 8), key.region, 's3', 'aws4_request'].reduce<Buffer | string>(
    (last, part) => hmac(last, part),
    `AWS4${key.secretAccessKey}`,
  )
  const signature = hmac(signing, text).toString('hex')
  return `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
}
