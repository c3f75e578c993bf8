import { diffLines, unifiedPatch } from '#history/index.ts'
import {
  defaultsFile,
  listFile,
  requirementsFile,
  slugForm,
  type CodeFolder,
  type CodePolicy,
} from './folder.ts'
import { renderList } from './render.ts'

/** The server as far as a folder can say it. */
export interface ServerState {
  /** Those that are published and not archived. */
  readonly policies: readonly ServerPolicy[]
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  readonly rules: readonly { readonly groupId: string; readonly policyId: string }[]
  readonly defaultPolicyId: string | null
}

export interface ServerPolicy extends CodePolicy {
  readonly id: string
  /** Somebody has begun a draft that says something else than what is published. */
  readonly draftBy: string | null
}

/** One thing that a push does. They are done in this order, each as a change set of its own. */
export type Step =
  | { readonly kind: 'create'; readonly slug: string; readonly policy: CodePolicy }
  | {
      readonly kind: 'describe'
      readonly slug: string
      readonly policy: CodePolicy
      readonly id: string
    }
  | {
      readonly kind: 'publish'
      readonly slug: string
      readonly policy: CodePolicy
      readonly id: string
    }
  | { readonly kind: 'rules'; readonly rules: readonly RuleOfSlug[] }
  | { readonly kind: 'default'; readonly slug: string | null }

/** A policy that is created by the same push has no id before. */
export interface RuleOfSlug {
  readonly groupId: string
  readonly slug: string
}

export interface Plan {
  readonly steps: readonly Step[]
  /** Why it cannot be pushed. */
  readonly obstacles: readonly string[]
  /** Names of policies that the folder does not have; a push leaves them as they are. */
  readonly leftAlone: readonly string[]
  /** What differs, as a patch from the server to the folder. */
  readonly patch: string
}

/** What has to be done for the server to say what the folder says. Pure; the folder has no errors. */
export function planPush(folder: CodeFolder, server: ServerState): Plan {
  const byName = new Map(server.policies.map((policy) => [policy.name.toLowerCase(), policy]))
  const groups = new Map(server.groups.map(({ id, name }) => [name.toLowerCase(), id]))
  const steps: Step[] = []
  const obstacles: string[] = []
  const idOf = new Map<string, string>()
  for (const [slug, policy] of folder.policies) {
    const there = byName.get(policy.name.toLowerCase())
    if (!there) {
      steps.push({ kind: 'create', slug, policy })
      continue
    }
    idOf.set(slug, there.id)
    if (there.description !== policy.description || there.name !== policy.name)
      steps.push({ kind: 'describe', slug, policy, id: there.id })
    if (there.text === policy.text && there.defaults === policy.defaults) continue
    if (there.draftBy !== null)
      obstacles.push(
        `${there.draftBy} has an unpublished draft of ${there.name}. Publish or discard it first; a push would write over it.`,
      )
    steps.push({ kind: 'publish', slug, policy, id: there.id })
  }
  const rules = folder.rules.flatMap(({ group, policy }): RuleOfSlug[] => {
    const groupId = groups.get(group.toLowerCase())
    if (groupId !== undefined) return [{ groupId, slug: policy }]
    obstacles.push(
      `There is no group ${group} on the server. Make it there, or correct ${listFile}.`,
    )
    return []
  })
  const same = (slug: string | null, policyId: string | null): boolean =>
    slug === null ? policyId === null : idOf.get(slug) === policyId
  const sameRules =
    rules.length === server.rules.length &&
    rules.every((rule, i) => {
      const there = server.rules[i]
      return there?.groupId === rule.groupId && same(rule.slug, there.policyId)
    })
  if (!sameRules) steps.push({ kind: 'rules', rules })
  if (!same(folder.default, server.defaultPolicyId))
    steps.push({ kind: 'default', slug: folder.default })
  const names = new Set([...folder.policies.values()].map(({ name }) => name.toLowerCase()))
  return {
    steps: steps.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    obstacles,
    leftAlone: server.policies.filter((p) => !names.has(p.name.toLowerCase())).map((p) => p.name),
    patch: patchOf(pull(server, folder), folder),
  }
}

/** Texts before assignments, so that a rule never gives somebody an older text than the folder has. */
const order: readonly Step['kind'][] = ['create', 'publish', 'describe', 'rules', 'default']

/** The server's state as a folder. Policies that `like` knows by name keep their slugs, and groups its spelling. */
export function pull(server: ServerState, like?: CodeFolder): CodeFolder {
  // A list that somebody else wrote must not say where in the file system a pull writes.
  const named = [...(like?.policies ?? [])].filter(([slug]) => slugForm.test(slug))
  const known = new Map(named.map(([slug, p]) => [p.name.toLowerCase(), slug]))
  const taken = new Set(known.values())
  const slugs = new Map<string, string>()
  for (const { id, name } of server.policies) {
    const slug = known.get(name.toLowerCase()) ?? freeSlug(name, taken)
    taken.add(slug)
    slugs.set(id, slug)
  }
  const spelt = new Map((like?.rules ?? []).map(({ group }) => [group.toLowerCase(), group]))
  const groupName = new Map(
    server.groups.map(({ id, name }) => [id, spelt.get(name.toLowerCase()) ?? name]),
  )
  return {
    policies: new Map(
      server.policies.map(({ id, name, description, text, defaults }) => [
        slugs.get(id) ?? id,
        { name, description, text, defaults },
      ]),
    ),
    rules: server.rules.map(({ groupId, policyId }) => ({
      group: groupName.get(groupId) ?? groupId,
      policy: slugs.get(policyId) ?? policyId,
    })),
    default: server.defaultPolicyId === null ? null : (slugs.get(server.defaultPolicyId) ?? null),
  }
}

function freeSlug(name: string, taken: ReadonlySet<string>): string {
  const base =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 80) || 'policy'
  for (let n = 1; ; n++) {
    const slug = n === 1 ? base : `${base}-${n}`
    if (!taken.has(slug)) return slug
  }
}

function patchOf(server: CodeFolder, folder: CodeFolder): string {
  const slugs = new Set([...server.policies.keys(), ...folder.policies.keys()])
  const onePatch = (path: string, before: string, after: string): string =>
    unifiedPatch(diffLines(before, after), {
      fromName: before === '' ? '/dev/null' : `a/${path}`,
      toName: after === '' ? '/dev/null' : `b/${path}`,
    })
  const texts = [...slugs].sort().flatMap((slug) => {
    const [before, after] = [server.policies.get(slug), folder.policies.get(slug)]
    // What the folder does not have is left alone, not removed.
    if (!after) return []
    return [
      onePatch(requirementsFile(slug), before?.text ?? '', after.text),
      onePatch(defaultsFile(slug), before?.defaults ?? '', after.defaults),
    ]
  })
  const within = { ...server, policies: only(server.policies, folder.policies) }
  return [onePatch(listFile, renderList(within), renderList(folder)), ...texts].join('')
}

const only = <V>(map: ReadonlyMap<string, V>, those: ReadonlyMap<string, unknown>) =>
  new Map([...map].filter(([key]) => those.has(key)))
