import { beforeEach, describe, expect, it } from 'vitest'
import { hour } from '#kernel/clock.ts'
import { good, laxer, startFourEyes, strict, type FourEyes } from '../four-eyes.ts'
import type { Answer } from '../world.ts'

/** What somebody with every permission tries who does not want a second pair of eyes. */

let here: FourEyes
const code = ({ status, json }: Answer) => [status, json.code as string]
const required = [403, 'approval_required']
const publishing = () => ({ kind: 'publish', policyId: here.policyId })
const path = (end: string) => `/policies/${here.policyId}/${end}`
const rollout = async () =>
  good(await here.as(here.ann)('GET', path('rollout'))).current as { revision: number } | null

beforeEach(async () => {
  here = await startFourEyes()
  return () => here.world.close()
})

/** Proposed by Ann and approved by Bob. */
async function approved(act: object, more: object = {}): Promise<string> {
  const { id } = good(await here.propose(here.ann, act, more))
  good(await here.decide(here.bob, id as string, 'approve'))
  return id as string
}

/** Ann rolls a text out to a group without members, for which she needs nobody, and takes it back. */
async function servedToNobody(): Promise<void> {
  const draftRevision = await here.save(here.ann, laxer)
  const stage = { groupIds: [here.groupId], enrolmentIds: [], percent: 0 }
  good(await here.as(here.ann)('POST', path('rollout'), { message: 'x', draftRevision, stage }))
  const { revision } = (await rollout()) ?? { revision: 0 }
  good(await here.as(here.ann)('POST', path('rollout/take-back'), { revision }))
}

describe('a version that nobody was served', () => {
  it('is not what was before: it is not put back, and least of all at once', async () => {
    await servedToNobody()
    const back = { version: 2, publishedVersion: 1, emergency: { reason: 'Believe me' } }
    const put = await here.as(here.ann)('POST', path('put-back'), back)
    expect(code(put)).toEqual([409, 'wrong_state'])
    expect(await here.served()).toBe(1)
  })
})

describe('a version that was published while its policy reached nobody', () => {
  /** Version 1 of a policy of Ann's, published by her alone; the text of version 2 somebody else has seen. */
  async function quiet(): Promise<string> {
    const { as, ann } = here
    const other = good(await as(ann)('POST', '/policies', { name: 'Quiet', text: laxer }))
    const base = `/policies/${String(other.id)}`
    good(await as(ann)('POST', `${base}/publish`, { message: 'first', draftRevision: 1 }))
    const { revision } = good(await as(ann)('GET', `${base}/draft`))
    const draft = good(await as(ann)('PUT', `${base}/draft`, { text: strict, revision }))
    const body = { message: 'harmless', draftRevision: draft.revision as number }
    good(await as(ann)('POST', `${base}/publish`, body))
    return other.id as string
  }
  const asDefault = async (policyId: string): Promise<Answer> => {
    const { revision } = good(await here.as(here.ann)('GET', '/rules'))
    const body = { policyId, expectedRevision: revision as number }
    return here.as(here.ann)('PUT', '/rules/default', body)
  }
  const putBack = (policyId: string, version: number, publishedVersion: number) =>
    here.as(here.ann)('POST', `/policies/${policyId}/put-back`, {
      version,
      publishedVersion,
      emergency: { reason: 'Believe me' },
    })
  const offered = async (policyId: string, version: number): Promise<boolean> => {
    const act = { kind: 'rollback', policyId, version }
    const set = good(await here.as(here.ann)('POST', '/change-sets/preview', { act }))
    return set.approval.emergency as boolean
  }

  it('is nothing that an emergency gives back, as the preview says', async () => {
    const policyId = await quiet()
    await approved({ kind: 'default', policyId })
    good(await asDefault(policyId))
    expect(await offered(policyId, 1)).toBe(false)
    expect(code(await putBack(policyId, 1, 2))).toEqual(required)
  })

  it('is, once somebody else has decided that it is served', async () => {
    const policyId = await quiet()
    await approved({ kind: 'default', policyId })
    good(await asDefault(policyId))
    const { revision } = good(await here.as(here.ann)('GET', `/policies/${policyId}/draft`))
    const text = `${strict}# third\n`
    const put = await here.as(here.ann)('PUT', `/policies/${policyId}/draft`, { text, revision })
    const draftRevision = good(put).revision as number
    await approved({ kind: 'publish', policyId })
    const body = { message: 'third', draftRevision }
    good(await here.as(here.ann)('POST', `/policies/${policyId}/publish`, body))
    expect(await offered(policyId, 2)).toBe(true)
    good(await putBack(policyId, 2, 3))
  })

  it('is not offered where the same is served already', async () => {
    expect(await offered(here.policyId, 1)).toBe(false)
  })
})

