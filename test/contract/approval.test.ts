import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { day, hour } from '#kernel/clock.ts'
import { good, laxer, startFourEyes, strict, type FourEyes } from '../four-eyes.ts'
import type { Person } from '../clients.ts'
import { openInbox } from '../signin.ts'
import type { Answer } from '../world.ts'

let here: FourEyes
const code = ({ status, json }: Answer) => [status, json.code as string]
const required = [403, 'approval_required']
const publishing = () => ({ kind: 'publish', policyId: here.policyId })

const fresh = () => {
  beforeEach(async () => {
    here = await startFourEyes()
    return () => here.world.close()
  })
}

/** Ann writes, Ann proposes, Bob approves: the id of what was approved. */
async function approved(text = laxer): Promise<string> {
  await here.save(here.ann, text)
  const { id } = good(await here.propose(here.ann, publishing()))
  good(await here.decide(here.bob, id as string, 'approve'))
  return id as string
}

const trail = async () => {
  const { items } = good(await here.world.admin('GET', '/api/v1/activity?limit=200'))
  return (items as { action: string }[]).map(({ action }) => action)
}

describe('with the four-eyes rule on', () => {
  fresh()

  it('an act that changes somebody’s policy waits for a second person, and then happens once', async () => {
    await here.save(here.ann, laxer)
    const refused = await here.publish(here.ann)
    expect(code(refused)).toEqual(required)
    expect(refused.json).toMatchObject({
      act: publishing(),
      approval: { needed: true, proposal: null },
      changeSet: { touches: 3 },
    })
    const { json: preview } = await here.as(here.ann)('POST', '/change-sets/preview', {
      act: publishing(),
    })
    expect(preview.approval).toEqual({
      needed: true,
      reviewed: false,
      emergency: false,
      proposal: null,
    })
    const proposal = good(
      await here.propose(here.ann, publishing(), { changeSet: preview.hash as string }),
    )
    expect(proposal).toMatchObject({ state: 'open', title: 'Publish Base version 2', touches: 3 })
    const id = proposal.id as string
    expect((await here.publish(here.ann)).json.approval.proposal).toEqual({ id, state: 'open' })
    expect(await here.shown(here.bob, id)).toMatchObject({
      act: publishing(),
      changeSet: { hash: preview.hash as string, touches: 3 },
      holds: { outdated: null },
      contributors: [{ label: 'owner@acme.example' }],
      may: { approve: true, whyNot: null, decline: true, withdraw: false, perform: false },
    })
    good(await here.decide(here.bob, id, 'approve'))
    expect(await here.served()).toBe(1)
    expect((await here.shown(here.ann, id)).may).toMatchObject({ perform: true, approve: false })

    good(await here.publish(here.ann))
    expect(await here.served()).toBe(2)
    expect(await here.shown(here.bob, id)).toMatchObject({
      state: 'used',
      usedBy: 'owner@acme.example',
      decidedBy: 'bob@acme.example',
      holds: null,
    })
    const steps = (await trail()).filter((action) => /^(approval|policy\.publish)/.test(action))
    expect(steps.slice(0, 4)).toEqual([
      'policy.publish',
      'approval.use',
      'approval.approve',
      'approval.propose',
    ])
  })

  it('what touches nobody needs nobody', async () => {
    const { id } = good(
      await here.as(here.ann)('POST', '/policies', { name: 'Other', text: strict }),
    )
    const path = `/policies/${String(id)}/publish`
    good(await here.as(here.ann)('POST', path, { message: 'first', draftRevision: 1 }))
    const asked = await here.propose(here.ann, { kind: 'publish', policyId: id as string })
    expect(code(asked)).toEqual([409, 'wrong_state'])
    // Nor can be asked for what there is nothing of: the draft says what is published.
    expect(code(await here.propose(here.ann, publishing()))).toEqual([409, 'wrong_state'])
  })

  it('asks of every feature that changes who gets what', async () => {
    const { as, ann, bob, groupId } = here
    const other = good(await as(ann)('POST', '/policies', { name: 'Wide', text: laxer }))
    good(
      await as(ann)('POST', `/policies/${String(other.id)}/publish`, {
        message: 'first',
        draftRevision: 1,
      }),
    )
    const { revision } = good(await as(ann)('GET', '/rules'))
    const rules = [{ groupId, policyId: other.id as string }]
    // Nobody is in the group yet.
    const after = good(
      await as(ann)('PUT', '/rules', { rules, expectedRevision: revision as number }),
    )
    const joining = { add: [bob.id], remove: [] }
    const join = () => as(ann)('POST', `/groups/${groupId}/members`, joining)
    expect(code(await join())).toEqual(required)
    const act = { kind: 'membership', groupId, ...joining }
    const { id } = good(await here.propose(ann, { ...act, remove: [] }))
    good(await here.decide(here.cleo, id as string, 'approve'))
    good(await join())

    const csv = 'email,groups\ncleo@acme.example,Builders\n'
    const send = (path: string) =>
      here.world.call('POST', `/api/v1/members/import${path}`, {
        cookie: ann.cookie,
        body: csv,
        headers: { 'content-type': 'text/csv' },
      })
    expect(good(await send('/preview'))).toMatchObject({ touches: 1 })
    const importing = await send('')
    expect(code(importing)).toEqual(required)
    const imported = good(await here.propose(ann, importing.json.act))
    good(await here.decide(bob, imported.id as string, 'approve'))
    good(await send(''))

    const none = { policyId: null, expectedRevision: after.revision as number }
    expect(code(await as(ann)('PUT', '/rules/default', none))).toEqual(required)
    const unruled = { rules: [], expectedRevision: after.revision as number }
    expect(code(await as(ann)('PUT', '/rules', unruled))).toEqual(required)
    const made = good(await as(ann)('POST', '/enrolments', { name: 'Laptops', groupId: null }))
    const { id: enrolmentId, version } = made.enrolment as { id: string; version: number }
    const bind = { groupId, version }
    expect(code(await as(ann)('PUT', `/enrolments/${enrolmentId}/group`, bind))).toEqual(required)
  })

  it('can be exported, filtered and searched', async () => {
    const id = await approved()
    const list = async (query: string) =>
      good(await here.as(here.cleo)('GET', `/approvals${query}`)).items as { id: string }[]
    expect((await list('?state=approved')).map((p) => p.id)).toEqual([id])
    expect(await list('?state=open')).toEqual([])
    expect(await list('?q=base')).toHaveLength(1)
    // What waits comes first, over the pages.
    const waits = good(await here.propose(here.cleo, { kind: 'default', policyId: null }))
    const away = { ...publishing(), kind: 'rollback', version: 1 }
    expect(code(await here.propose(here.cleo, away))[0]).toBe(201)
    const nobody = { kind: 'membership', groupId: here.groupId, add: [here.bob.id], remove: [] }
    expect(code(await here.propose(here.cleo, nobody))[0]).toBe(409)
    const first = good(await here.as(here.cleo)('GET', '/approvals?limit=2'))
    const rest = good(await here.as(here.cleo)('GET', `/approvals?limit=2&cursor=${first.next}`))
    const all = [...first.items, ...rest.items] as { id: string; state: string }[]
    expect(all.map((p) => p.state)).toEqual(['open', 'open', 'approved'])
    expect(all[1]?.id).toBe(waits.id)
    const forYou = async (who: Person) =>
      good(await here.as(who)('GET', '/settings/four-eyes')).forYou as number
    expect([await forYou(here.ann), await forYou(here.cleo)]).toEqual([2, 0])
    const csv = await here.as(here.cleo)('GET', '/approvals?format=csv')
    expect(csv.text).toContain('Publish Base version 2,approved,3,owner@acme.example')
    const json = await here.as(here.cleo)('GET', '/approvals?format=json')
    expect(json.json).toHaveLength(3)
    expect(json.json[2]).toMatchObject({ id, state: 'approved' })
  })
})

