import { people } from './company.ts'
import type { Visitor } from './visitor.ts'

interface Issued {
  readonly token: { readonly id: string }
  readonly secret: string
}

/** Two service accounts of the platform team, whose runners start with access tokens; one of them is rotated. */
export function createRunners(visitor: Visitor) {
  const owner = people[0]
  const live: { secret: string; address: string }[] = []

  async function idOf(list: string, name: string): Promise<string> {
    const path = `/api/v1/${list}?q=${encodeURIComponent(name)}`
    const { items } = await visitor.call<{ items: { id: string; name: string }[] }>(
      owner,
      'GET',
      path,
    )
    return items.find((item) => item.name === name)?.id ?? ''
  }

  async function begin(): Promise<void> {
    const group = await idOf('groups', 'Platform')
    const { id } = await visitor.call<{ id: string }>(owner, 'POST', '/api/v1/service-accounts', {
      name: 'release-bot',
      purpose: 'Writes release notes and publishes the packages.',
      owner: { kind: 'group', id: group },
      groupIds: [group],
    })
    const tokens = `/api/v1/service-accounts/${id}/tokens`
    const made = await visitor.call<Issued>(owner, 'POST', tokens, {
      name: 'release-ci',
      purpose: 'The release pipeline.',
      expiresInDays: 90,
    })
    live.push({ secret: made.secret, address: '10.40.1.12' })
    await visitor.call(owner, 'POST', '/api/v1/service-accounts', {
      name: 'docs-linter',
      purpose: 'Checks the handbook every night.',
      owner: { kind: 'group', id: group },
      groupIds: [],
    })
  }

  async function rotate(): Promise<void> {
    const account = await idOf('service-accounts', 'release-bot')
    const tokens = `/api/v1/service-accounts/${account}/tokens`
    const { items } = await visitor.call<{ items: { id: string }[] }>(owner, 'GET', tokens)
    const made = await visitor.call<Issued>(
      owner,
      'POST',
      `${tokens}/${items[0]?.id ?? ''}/rotate`,
      {
        expiresInDays: 60,
        oldEndsInHours: 24 * 7,
      },
    )
    live.push({ secret: made.secret, address: '10.40.1.13' })
  }

  return {
    /** What happens with runners on the n-th day. */
    async live(today: number): Promise<void> {
      if (today === 30) await begin()
      if (today === 54) await rotate()
      for (const { secret, address } of live)
        await visitor.speak(
          { address, agent: 'codex_exec/0.169.0 (Debian 12.0.0; x86_64) dumb' },
          'GET',
          '/backend-api/wham/config/bundle',
          { bearer: secret },
        )
    },
  }
}
