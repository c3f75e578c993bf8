/** A workspace made over the API, as an organisation would: groups, policies, rules, enrolments. */
export interface Wanted {
  readonly groups: number
  readonly rules: number
  readonly enrolments: number
  readonly policies: number
}

export interface Prepared {
  /** Ids. */
  readonly groups: readonly string[]
  /** One path for each enrolment. */
  readonly paths: readonly string[]
  /** What each key is answered. */
  readonly bodies: Readonly<Record<string, string>>
}

export async function workspaceWith(
  base: string,
  adminKey: string,
  wanted: Wanted,
): Promise<Prepared> {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const groups = await series(wanted.groups, async (i) => {
    const made = await call('POST', '/api/v1/groups', { name: `Group ${i}` })
    return made.id
  })
  const policies = await series(wanted.policies, async (i) => {
    const { id } = await call('POST', '/api/v1/policies', { name: `Policy ${i}`, text: text(i) })
    const { revision } = await call('GET', `/api/v1/policies/${id}/draft`)
    await call('POST', `/api/v1/policies/${id}/publish`, {
      message: 'bench',
      draftRevision: revision,
    })
    return id
  })
  const pick = (list: readonly string[], i: number) => list[i % list.length] ?? ''
  const { revision } = await call('GET', '/api/v1/rules')
  const after = await call('PUT', '/api/v1/rules', {
    rules: groups
      .slice(0, wanted.rules)
      .map((groupId, i) => ({ groupId, policyId: pick(policies, i) })),
    expectedRevision: revision,
  })
  await call('PUT', '/api/v1/rules/default', {
    policyId: pick(policies, 0),
    expectedRevision: after.revision,
  })
  const keys = await series(wanted.enrolments, async (i) => {
    const made = await call('POST', '/api/v1/enrolments', {
      name: `Enrolment ${i}`,
      groupId: pick(groups, i),
    })
    return made.key
  })
  const paths = keys.map((key) => `/c/${key}/codex/config/bundle`)
  const bodies = await series(keys.length, async (i) => {
    const response = await fetch(base + (paths[i] ?? ''))
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
    return [keys[i] ?? '', await response.text()] as const
  })
  return { groups, paths, bodies: Object.fromEntries(bodies) }
}

interface Answer {
  readonly id: string
  readonly key: string
  readonly revision: number
}

async function series<T>(count: number, make: (i: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = []
  for (let i = 0; i < count; i++) made.push(await make(i))
  return made
}

/** About the size of a policy as companies write it: 2 KiB. */
const text = (i: number): string =>
  [
    `# Policy ${i}`,
    'allowed_sandbox_modes = ["read-only", "workspace-write"]',
    'allowed_approval_policies = ["on-request"]',
    ...Array.from(
      { length: 16 },
      (_, n) => `# ${String(n).padStart(2, '0')} ${'why this is so '.repeat(7)}`,
    ),
    '',
  ].join('\n')