describe('nobody approves what is in part their own', () => {
  fresh()

  it('not who proposed it, nor who wrote any part of the draft since the version that is served', async () => {
    const { ann, bob, cleo } = here
    await here.save(bob, '# by Bob\n')
    await here.save(ann, laxer)
    const { id } = good(await here.propose(ann, publishing()))
    expect(code(await here.decide(ann, id as string, 'approve'))).toEqual([403, 'forbidden'])
    expect((await here.shown(bob, id as string)).may).toMatchObject({
      approve: false,
      whyNot: expect.stringContaining('written in the draft') as string,
    })
    expect(code(await here.decide(bob, id as string, 'approve'))).toEqual([403, 'forbidden'])
    good(await here.decide(cleo, id as string, 'approve'))
    good(await here.publish(ann))
    // What Bob wrote is published: of the next draft he is no author.
    await here.save(ann, strict)
    const next = good(await here.propose(ann, publishing()))
    good(await here.decide(bob, next.id as string, 'approve'))
  })

  it('not with a key: neither the key, nor who made the key that proposed it', async () => {
    const { ann, bob, cleo, as } = here
    const scopes = ['policies.read', 'policies.edit', 'policies.publish', 'policies.approve']
    const key = good(await as(bob)('POST', '/keys', { name: 'CI', scopes })).secret as string
    const withKey = (method: string, path: string, body: unknown) =>
      here.world.call(method, `/api/v1${path}`, { key, body })
    const { revision } = good(await as(bob)('GET', `/policies/${here.policyId}/draft`))
    good(await withKey('PUT', `/policies/${here.policyId}/draft`, { text: laxer, revision }))
    const byKey = good(
      await withKey('POST', '/approvals', { act: publishing(), message: 'from CI' }),
    )
    const path = `/approvals/${String(byKey.id)}/approve`
    expect((await withKey('POST', path, {})).status).toBe(401)
    expect(code(await here.decide(bob, byKey.id as string, 'approve'))).toEqual([403, 'forbidden'])
    good(await as(cleo)('POST', path, {}))
    await here.save(ann, strict + '# one more\n')
    // Bob's key wrote in it, so that he is an author whoever proposes.
    const next = good(await here.propose(ann, publishing()))
    expect(code(await here.decide(bob, next.id as string, 'approve'))).toEqual([403, 'forbidden'])
  })

  it('nor who has become an author since, nor a member without the permission, nor twice', async () => {
    const { ann, bob, cleo, as } = here
    const id = await approved()
    expect(code(await here.decide(cleo, id, 'approve'))).toEqual([409, 'wrong_state'])
    await here.save(bob, `${laxer}# Bob was here\n`)
    expect((await here.shown(cleo, id)).holds).toMatchObject({
      outdated: 'draft_edited',
      now: { touches: 3 },
    })
    expect(code(await here.publish(ann))).toEqual(required)
    // The very text that he had approved: but nobody knows what was saved in between.
    await here.save(bob, laxer)
    expect(code(await here.publish(ann))).toEqual(required)
    const { version } = good(await as(ann)('GET', `/members/${cleo.id}`))
    good(await as(ann)('PUT', `/members/${cleo.id}/role`, { role: 'member', version }))
    const next = good(await here.propose(ann, publishing()))
    expect(code(await here.decide(cleo, next.id as string, 'approve'))).toEqual([403, 'forbidden'])
  })
})

