import type { Check } from '../check.ts'
import { nearest } from '../nearest.ts'
import { BUILT_IN, checkProfileBodies } from '../profiles.ts'
import { checkProviders } from '../providers.ts'
import { REFUSES, replace } from '../report.ts'
import { entriesOf, entryOf, nodeAt, textOf, type PlainTable } from '../tree.ts'
import { tableIn, textIn } from './plain.ts'

/** The provider people start with: built in, defined here, or defined or demanded by the requirements. */
export function checkDefaultProvider(requirements: PlainTable): Check {
  return (root, report) => {
    const demanded = textIn(requirements, 'model_provider')
    // What the requirements demand is used instead, so it does not matter whether this one is defined (measured).
    const chosen = textOf(nodeAt(root, 'model_provider'))
    const known = demanded === undefined || chosen === undefined ? [] : [chosen]
    checkProviders(root, report, [
      ...known,
      ...Object.keys(tableIn(requirements, 'model_providers')),
    ])
  }
}

/** The permission profile people start with, and the profiles defined here. */
export function checkDefaultProfiles(requirements: PlainTable): Check {
  return (root, report) => {
    const profiles = entriesOf(nodeAt(root, 'permissions')).filter(
      (entry) => entry.value.kind === 'table',
    )
    const initial = entryOf(root, 'default_permissions')
    const name = textOf(initial?.value)
    const theirs = Object.keys(tableIn(requirements, 'permissions')).filter(
      (one) => one !== 'filesystem' && one !== 'network',
    )
    const governed = 'allowed_permission_profiles' in requirements
    for (const profile of profiles)
      if (theirs.includes(profile.key))
        report.error({
          code: 'profile_name',
          span: profile.keySpan,
          path: ['permissions', profile.key],
          message: 'The requirements of this policy define a profile of the same name.',
          effect: REFUSES,
          remedy: 'Give it another name, or define it in one of the two only.',
        })
    const [first] = profiles
    if (first !== undefined && initial === undefined && !governed)
      report.error({
        code: 'default_profile_missing',
        span: first.keySpan,
        path: ['permissions', first.key],
        message: 'A profile is defined, but default_permissions is missing.',
        effect:
          'Codex 0.169 refuses to start for everybody whose own configuration names no profile.',
        remedy: 'Add default_permissions.',
      })
    const known = [...BUILT_IN, ...profiles.map((p) => p.key), ...theirs]
    if (initial !== undefined && name !== undefined && !governed && !known.includes(name)) {
      const meant = nearest(name, known)
      report.error({
        code: 'profile_undefined',
        span: initial.value.span,
        path: ['default_permissions'],
        message: `There is no profile ${JSON.stringify(name)}.`,
        effect: REFUSES,
        remedy: `Define it under permissions, or name one of: ${known.join(', ')}.`,
        fix:
          meant === undefined
            ? undefined
            : replace(`Change to ${meant}`, initial.value.span, JSON.stringify(meant)),
      })
    }
    checkProfileBodies(profiles, name, report)
  }
}
