import { describe, expect, it } from 'vitest'
import { emptySnapshot } from '#features/policies/index.ts'
import { issueToken } from '#kernel/tokens.ts'
import { composeAnswers } from './answers.ts'
import { breakGlass } from './breakglass.ts'

describe('what is served without Gatehouse', () => {
  it('has the file of a key at its public part, also where its secret begins with underscores', () => {
    const id = `ekt_${'0'.repeat(31)}1`
    // 0xff is the sextets that base64url writes as underscores.
    const { hash, prefix, token } = issueToken('enr', id, (size) => Buffer.alloc(size, 0xff))
    expect(token).toContain('_____')
    const enrolment = {
      id: 'enr_1',
      name: 'Laptops',
      name_key: 'laptops',
      group_id: null,
      version: 1,
      created_at: 0,
      created_by: '',
      revoked_at: null,
      revoked_by: null,
    }
    const key = { id, enrolment_id: 'enr_1', hash, prefix, created_at: 0, created_by: '' }
    const answers = composeAnswers(emptySnapshot, {
      enrolments: [enrolment],
      keys: [{ ...key, ends_at: null, ended_at: null }],
    })
    const { files } = breakGlass(answers, emptySnapshot, 0)
    expect(files.map(({ path }) => path)).toContain(
      `c/gh_enr_${id.replace('_', '')}/codex/config/bundle`,
    )
  })
})