describe('what was approved is what happens', () => {
  fresh()

  it('another act or another effect is not; whose turn it is changes nothing', async () => {
    const { ann, bob, cleo, as } = here
    const id = await approved()
    const rollout = { ...publishing(), kind: 'rollout', stage: { percent: 100 } }
    const start = await as(ann)('POST', `/policies/${here.policyId}/rollout`, {
      message: 'x',
      draftRevision: 3,
      stage: rollout.stage,
    })
    expect(code(start)).toEqual(required)
    // Somebody whom nobody has seen when it was approved.
    good(await as(ann)('POST', '/members', { email: 'dan@acme.example', name: 'Dan' }))
    expect((await here.shown(bob, id)).holds).toMatchObject({
      outdated: 'other_effect',
      now: { touches: 4 },
    })
    expect(code(await here.publish(ann))).toEqual(required)
    const again = good(await here.propose(cleo, publishing()))
    good(await here.decide(bob, again.id as string, 'approve'))
    // Whoever may publish does it: it need not be who asked.
    good(await here.publish(undefined))
    expect(await here.shown(bob, again.id as string)).toMatchObject({ state: 'used' })
  })

  it('once: not twice, not by two at once', async () => {
    await approved()
    const both = await Promise.all([here.publish(here.ann), here.publish(here.cleo)])
    expect(both.map(({ status }) => status).sort()).toEqual([201, expect.any(Number) as number])
    expect(both.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await here.served()).toBe(2)
    // The same text again after it was put back is another version: the old approval is no key to it.
    const back = { version: 1, publishedVersion: 2, emergency: { reason: 'it broke the build' } }
    good(await here.as(here.ann)('POST', `/policies/${here.policyId}/put-back`, back))
    await here.save(here.ann, laxer)
    expect(code(await here.publish(here.ann))).toEqual(required)
  })

  it('not an edit that comes at the same moment as the approval', async () => {
    const revision = await here.save(here.ann, laxer)
    const { id } = good(await here.propose(here.ann, publishing()))
    const [edit, approval] = await Promise.all([
      here.as(here.ann)('PUT', `/policies/${here.policyId}/draft`, {
        text: `${laxer}# slipped in\n`,
        revision,
      }),
      here.decide(here.bob, id as string, 'approve'),
    ])
    expect(edit.status).toBe(200)
    expect([200, 409]).toContain(approval.status)
    expect(code(await here.publish(here.ann))).toEqual(required)
    expect(await here.served()).toBe(1)
  })

  it('not after a week, not after a no, not after it was withdrawn; and is asked once at a time', async () => {
    const { ann, bob } = here
    const id = await approved()
    expect(code(await here.decide(ann, id, 'decline'))).toEqual([403, 'forbidden'])
    good(await here.decide(bob, id, 'decline'))
    expect(code(await here.publish(ann))).toEqual(required)
    const second = good(await here.propose(ann, publishing())).id as string
    const twice = await here.propose(here.cleo, publishing())
    expect([...code(twice), twice.json.proposalId]).toEqual([409, 'already_exists', second])
    expect(code(await here.as(bob)('POST', `/approvals/${second}/withdraw`))[0]).toBe(403)
    good(await here.as(ann)('POST', `/approvals/${second}/withdraw`))
    expect(code(await here.decide(bob, second, 'approve'))).toEqual([409, 'wrong_state'])
    const third = good(await here.propose(ann, publishing())).id as string
    good(await here.decide(bob, third, 'approve'))
    here.world.clock.advance(7 * day)
    expect(code(await here.publish(undefined))).toEqual(required)
    const { json } = await here.world.admin('GET', `/api/v1/approvals/${third}`)
    expect(json).toMatchObject({ state: 'expired', may: { perform: false } })
  })

  it('not a draft with errors, not an act that the proposer may not do', async () => {
    await here.save(here.ann, 'allowed_sandbox_modes = ["workspace-write"]\n')
    expect(code(await here.propose(here.ann, publishing()))).toEqual([422, 'policy_refused'])
    const key = good(
      await here.as(here.ann)('POST', '/keys', { name: 'reader', scopes: ['policies.read'] }),
    ).secret as string
    const body = { act: { kind: 'default', policyId: null }, message: 'x' }
    expect(code(await here.world.call('POST', '/api/v1/approvals', { key, body }))).toEqual([
      403,
      'forbidden',
    ])
  })
})

