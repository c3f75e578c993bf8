/** The permissions as people look for them: by what they are about. Whatever is in no group is about the workspace. */
const groups: readonly { readonly title: string; readonly about: readonly string[] }[] = [
  { title: 'Using Codex', about: ['codex'] },
  { title: 'Policies', about: ['policies', 'decisions'] },
  { title: 'Machines and clients', about: ['enrolments', 'clients', 'surfaces'] },
  {
    title: 'People and access',
    about: ['members', 'roles', 'requests', 'signin', 'directories'],
  },
  { title: 'Keys and tokens', about: ['keys', 'access_tokens', 'service_accounts'] },
  { title: 'Watching', about: ['watch', 'subscriptions', 'webhooks', 'outbound'] },
]
const others = 'Workspace'

const titleOf = (key: string): string =>
  groups.find(({ about }) => about.includes(key.split('.')[0] ?? ''))?.title ?? others

/** In the order above, without groups that have nothing. */
export function grouped<T extends { readonly key: string }>(
  permissions: readonly T[],
): readonly { readonly title: string; readonly items: readonly T[] }[] {
  return [...groups.map(({ title }) => title), others].flatMap((title) => {
    const items = permissions.filter(({ key }) => titleOf(key) === title)
    return items.length === 0 ? [] : [{ title, items }]
  })
}
