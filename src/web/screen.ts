import type { ComponentType } from 'react'
import { lazyRouteComponent } from '@tanstack/react-router'
import type { Icon } from '@tabler/icons-react'

/** The groups of the left bar: the three verbs, who and what gets in between them, and the settings below. */
export type NavGroup = 'Watch' | 'Govern' | 'Access' | 'Prove' | 'Settings'

export interface Nav {
  readonly group: NavGroup
  /** The place within the group: smaller is higher. Leave gaps of ten. */
  readonly order: number
  readonly icon: Icon
  /** Shown only to members who hold this permission. */
  readonly permission?: string
  /** A hook: how many things wait there; shown beside the name where there are any. */
  readonly count?: () => number
}

/**
 * One screen of the product, as data: a feature lists its own in `src/features/<x>/web/screens.tsx`, and
 * `src/web/screens.ts` is the only list of features. Every screen is loaded when it is first needed.
 */
export interface Screen {
  /** The address, with `$name` for parameters: `/policies/$policyId`. */
  readonly path: string
  readonly title: string
  readonly component: ComponentType
  /** Present for what the left bar and the palette list; pages of single objects have none. */
  readonly nav?: Nav
  /** `false` for what is seen before signing in: no left bar, no session needed unless `session` says so. */
  readonly shell?: false
  /** Stands alone and all the same asks who is looking: somebody who is signed out signs in first and comes back. */
  readonly session?: true
}

/**
 * A screen's component, loaded when its address is first visited and preloaded when its link is hovered:
 * `lazyScreen(() => import('./members.tsx'), 'MembersScreen')`.
 */
export function lazyScreen<M extends Record<K, ComponentType>, K extends string>(
  load: () => Promise<M>,
  name: K,
): ComponentType {
  const module = async (): Promise<Record<string, ComponentType>> => ({
    screen: (await load())[name],
  })
  return lazyRouteComponent(module, 'screen')
}