describe('what cannot wait', () => {
  fresh()
  const alarms = async () =>
    good(await here.world.admin('GET', '/api/v1/overview')).alarms as {
      key: string
      message: string
    }[]
  const reviews = async () =>
    good(await here.as(here.bob)('GET', '/reviews')).items as Record<string, unknown>[]

  it('putting back in an emergency happens at once, and stands as an alarm until somebody else has seen it', async () => {
    const { ann, bob, as } = here
    await approved()
    good(await here.publish(ann))
    const back = { version: 1, publishedVersion: 2 }
    const path = `/policies/${here.policyId}/put-back`
    expect(code(await as(ann)('POST', path, back))).toEqual(required)
    good(await as(ann)('POST', path, { ...back, emergency: { reason: 'Nobody can build' } }))
    expect(await here.served()).toBe(3)
    const [open] = await reviews()
    expect(open).toMatchObject({
      why: 'emergency',
      title: 'Put back version 1 of Base',
      reason: 'Nobody can build',
      touches: 3,
      mayReview: true,
      reviewedBy: null,
    })
    await expect
      .poll(alarms)
      .toContainEqual(
        expect.objectContaining({ message: expect.stringContaining('Nobody can build') as string }),
      )
    const say = (asks = as(bob)) =>
      asks('POST', `/reviews/${String(open?.['id'])}`, { comment: 'Right so' })
    expect(code(await say(as(ann)))).toEqual([403, 'forbidden'])
    expect((await here.world.admin('POST', `/api/v1/reviews/${String(open?.['id'])}`, { comment: 'x' })).status).toBe(401) // prettier-ignore
    good(await say())
    expect(code(await say(as(here.cleo)))).toEqual([409, 'wrong_state'])
    await expect.poll(alarms).toEqual([])
    expect((await trail()).filter((action) => /at-once|review/.test(action))).toEqual([
      'approval.review',
      'approval.at-once',
    ])
  })

  it('so does taking access away: a member, an enrolment, the whole of Codex', async () => {
    const { ann, cleo, as } = here
    const { version } = good(await as(ann)('GET', `/members/${cleo.id}`))
    const leaving = { kind: 'remove_member', memberId: cleo.id }
    const { json } = await as(ann)('POST', '/change-sets/preview', { act: leaving })
    expect(json.approval).toMatchObject({ needed: false, reviewed: true })
    expect(code(await here.propose(ann, leaving))).toEqual([409, 'wrong_state'])
    good(await as(ann)('POST', `/members/${cleo.id}/suspend`, { version }))
    const made = good(await as(ann)('POST', '/enrolments', { name: 'Laptops', groupId: null }))
    good(await as(ann)('POST', `/enrolments/${(made.enrolment as { id: string }).id}/revoke`))
    good(await as(ann)('PUT', '/surfaces/codex_local', { on: false }))
    expect((await reviews()).map(({ why, title }) => [why, title])).toEqual([
      ['safety', 'Turn codex_local off'],
      ['safety', 'Revoke the enrolment Laptops'],
      ['safety', 'Take cleo@acme.example away'],
    ])
    // Giving it back is no such act.
    expect(code(await as(ann)('PUT', '/surfaces/codex_local', { on: true }))).toEqual(required)
    const { version: later } = good(await as(ann)('GET', `/members/${cleo.id}`))
    const activate = { version: later as number }
    expect(code(await as(ann)('POST', `/members/${cleo.id}/activate`, activate))).toEqual(required)
  })
})

