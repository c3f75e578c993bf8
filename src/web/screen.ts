import type { ComponentType } from 'react'
import { lazyRouteComponent } from '@tanstack/react-router'
import type { Icon } from '@tabler/icons-react'

/** The three groups of the left bar, in the product's own words, and the settings below them. */
export type NavGroup = 'Watch' | 'Govern' | 'Prove' | 'Settings'

export interface Nav {
  readonly group: NavGroup
  /** The place within the group: smaller is higher. Leave gaps of ten. */
  readonly order: number
  readonly icon: Icon
  /** Shown only to members who hold this permission. */
  readonly permission?: string
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
  /** `false` for what is seen before signing in: no left bar, no session needed. */
  readonly shell?: false
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