describe('a copy of a policy', () => {
  it('was written by whoever wrote what it copies, unless somebody else has decided on that', async () => {
    const { as, ann, bob, groupId } = here
    // A version by Bob that only an empty group was served.
    const draftRevision = await here.save(bob, laxer)
    const stage = { groupIds: [groupId], enrolmentIds: [], percent: 0 }
    good(await as(bob)('POST', path('rollout'), { message: 'x', draftRevision, stage }))
    /** Who may not approve that everybody gets a copy of this version, which Ann has published to nobody. */
    const writers = async (version: number): Promise<readonly string[]> => {
      const wish = { name: `Copy of ${version}`, version }
      const policyId = good(await as(ann)('POST', path('duplicate'), wish)).id as string
      const body = { message: 'copy', draftRevision: 1 }
      good(await as(ann)('POST', `/policies/${policyId}/publish`, body))
      const { id } = good(await here.propose(ann, { kind: 'default', policyId }))
      const shown = await here.shown(ann, id as string)
      return (shown.contributors as { label: string }[]).map(({ label }) => label).sort()
    }
    expect(await writers(2)).toEqual(['bob@acme.example', 'owner@acme.example'])
    expect(await writers(1)).toEqual(['owner@acme.example'])
  })
})

describe('what was approved', () => {
  it('happens at the time that was approved, neither now nor later', async () => {
    await here.save(here.ann, laxer)
    const at = here.world.clock.now + hour
    await approved(publishing(), { how: { at } })
    expect(code(await here.publish(here.ann))).toEqual(required)
    expect(code(await here.publish(here.ann, { at: at + hour }))).toEqual(required)
    good(await here.publish(here.ann, { at }))
  })

  it('now is not at some time', async () => {
    await here.save(here.ann, laxer)
    await approved(publishing())
    expect(code(await here.publish(here.ann, { at: here.world.clock.now + hour }))).toEqual(
      required,
    )
    good(await here.publish(here.ann))
  })

  it('is rolled out with the bounds that were approved', async () => {
    const draftRevision = await here.save(here.ann, laxer)
    const stage = { groupIds: [], enrolmentIds: [], percent: 100 }
    const bounds = { refusedFetches: { count: 50, minutes: 10 } }
    await approved(
      { kind: 'rollout', policyId: here.policyId, stage },
      { how: { bounds, takeBackWhenHalted: false } },
    )
    const start = (more: object) =>
      here.as(here.ann)('POST', path('rollout'), { message: 'x', draftRevision, stage, ...more })
    expect(code(await start({ bounds, takeBackWhenHalted: true }))).toEqual(required)
    expect(code(await start({}))).toEqual(required)
    good(await start({ bounds }))

    // One refused fetch would take it back then, and nobody would have to look at that.
    const { revision } = (await rollout()) ?? { revision: 0 }
    const quick = { refusedFetches: { count: 1, minutes: 60 } }
    const change = (more: object) =>
      here.as(here.ann)('PATCH', path('rollout'), { revision, ...more })
    expect(code(await change({ bounds: quick, takeBackWhenHalted: true }))).toEqual([
      409,
      'wrong_state',
    ])
    const stricter = good(await change({ bounds: quick }))
    const again = (more: object) =>
      here.as(here.ann)('PATCH', path('rollout'), {
        revision: stricter.current.revision as number,
        ...more,
      })
    for (const looser of [
      { refusedFetches: { count: 2, minutes: 60 } },
      { refusedFetches: { count: 1, minutes: 10 } },
      { refusedFetches: null },
    ])
      expect(code(await again({ bounds: looser }))).toEqual([409, 'wrong_state'])
    good(await again({ bounds: quick }))
  })

  it('is the draft, not a text that was only shown', async () => {
    await here.save(here.ann, laxer)
    const act = { ...publishing(), document: { text: `${strict}# shown\n`, defaults: '' } }
    const asked = await here.propose(here.ann, act)
    expect(asked.json).toMatchObject({ code: 'invalid_input', errors: [{ field: 'act.document' }] })
  })

  it('is not proposed a second time while it stands, to be kept for later', async () => {
    await here.save(here.ann, laxer)
    await approved(publishing())
    expect(code(await here.propose(here.ann, publishing()))).toEqual([409, 'already_exists'])
  })

  it('is proposed anew when the open one was voided by an edit that was undone', async () => {
    await here.save(here.ann, laxer)
    good(await here.propose(here.ann, publishing()))
    await here.save(here.ann, `${laxer}\n`)
    await here.save(here.ann, laxer)
    await approved(publishing())
    good(await here.publish(here.ann))
  })

  it('does not hold when who approved it has been shut out since', async () => {
    await here.save(here.ann, laxer)
    const id = await approved(publishing())
    const { version } = good(await here.as(here.ann)('GET', `/members/${here.bob.id}`))
    good(
      await here.as(here.ann)('PUT', `/members/${here.bob.id}/role`, { version, role: 'member' }),
    )
    expect((await here.shown(here.ann, id)).may.perform).toBe(false)
    expect(code(await here.publish(here.ann))).toEqual(required)
    expect(await here.served()).toBe(1)
  })
})

