import { randomBytes } from 'node:crypto'
import { day, hour, minute } from '#kernel/clock.ts'
import { createLog } from '#kernel/log.ts'
import { createApp } from '../app.ts'
import { readConfig, type Environment } from '../config.ts'
import { company, groups, people, type Person } from './company.ts'
import { createReporting } from './agents/reporting.ts'
import { createDevices } from './devices.ts'
import { createDirectory } from './directory.ts'
import { createRequests } from './requests.ts'
import { createRunners } from './runners.ts'
import { createStory } from './story.ts'
import { createVisitor, type Visitor } from './visitor.ts'
import { watch } from './watching.ts'

/** How many days the company has been using Gatehouse. */
const history = 56

/**
 * Lives through eight weeks of the company on a clock of its own, through the same API that everybody uses, so that
 * versions, audit records and fetches are what they would be. Answers the owner's e-mail address.
 */
export async function seed(env: Environment, ownerPassword: string): Promise<string> {
  const today = Date.now() - (Date.now() % day)
  const begin = today - history * day + 8 * hour
  const clock = { now: begin }
  const app = createApp({
    config: readConfig(env),
    clock: () => clock.now,
    log: createLog('error'),
  })
  await app.start()
  try {
    let link = ''
    await app.greet((line) => {
      if (line.includes('#')) link = line.trim()
    })
    const visitor = createVisitor(app.fetch, clock)
    const [owner] = people
    if (!owner) throw new Error('The company has nobody.')
    await firstRun(visitor, owner, ownerPassword, link)
    await invite(visitor, owner, clock)
    clock.now = begin + day
    await hire(visitor, owner)
    const story = createStory(visitor)
    const reporting = createReporting(visitor, clock)
    const devices = createDevices(visitor, clock, app.runtime.publicUrl, reporting.given)
    const runners = createRunners(visitor)
    const requests = createRequests(visitor)
    const directory = createDirectory(visitor)
    const evening = async (n: number): Promise<void> => {
      await devices.live(n)
      await runners.live(n)
      await requests.live(n)
      await directory.live(n)
      for (const [name, bundle] of await story.bundles()) reporting.given(name, bundle)
      await reporting.live(n)
    }
    for (let n = 2; n < history; n++) {
      clock.now = begin + n * day
      await story.live(n, (minutes) => (clock.now += minutes * minute))
      clock.now = begin + n * day + 9 * hour
      await evening(n)
    }
    // The last day is today, and nothing of it lies in the future.
    clock.now = Date.now() - minute
    await story.live(history, () => undefined)
    await evening(history)
    await reporting.over()
    await watch(visitor, owner, today - history * day)
    return owner.email
  } finally {
    await app.stop()
  }
}

async function firstRun(
  visitor: Visitor,
  owner: Person,
  password: string,
  link: string,
): Promise<void> {
  visitor.knows(owner.email, password)
  await visitor.call(undefined, 'POST', '/api/v1/setup', {
    token: link.split('#')[1],
    workspaceName: company.name,
    email: owner.email,
    name: owner.name,
    password,
  })
}

/** The other administrators come by invitation, and choose passwords that nobody writes down. */
async function invite(visitor: Visitor, owner: Person, clock: { now: number }): Promise<void> {
  for (const person of people.filter((p) => p.role === 'admin')) {
    clock.now += 7 * minute
    const made = await visitor.call<{ link: { url: string } }>(
      owner,
      'POST',
      '/api/v1/invitations',
      {
        email: person.email,
        name: person.name,
        role: person.role,
      },
    )
    const password = randomBytes(12).toString('base64url')
    visitor.knows(person.email, password)
    await visitor.call(undefined, 'POST', '/api/v1/invitations/accept', {
      token: made.link.url.split('#')[1],
      name: person.name,
      password,
    })
  }
}

/** Everybody else comes from a file, with their groups. */
async function hire(visitor: Visitor, owner: Person): Promise<void> {
  const lines = people.map((p) => `${p.email},${p.name},${p.role},${p.groups.join(';')}`)
  await visitor.call(
    owner,
    'POST',
    '/api/v1/members/import?createGroups=true',
    `email,name,role,groups\n${lines.join('\n')}\n`,
  )
  const made = await visitor.call<{ items: { id: string; name: string; version: number }[] }>(
    owner,
    'GET',
    '/api/v1/groups?limit=100',
  )
  for (const group of groups) {
    const present = made.items.find((g) => g.name === group.name)
    if (present)
      await visitor.call(owner, 'PATCH', `/api/v1/groups/${present.id}`, {
        name: group.name,
        description: group.description,
        version: present.version,
      })
    else await visitor.call(owner, 'POST', '/api/v1/groups', group)
  }
}