describe('a rollout', () => {
  fresh()

  it('needs approval for each of its steps, and comes back at once in an emergency', async () => {
    const { ann, bob, cleo, as } = here
    await here.save(bob, laxer)
    const path = `/policies/${here.policyId}/rollout`
    const stage = { groupIds: [], enrolmentIds: [], percent: 100 }
    const { revision } = good(await as(ann)('GET', `/policies/${here.policyId}/draft`))
    const start = () =>
      as(ann)('POST', path, { message: 'to some', draftRevision: revision as number, stage })
    expect(code(await start())).toEqual(required)
    const act = { kind: 'rollout', policyId: here.policyId, stage }
    const { id } = good(await here.propose(ann, act))
    // Bob wrote it.
    expect(code(await here.decide(bob, id as string, 'approve'))).toEqual([403, 'forbidden'])
    good(await here.decide(cleo, id as string, 'approve'))
    good(await start())
    const running = good(await as(ann)('GET', path)).current as { revision: number }
    const decide = (what: string, more = {}) =>
      as(ann)('POST', `${path}/${what}`, { revision: running.revision, ...more })
    // Everybody of today is in the stage already: to all is for those who come.
    good(await as(ann)('POST', '/enrolments', { name: 'Laptops', groupId: null }))
    expect(code(await decide('finish'))).toEqual(required)
    const finish = { kind: 'finish_rollout', policyId: here.policyId }
    const asked = good(await here.propose(ann, finish))
    expect(code(await here.decide(bob, asked.id as string, 'approve'))).toEqual([403, 'forbidden'])
    expect(code(await decide('take-back'))).toEqual(required)
    good(await decide('take-back', { emergency: { reason: 'Builds stand still' } }))
    const [open] = good(await as(bob)('GET', '/reviews')).items as Record<string, unknown>[]
    expect(open).toMatchObject({ why: 'emergency', reason: 'Builds stand still' })
    // It is in the draft still, and was never served to all: Bob is an author of what follows.
    await here.save(ann, `${laxer}# and more\n`)
    const next = good(await here.propose(ann, publishing()))
    expect(code(await here.decide(bob, next.id as string, 'approve'))).toEqual([403, 'forbidden'])
  })
})