describe('turning the rule off', () => {
  const turn = (on: boolean) => here.as(here.ann)('PUT', '/settings/four-eyes', { on })

  it('does not stand on the word of somebody who has been shut out since', async () => {
    await approved({ kind: 'four_eyes_off' })
    const { version } = good(await here.as(here.ann)('GET', `/members/${here.bob.id}`))
    good(await here.as(here.ann)('POST', `/members/${here.bob.id}/suspend`, { version }))
    expect(code(await turn(false))).toEqual(required)
  })

  it('is approved for this time, not for when it is on again', async () => {
    const off = { kind: 'four_eyes_off' }
    await approved(off)
    expect(await here.world.app.turnFourEyesOff()).toBe(true)
    good(await turn(true))
    expect(code(await turn(false))).toEqual(required)
  })
})

describe('an archived policy', () => {
  it('is given to nobody by a rule', async () => {
    const { as, ann, groupId } = here
    const other = good(await as(ann)('POST', '/policies', { name: 'Old', text: strict }))
    const base = `/policies/${String(other.id)}`
    good(await as(ann)('POST', `${base}/publish`, { message: 'first', draftRevision: 1 }))
    const { revision } = good(await as(ann)('GET', base))
    good(await as(ann)('POST', `${base}/archive`, { revision }))
    const { revision: expectedRevision } = good(await as(ann)('GET', '/rules'))
    const rules = [{ groupId, policyId: other.id as string }]
    const put = await as(ann)('PUT', '/rules', {
      rules,
      expectedRevision: expectedRevision as number,
    })
    expect(code(put)).toEqual([409, 'wrong_state'])
    // Nor does a preview say what would come of it.
    for (const act of [
      { kind: 'rules', rules },
      { kind: 'default', policyId: other.id as string },
    ])
      for (const ask of ['/change-sets/preview', '/impact'])
        expect(code(await as(ann)('POST', ask, { act }))).toEqual([409, 'wrong_state'])
  })
})
