import { describe, expect, it } from 'vitest'
import { issueToken } from './tokens.ts'
import { createLog } from './log.ts'

function logged(act: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  act(createLog('debug', { write: (line: string) => void (text += line) }))
  return text
}

describe('the log', () => {
  it('masks what its key calls a secret, one and two levels deep', () => {
    const text = logged((log) =>
      log.info(
        {
          password: 'hunter2',
          request: { authorization: 'hunter2' },
          a: { b: { token: 'hunter2' } },
        },
        'x',
      ),
    )
    expect(text).not.toContain('hunter2')
  })

  it('masks our tokens in any text', () => {
    const { token } = issueToken('enr', `key_${'0'.repeat(32)}`)
    expect(logged((log) => log.info({ path: `/c/${token}/x` }, token))).not.toContain(
      token.slice(-30),
    )
  })

  it('masks signed tokens, of which our word is no part', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'ES256', typ: 'at+jwt' })}.${part({ sub: 'mem_1' })}.${'s'.repeat(86)}`
    const text = logged((log) =>
      log.error({ err: new Error(`no such "${token}"`), path: `/x?access_token=${token}` }, token),
    )
    expect(text).toContain('no such')
    for (const secret of token.split('.')) expect(text).not.toContain(secret)
  })

  it('says of an error what it is and where, and nothing that a driver hung on it', () => {
    const error = Object.assign(new Error('broken', { cause: new Error('the cause') }), {
      code: '57P01',
      client: { secretKey: 42_424_242, connectionParameters: { host: 'db.internal' } },
    })
    const text = logged((log) => log.error({ err: error }, 'x'))
    expect(text).toContain('57P01')
    expect(text).toContain('the cause')
    expect(text).not.toContain('42424242')
    expect(text).not.toContain('db.internal')
  })
})
