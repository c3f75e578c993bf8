import { describe, expect, it } from 'vitest'
import { errorResponse } from './dialects.ts'
import { createLog } from './log.ts'
import { Problem, type ProblemCode } from './problem.ts'

const log = createLog('silent')
const answer = (error: unknown, type: string) =>
  errorResponse(
    error,
    { errors: 'otlp' },
    'req_1',
    log,
    new Request('http://x.test/v1/logs', { method: 'POST', headers: { 'content-type': type } }),
  )

describe('errors as OTLP wants them', () => {
  it('are a status in JSON, with the time to come back', async () => {
    const response = answer(
      new Problem('rate_limited', 'Too much.', { retryAfter: 2 }),
      'application/json',
    )
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2'])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ code: 8, message: 'Too much.' })
  })

  it('are a status in protobuf to who sends protobuf, texts longer than one byte can say included', async () => {
    const message = 'ä'.repeat(100)
    const response = answer(new Problem('malformed_body', message), 'application/x-protobuf')
    expect(response.headers.get('content-type')).toBe('application/x-protobuf')
    const bytes = Buffer.from(await response.arrayBuffer())
    // Field 1: 3 (INVALID_ARGUMENT). Field 2: 200 bytes.
    expect([...bytes.subarray(0, 5)]).toEqual([0x08, 3, 0x12, 0xc8, 0x01])
    expect(bytes.subarray(5).toString()).toBe(message)
  })

  it.each<[ProblemCode, number, number]>([
    ['unauthenticated', 401, 16],
    ['forbidden', 403, 7],
    ['body_too_large', 413, 8],
    ['unsupported_media_type', 415, 3],
    ['database_unavailable', 503, 14],
    // 507 would make senders drop what they sent.
    ['storage_full', 503, 14],
    ['internal', 500, 13],
  ])('%s', async (code, status, rpc) => {
    const response = answer(new Problem(code), 'application/json')
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code: rpc })
  })
})