describe('who can approve is told by mail', () => {
  it('with the link and nothing of what it is about; not who has a part in it', async () => {
    const inbox = await openInbox()
    here = await startFourEyes({ env: inbox.env })
    try {
      await here.save(here.bob, laxer)
      const { id } = good(await here.propose(here.ann, publishing()))
      const mail = await inbox.next(/approval/)
      expect(mail.to).toBe('cleo@acme.example')
      expect(mail.text).toContain(`/approvals/${String(id)}`)
      expect(mail.text).not.toContain('Base')
      good(await here.propose(here.cleo, { kind: 'default', policyId: null }))
      const others = [await inbox.next(/approval/), await inbox.next(/approval/)]
      expect(others.map(({ to }) => to).sort()).toEqual(['bob@acme.example', 'owner@acme.example'])
    } finally {
      await here.world.close()
      await inbox.close()
    }
  })
})

describe('what is to happen later', () => {
  fresh()
  const schedule = (at: number) => here.publish(here.ann, { at })
  const scheduleOf = async (policyId: string) => {
    const { schedule } = good(await here.world.admin('GET', `/api/v1/policies/${policyId}/rollout`))
    return schedule as { state: string; note: string }
  }

  it('is approved when it is decided, and does not happen with another effect', async () => {
    await here.save(here.ann, laxer)
    const at = here.world.clock.now + hour
    expect(code(await schedule(at))).toEqual(required)
    const { id } = good(await here.propose(here.ann, publishing(), { how: { at } }))
    good(await here.decide(here.bob, id as string, 'approve'))
    good(await schedule(at))
    expect(await here.shown(here.bob, id as string)).toMatchObject({
      state: 'planned',
      how: { at },
    })
    good(await here.as(here.ann)('POST', '/members', { email: 'dan@acme.example', name: 'Dan' }))
    here.world.clock.advance(hour)
    const state = () => scheduleOf(here.policyId)
    await expect.poll(state).toMatchObject({ state: 'missed' })
    expect((await state()).note).toContain('approved')
    expect(await here.served()).toBe(1)
    expect((await here.world.admin('GET', `/api/v1/approvals/${String(id)}`)).json.state).toBe(
      'withdrawn',
    )
  })

  it('is not a way round: what touched nobody when it was scheduled waits when it would', async () => {
    const { ann, as } = here
    const { id } = good(await as(ann)('POST', '/policies', { name: 'Quiet', text: strict }))
    const path = `/policies/${String(id)}`
    good(await as(ann)('POST', `${path}/publish`, { message: 'first', draftRevision: 1 }))
    const { revision } = good(await as(ann)('GET', `${path}/draft`))
    const draft = good(await as(ann)('PUT', `${path}/draft`, { text: laxer, revision }))
    const at = here.world.clock.now + hour
    good(await as(ann)('POST', `${path}/publish`, { message: 'later', draftRevision: draft.revision as number, at })) // prettier-ignore
    const toAll = { kind: 'default', policyId: id as string }
    const asked = good(await here.propose(ann, toAll))
    good(await here.decide(here.bob, asked.id as string, 'approve'))
    const rules = good(await as(ann)('GET', '/rules'))
    good(await as(ann)('PUT', '/rules/default', { policyId: id as string, expectedRevision: rules.revision as number })) // prettier-ignore
    here.world.clock.advance(hour)
    const state = () => scheduleOf(id as string)
    await expect.poll(state).toMatchObject({
      state: 'missed',
      note: expect.stringContaining('nobody has approved') as string,
    })
  })
})

describe('the rule’s own switch', () => {
  beforeAll(async () => {
    here = await startFourEyes()
  })
  afterAll(() => here.world.close())

  const turn = (on: boolean, who = here.ann) => here.as(who)('PUT', '/settings/four-eyes', { on })

  it('goes off by two people only, and not by a key', async () => {
    expect(code(await turn(false))).toEqual(required)
    const withKey = await here.world.admin('PUT', '/api/v1/settings/four-eyes', { on: false })
    expect(code(withKey)).toEqual(required)
    // An admin who is no owner may not ask for it either.
    expect(code(await here.propose(here.bob, { kind: 'four_eyes_off' }))[0]).toBe(403)
    const { id } = good(await here.propose(here.ann, { kind: 'four_eyes_off' }))
    expect(code(await here.decide(here.ann, id as string, 'approve'))[0]).toBe(403)
    expect(code(await turn(false))).toEqual(required)
    good(await here.decide(here.bob, id as string, 'approve'))
    expect(good(await turn(false))).toMatchObject({ on: false })
    expect((await here.shown(here.bob, id as string)).state).toBe('used')
    await here.save(here.ann, laxer)
    good(await here.publish(here.ann))
  })

  it('goes on only where two can approve and sign in, and shutting all others out leaves it on', async () => {
    const { ann, bob, cleo, as, world } = here
    const suspend = async (id: string) => {
      const { version } = good(await world.admin('GET', `/api/v1/members/${id}`))
      good(await world.admin('POST', `/api/v1/members/${id}/suspend`, { version }))
    }
    await suspend(cleo.id)
    expect(good(await turn(true)).approvers).toEqual([
      { id: bob.id, label: 'bob@acme.example' },
      { id: ann.id, label: 'owner@acme.example' },
    ])
    await suspend(bob.id)
    const alarms = async () =>
      (good(await world.admin('GET', '/api/v1/overview')).alarms as { key: string }[]).map(
        ({ key }) => key,
      )
    await expect.poll(alarms).toContain('approvers')
    expect(code(await turn(false))).toEqual(required)
    const { id } = good(await here.propose(ann, { kind: 'four_eyes_off' }))
    expect(code(await here.decide(ann, id as string, 'approve'))[0]).toBe(403)

    // The last resort is the machine itself; and it does not go unseen.
    expect(await world.app.turnFourEyesOff()).toBe(true)
    expect(await world.app.turnFourEyesOff()).toBe(false)
    expect(good(await as(ann)('GET', '/settings/four-eyes'))).toMatchObject({ on: false })
    const [open] = good(await as(ann)('GET', '/reviews')).items as Record<string, unknown>[]
    expect(open).toMatchObject({ why: 'operator', mayReview: true })
    expect(code(await turn(true))).toEqual([409, 'wrong_state'])
  })
})
